import { isSpeakable } from './line.ts';
import { CLOSERS, type Ends, SEGMENTER_WINDOW } from './split.ts';

/**
 * Ends of the sentences of a folded paragraph (single spaces, no line ends); the space behind a sentence belongs to it.
 * Intl.Segmenter finds candidates; those behind a title, an initial or an abbreviation, before a small letter, and around
 * pieces without a letter are taken back. Linear in the length.
 */
export function sentenceEnds(text: string): Ends {
  const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });
  const ends: Ends = [];
  let start = 0;
  for (const window of windows(text)) {
    for (const { index, segment } of segmenter.segment(text.slice(window.from, window.to))) {
      const end = window.from + index + segment.length;
      const cutByUs = end === window.to && !window.atSentence;
      if (end < text.length && (cutByUs || !isSentence(text, start, end))) continue;
      ends.push(end);
      start = end;
    }
  }
  return ends;
}

const WINDOW_END = new RegExp(`[.!?…。！？]${CLOSERS}\\s?(?=[^\\s.!?…。！？"'”’»›)\\]）」』】》〉])`, 'g');

interface Window {
  from: number;
  to: number;
  /** Ends where a sentence seems to end; otherwise only because it must end somewhere. */
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

/** Not between the halves of a surrogate pair. */
function safeCut(part: string): number {
  const last = part.charCodeAt(part.length - 1);
  return last >= 0xd800 && last < 0xdc00 ? part.length - 1 : part.length;
}

/** Abbreviations that never end a sentence: a name or a number follows. */
const TITLES =
  /(?:^|[^\p{L}])(?:mr|mrs|ms|mx|dr|prof|st|mt|rev|fr|hon|capt|cpt|col|gen|lt|sgt|maj|cmdr|gov|sen|rep|pres|messrs|mme|mlle|sr|sra|srta|herr|hr|frau|no|nos|nr|vol|ch|fig|pp|art|cf|vs|viz|e\.g|i\.e|z\.b|d\.h|u\.a|p\.ej|ca|approx)\.\s?$/iu;
/** One capital letter and a point: an initial, unless it is the pronoun. */
const INITIAL = /(?:^|[\s.([“‘"'—-])(?!I\.)\p{Lu}\.\s?$/u;
const LIST_NUMBER = /^\W*\d{1,3}\.\s?$/;
/** A small letter goes on with the sentence, also behind `?”` and `…`. */
const GOES_ON = /^[\s,;:)\]]*\p{Ll}/u;
const PUNCTUATION_ONLY = /^[^\p{L}\p{N}]*$/u;

const CLOSER_FIRST = /^["'”’»›)\]）」』】》〉]+(?:\s|$)/;

function isSentence(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(start, end - 24), end);
  const after = text.slice(end, end + 24);
  if (PUNCTUATION_ONLY.test(after) && after.length < 24) return false;
  if (CLOSER_FIRST.test(after)) return false;
  if (GOES_ON.test(after)) return false;
  if (TITLES.test(before) || INITIAL.test(before)) return false;
  if (end - start < 8 && LIST_NUMBER.test(text.slice(start, end))) return false;
  return end - start > 200 || isSpeakable(text.slice(start, end));
}
