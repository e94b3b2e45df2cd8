/** Dialogue by dash: `— Привет, — сказал Иван. — Где Анна?`, `—Ven —dijo Ana—. No tardes.` Pure. */
import { SAYING_VERBS, type SpeechLanguage } from './saying-verbs.ts';
import type { SpeechPart } from './speech-part.ts';

/** A hyphen for want of a dash stands apart, or right before a capital: `-Ven -dijo Ana-. No tardes.` */
const DASH_START = /^\s*(?:[—–―]|--?(?=\s)|-(?=[¿¡«"“]?\p{Lu}))/u;
const TIGHT_HYPHEN = /^\s*-\S/;

/** Whether a paragraph begins with a dash. */
export function startsWithDash(text: string): boolean {
  return DASH_START.test(text);
}

/** The parts of a paragraph that begins with a dash; undefined for an item of a list. */
export function dashParts(text: string, language: SpeechLanguage): SpeechPart[] | undefined {
  if (isListItem(text)) return undefined;
  const parts: SpeechPart[] = [];
  let isSpeech = true;
  let from = 0;
  const opening = DASH_START.exec(text)![0].length;
  const isTight = TIGHT_HYPHEN.test(text);
  for (const { start, end } of innerDashes(text, opening, isTight)) {
    const rest = text.slice(end);
    const said = text.slice(from, start);
    const turns = isSpeech
      ? tellsAfter({ said, rest, language, dash: text.slice(start, end) })
      : speaksAfter({ told: said, rest, dash: text.slice(start, end) });
    if (!turns) continue;
    // The dash goes with what follows it; the punctuation behind a closing one with the words before.
    const cut = isSpeech ? start : start + (/^\s*/.exec(text.slice(start, end))?.[0].length ?? 0);
    parts.push({ isSpeech, text: text.slice(from, cut) });
    from = cut;
    isSpeech = !isSpeech;
  }
  parts.push({ isSpeech, text: text.slice(from) });
  return parts;
}

/** `— масло;`, `— pan`: no sentence. */
function isListItem(text: string): boolean {
  const body = text.replace(DASH_START, '').trim();
  return !/[.!?…»”"):—–]$/.test(body) || (/^\p{Ll}/u.test(body) && !/[!?…]/.test(body));
}

const ANY_DASH = /\s+[—–―-][.,;:!?…]*\s*(?=\S)|(?<=[\p{L}\p{N}.,!?…;:»”"])[—–―](?=[\s.,;:!?])[.,;:!?…]*\s*/gu;

/** Dashes inside, with the blanks around them; not those inside a word. */
function innerDashes(text: string, from: number, isTight: boolean): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  const pattern = isTight ? /\s+-(?=\S)|(?<=\p{L})-(?=[\s.,;:!?])[.,;:!?…]*\s*/gu : ANY_DASH;
  pattern.lastIndex = from;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (match[0] === '') break;
    if (!isTight && /^\s+-\S/.test(text.slice(match.index, match.index + match[0].length + 1))) continue;
    found.push({ start: match.index, end: match.index + match[0].length });
  }
  return found;
}

const TELLS = Object.fromEntries(
  Object.entries(SAYING_VERBS).map(([language, verbs]) => [
    language,
    new RegExp(`^(?:[\\p{L}.’'-]+\\s){0,3}?(?:s[’'])?${verbs}(?![\\p{L}])`, 'u'),
  ]),
) as Record<SpeechLanguage, RegExp>;
/** Endings of the past tense of a narration's first verb. */
const PAST: Readonly<Partial<Record<SpeechLanguage, RegExp>>> = {
  ru: /^(?:[\p{L}-]+\s){0,2}?\p{Ll}+(?:[аеиоуыяю]л|ёл|[аеиоуыяюё]?ла|ло|ли|лся|лась|лись|лось)(?![\p{L}])/u,
  es: /^(?:se\s|le\s|la\s|lo\s|\p{Lu}\p{L}+\s|él\s|ella\s){0,2}\p{Ll}+(?:ó|ía|aba|ió|eron|aron|ían|aban)(?![\p{L}])/u,
  pt: /^(?:\p{Lu}\p{L}+\s|o\s|a\s|ele\s|ela\s){0,3}\p{Ll}+(?:ou|eu|iu|ava|ia|aram|eram|iram|-se|-lhe)(?![\p{L}])/u,
  it: /^(?:si\s|gli\s|le\s|lo\s|la\s|\p{Lu}\p{L}+\s|lui\s|lei\s){0,2}\p{Ll}+(?:ò|ì|é|ava|eva|iva|arono|irono|se|ise)(?![\p{L}])/u,
  fr: /^(?:il\s|elle\s|se\s|\p{Lu}\p{L}+\s|le\s|la\s|les\s){0,3}\p{Ll}+(?:a|it|ut|ait|èrent|irent|aient)(?![\p{L}])/u,
};

/** A remark within what is said: —Me voy —y con razón— a casa. */
const GOES_ON = /^(?:y|e|o|u|pero|que|como|si|aunque|ni|a|de|en|con|por|para|sin)\s/;

function tellsAfter({
  said,
  rest,
  language,
  dash,
}: {
  said: string;
  rest: string;
  language: SpeechLanguage;
  dash: string;
}): boolean {
  const ends = /[.!?…,;:»”"]$/.test(said.trimEnd());
  const tight = /\s[—–―-]$/.test(dash) && /^\S/.test(rest);
  if (TELLS[language].test(rest) && (ends || tight || /^\p{Ll}/u.test(rest))) return true;
  if (tight && /^\p{L}/u.test(rest) && !GOES_ON.test(rest)) return true;
  if (!ends) return false;
  const past = PAST[language];
  if (past?.test(rest)) return true;
  return /[!?…]$/.test(said.trimEnd()) && /^\p{Ll}/u.test(rest);
}

/** Speech follows a dash behind the end of a clause, or one that closes what is told: `—dijo Ana—. No tardes.` */
function speaksAfter({ told, rest, dash }: { told: string; rest: string; dash: string }): boolean {
  if (!/[\p{L}\p{N}]/u.test(rest)) return false;
  return /[.,:;!?…]$/.test(told.trimEnd()) || /^\S/.test(dash) || /^\s[—–―][.,;:!?…]*\s$/.test(dash);
}
