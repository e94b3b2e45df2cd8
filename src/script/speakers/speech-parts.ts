/** Divides a paragraph into what is said and what is told, for the dialogue of eleven languages. Pure. */
import { dashParts, startsWithDash } from './dash-speech.ts';
import { insertsIn } from './inserted-clauses.ts';
import { isSpeech } from './is-speech.ts';
import { type QuotationSpan, quotationSpans } from './quotation-spans.ts';
import type { SpeechLanguage } from './saying-verbs.ts';
import type { SpeechPart } from './speech-part.ts';

/** How a book writes its dialogue. */
export interface SpeechStyle {
  language: SpeechLanguage;
  /** ‘…’ is dialogue. */
  single: boolean;
}

/** The parts of a paragraph, in order and complete, and what it leaves open for the next one. */
export interface DividedParagraph {
  parts: SpeechPart[];
  /** The mark of a quotation that goes on in the next paragraph. */
  goesOn?: string;
  /** The first part goes on from the paragraph before. */
  continues: boolean;
}

const DASH_LANGUAGES: ReadonlySet<SpeechLanguage> = new Set(['es', 'fr', 'it', 'pt', 'ru']);

/** The style of a book: single marks count if its paragraphs begin with them rather than with double ones. */
export function speechStyle(paragraphs: readonly string[], language: SpeechLanguage): SpeechStyle {
  let single = 0;
  let double = 0;
  for (const text of paragraphs) {
    if (/^\s*["“„«»「]/.test(text)) double++;
    else if (/^\s*['‘]\p{L}/u.test(text) && quotationSpans(text, { single: true })[0]?.start === text.search(/\S/))
      single++;
    else if (/["“„«「]/.test(text)) double += 0.5;
    else if (/(?:^|[\s(])['‘]\p{L}[^'‘’]*[.,!?…][’'](?!\p{L})/u.test(text)) single += 0.5;
  }
  return { language, single: single > double };
}

/** Divides a paragraph. `goesOn`: what the paragraph before left open. Linear. */
export function divideParagraph(text: string, style: SpeechStyle, goesOn?: string): DividedParagraph {
  if (goesOn === undefined && DASH_LANGUAGES.has(style.language) && startsWithDash(text)) {
    const parts = dashParts(text, style.language);
    if (parts) return { parts: withInserts(parts, style.language), continues: false };
  }
  const spans = quotationSpans(text, { single: style.single, goesOn });
  const continues = goesOn !== undefined && spans[0] !== undefined && spans[0].start === text.search(/\S/);
  const spoken = spans.filter(
    (span, index) => (continues && index === 0) || isSpeech({ text, span, language: style.language }),
  );
  const open = spoken.find(({ isOpen }) => isOpen);
  return {
    parts: withInserts(partsAt(text, spoken), style.language),
    continues,
    ...(open && { goesOn: open.mark }),
  };
}

function partsAt(text: string, spans: readonly QuotationSpan[]): SpeechPart[] {
  const parts: SpeechPart[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    if (start > at) parts.push({ isSpeech: false, text: text.slice(at, start) });
    parts.push({ isSpeech: true, text: text.slice(start, end) });
    at = end;
  }
  if (at < text.length) parts.push({ isSpeech: false, text: text.slice(at) });
  return parts;
}

/** French puts “dit Marie” into the quotation itself. */
function withInserts(parts: readonly SpeechPart[], language: SpeechLanguage): SpeechPart[] {
  if (language !== 'fr') return [...parts];
  return parts.flatMap((part) => (part.isSpeech ? insertsIn(part.text) : [part]));
}
