/** Divides a paragraph into what is said and what is told, for the dialogue of eleven languages. Pure. */
import { dashParts, startsWithDash } from './dash-speech.ts';
import { insertsIn } from './inserted-clauses.ts';
import { isInterrupted, isPlainlySpeech, isSpeech } from './is-speech.ts';
import { isSingle, type QuotationSpan, quotationSpans } from './quotation-spans.ts';
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
    else if (/['‘]/.test(text) && /(?:^|[\s(])['‘]\p{L}[^'‘’]*[.,!?…][’'](?!\p{L})/u.test(text)) single += 0.5;
  }
  return { language, single: single > double };
}

/** Divides a paragraph. `goesOn`: what the paragraph before left open. Linear. */
export function divideParagraph(text: string, style: SpeechStyle, goesOn?: string): DividedParagraph {
  if (goesOn === undefined && DASH_LANGUAGES.has(style.language) && startsWithDash(text)) {
    const parts = dashParts(text, style.language);
    if (parts) return { parts: withInserts(parts, style.language), continues: false };
  }
  const usual = quotationSpans(text, { single: style.single, goesOn });
  const continues = goesOn !== undefined && usual[0] !== undefined && usual[0].start === text.search(/\S/);
  const spans = style.single ? usual : withSingle(text, usual, style.language);
  const spoken: QuotationSpan[] = [];
  const { language } = style;
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index]!;
    const goesOnHere = continues && index === 0 && span === usual[0];
    const before = spoken[spoken.length - 1];
    if (goesOnHere || isSpeech({ text, span, language }) || (before && isInterrupted({ text, before, span, language })))
      spoken.push(span);
  }
  const open = spoken.find(({ isOpen }) => isOpen);
  const parts = withInserts(partsAt(text, spoken), language);
  return open ? { parts, continues, goesOn: open.mark } : { parts, continues };
}

/** In a book of double marks, ‘…’ is a quotation of its own where the words beside it plainly say so; elsewhere an apostrophe or a word. */
function withSingle(text: string, usual: readonly QuotationSpan[], language: SpeechLanguage): readonly QuotationSpan[] {
  if (!/[‘']/.test(text)) return usual;
  const single: QuotationSpan[] = [];
  for (const span of quotationSpans(text, { single: true })) {
    if (!isSingle(span.mark) || span.isOpen) continue;
    const last = single.at(-1);
    if (isPlainlySpeech({ text, span, language }) || (last && isInterrupted({ text, before: last, span, language })))
      single.push(span);
  }
  if (single.length === 0) return usual;
  const apart = usual.filter(({ start, end }) => !single.some((one) => start < one.end && end > one.start));
  return [...apart, ...single].sort((a, b) => a.start - b.start);
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
function withInserts(parts: SpeechPart[], language: SpeechLanguage): SpeechPart[] {
  if (language !== 'fr') return parts;
  return parts.flatMap((part) => (part.isSpeech ? insertsIn(part.text) : [part]));
}
