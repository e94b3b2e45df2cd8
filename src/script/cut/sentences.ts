import { isSpeakable } from '../lines/line.ts';
import { CLOSERS, type Ends, SEGMENTER_WINDOW } from '../text/text-boundaries.ts';
import { type AbbreviationRules, abbreviationRules } from './abbreviations.ts';

/**
 * Ends of the sentences of a folded paragraph (single spaces, no line breaks), each after the space that follows.
 * Intl.Segmenter finds candidates; those after a title, an initial or an abbreviation, before a lowercase letter, and around
 * pieces without a letter are discarded. `language` (an ISO code) selects the abbreviations. Default: those of all languages.
 * Linear.
 */
export function sentenceEnds(text: string, language?: string): Ends {
  const segmenter = new Intl.Segmenter(language ?? 'und', { granularity: 'sentence' });
  const rules = abbreviationRules(language);
  const ends: Ends = [];
  let start = 0;
  for (const window of windows(text)) {
    for (const candidate of candidates(segmenter, text.slice(window.from, window.to))) {
      const end = window.from + candidate;
      const isWindowEdge = end === window.to && !window.atSentence;
      if (end < text.length && (isWindowEdge || !endsSentence({ text, start, end, language, rules }))) continue;
      ends.push(end);
      start = end;
    }
  }
  return ends;
}

/** Opening marks that Intl.Segmenter leaves at the end of the previous sentence when no space is between. */
const OPENERS = '“‘「『（《〈【«„([';
/** Ends that the Unicode rules miss: before a dash that opens dialogue, and after a closing quote with a space before it. */
const MORE_ENDS = /[.!?…](?:["'”’»›)\]]*|\s»)\s(?=(?:[—–]\s?)?["“„«¿¡]?\p{Lu})/gu;

function candidates(segmenter: Intl.Segmenter, part: string): number[] {
  const ends = new Set<number>();
  for (const { index, segment } of segmenter.segment(part)) {
    const end = index + segment.length;
    const openers = end === part.length ? 0 : openersLast(segment);
    ends.add(openers === segment.length ? end : end - openers);
  }
  for (const match of part.matchAll(MORE_ENDS)) ends.add(match.index + match[0].length);
  return [...ends].sort((a, b) => a - b);
}

/** How many opening marks a segment ends with; a regular expression would be quadratic. */
function openersLast(segment: string): number {
  let count = 0;
  while (count < segment.length && OPENERS.includes(segment[segment.length - 1 - count]!)) count++;
  return count;
}

const WINDOW_END = new RegExp(`[.!?…。！？]${CLOSERS}\\s?(?=[^\\s.!?…。！？"'”’»›)\\]）」』】》〉])`, 'g');

interface Window {
  from: number;
  to: number;
  /** Whether it seems to end at a sentence end; otherwise the cut is arbitrary. */
  atSentence: boolean;
}

function* windows(text: string): Generator<Window> {
  let from = 0;
  while (text.length - from > SEGMENTER_WINDOW) {
    const part = text.slice(from, from + SEGMENTER_WINDOW);
    let sentence = 0;
    for (const match of part.matchAll(WINDOW_END)) sentence = match.index + match[0].length;
    const atSentence = sentence > 0;
    const to = from + (atSentence ? sentence : part.lastIndexOf(' ') + 1 || safeCut(part));
    yield { from, to, atSentence };
    from = to;
  }
  yield { from, to: text.length, atSentence: true };
}

/** A cut that does not split a surrogate pair. */
function safeCut(part: string): number {
  const last = part.charCodeAt(part.length - 1);
  return last >= 0xd800 && last < 0xdc00 ? part.length - 1 : part.length;
}

/** One capital letter and a full stop: an initial, unless it is the pronoun. */
const INITIAL = /(?:^|[\s.([“‘"'„«—-])(?!I\.)\p{Lu}\.\s?$/u;
const LIST_NUMBER = /^\W*\d{1,3}\.\s?$/;
/** A lowercase letter continues the sentence, even after `?”` and `…`; so does a dash after dialogue. */
const CONTINUES = /^[\s,;:)\]"”’»›」』]*(?:[—–-]\s*)?\p{Ll}/u;
const COMMA_FIRST = /^["”’»›)\]」』]*\s?[,;:，；：、]/u;
const PUNCTUATION_ONLY = /^[^\p{L}\p{N}]*$/u;
const CLOSER_FIRST = /^["'”’»›)\]）」』】》〉]+(?:\s|$)/;
/** In languages without capitals the attribution continues after closed dialogue: 「…」と言った, “…”他问, “…” 그가 물었다. */
const SPEECH_CLOSED = /[」』”"’]\s?$/u;
const SAID_BY =
  /^(?:と|って|という|とは|なん|。|、|[^。！？…“”「」]{0,12}(?:说|說|问|問|道|喊|叫|答|嚷|骂|罵)(?:道|着|了)?[。，！？：]|[^.!?“”]{0,20}(?:물었|대답했|말했|말을|외쳤|소리쳤|중얼거렸|속삭였|덧붙였))/u;
/** The first half of a spaced abbreviation: `z. B.`, `т. е.`, `p. ej.`. */
const FIRST_HALF = /(?:^|[\s(])\p{Ll}\.\s?$/u;
const OTHER_HALF = /^\p{L}{1,2}\./u;
/** Ordinal numbers with a full stop: `3. Oktober`, `Wilhelm II. war`. */
const GERMAN_ORDINAL = /(?:^|[^\p{L}\p{N}])(?:\d{1,2}|[IVX]{1,5})\.\s?$/u;
const GERMAN_AFTER_ORDINAL =
  /^(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Jahrhundert|Kapitel|Klasse|Stock|Tag|Mal)/;

function endsSentence({ text, start, end, language, rules }: Candidate): boolean {
  const before = text.slice(Math.max(start, end - 24), end);
  const after = text.slice(end, end + 24);
  if (PUNCTUATION_ONLY.test(after) && after.length < 24) return false;
  if (CLOSER_FIRST.test(after) || COMMA_FIRST.test(after) || CONTINUES.test(after)) return false;
  if (SPEECH_CLOSED.test(before) && SAID_BY.test(after)) return false;
  if (FIRST_HALF.test(before) && OTHER_HALF.test(after)) return false;
  if (isAbbreviation({ before, after, rules })) return false;
  if (INITIAL.test(before)) return false;
  if (language === 'de' && GERMAN_ORDINAL.test(before) && GERMAN_AFTER_ORDINAL.test(after)) return false;
  if (end - start < 8 && LIST_NUMBER.test(text.slice(start, end))) return false;
  return end - start > 200 || isSpeakable(text.slice(start, end));
}

interface Candidate {
  text: string;
  start: number;
  end: number;
  language: string | undefined;
  rules: AbbreviationRules;
}

/** Words that usually begin a new sentence after `etc.` or `p.m.`. */
const SENTENCE_STARTERS =
  /^["“‘'„«(]?(?:The|A|An|He|She|It|We|They|I|You|But|And|Then|So|His|Her|Their|Our|My|On|In|At|This|That|There|No|Not|When|What|Who|Why|How|If|Der|Die|Das|Er|Sie|Es|Wir|Ich|Und|Aber|Dann|Il|Elle|Le|La|Les|Un|Une|Je|Nous|Et|Mais|Puis|El|Los|Las|Yo|Y|Pero|Luego|Lo|Gli|I|E|Ma|Poi|O|Os|As|Ele|Ela|Eu|Mas|Он|Она|Оно|Они|Мы|Я|И|Но|Потом|Это|Dia|Ia|Mereka|Kami|Saya|Lalu|Tetapi)(?![\p{L}])/u;

function isAbbreviation({
  before,
  after,
  rules,
}: {
  before: string;
  after: string;
  rules: AbbreviationRules;
}): boolean {
  if (rules.neverEnds.test(before)) return true;
  if (rules.beforeNumber.test(before) && /^\W?\d/.test(after)) return true;
  return rules.mayEnd.test(before) && !SENTENCE_STARTERS.test(after);
}
