/** Estimates the duration and the longest pause of a text before it is spoken. Pure. */

/** The expected duration and pauses of a text. */
export interface ExpectedSpeech {
  /** Duration at a narrator's usual pace; a voice's own pace is a factor on it. */
  seconds: number;
  /** The longest silence that the text's punctuation explains. */
  longestPauseSeconds: number;
}

/**
 * Seconds of a syllable by script, and of the pauses at punctuation. Fitted to espeak-ng in ten languages at 165 words per
 * minute; narrators differ by at most a third.
 */
const SYLLABLE_SECONDS = 0.2;
const HAN_SECONDS = 0.27;
const KANA_SECONDS = 0.13;
const HANGUL_SECONDS = 0.18;
const CLAUSE_SECONDS = 0.2;
const SENTENCE_SECONDS = 0.45;
/** Included in every take, however short its text. */
const START_SECONDS = 0.2;

/** Longest pause of a narrator at punctuation, and without any. */
const LONGEST_PAUSE = { none: 0.9, clause: 1.3, sentence: 1.7 };

/** After a word of at most three letters, a full stop probably marks an abbreviation. */
const SENTENCE_END = /(?<=[\p{L}\p{N}]{4}["'”’»)]{0,2})[.]["'”’»)]{0,3}(?=\s)|[!?]["'”’»)]{0,3}(?=\s)|[。！？]/gu;

const VOWELS = /[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿāēīōūăąęěıőűů]+|[аеёиоуыэюя]/gu;
const DIGIT_SYLLABLES = 2;
const SYMBOL_SYLLABLES = 2;

/** Estimates the duration and the longest pause of a text. */
export function expectedSpeech(text: string): ExpectedSpeech {
  let seconds = 0;
  for (const word of text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? []) seconds += secondsOf(word);
  seconds += SYLLABLE_SECONDS * SYMBOL_SYLLABLES * count(text, /[%$€£¥°&+=№§]/gu);
  const inner = text.trim().replace(/[\p{P}\s]+$/u, '');
  const sentences = count(inner, SENTENCE_END);
  const clauses = count(inner, /[,;:，；：、—–…]|[.]{3}/gu);
  const stops = count(inner, /[\n.!?。！？—–…]/gu);
  seconds += START_SECONDS + clauses * CLAUSE_SECONDS + sentences * SENTENCE_SECONDS;
  const longest = stops > 0 ? 'sentence' : clauses > 0 ? 'clause' : 'none';
  return { seconds, longestPauseSeconds: LONGEST_PAUSE[longest] };
}

/** The syllables of a text as a reader says them, about; undefined where letters do not tell. */
export function syllablesIn(text: string): number | undefined {
  let syllables = 0;
  for (const word of text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? []) {
    if (/(?![\p{Script=Latin}\p{Script=Cyrillic}])\p{L}/u.test(word)) return undefined;
    const { spelled, digits } = partsOf(word);
    syllables += spelled + digits * DIGIT_SYLLABLES;
  }
  return syllables;
}

function secondsOf(word: string): number {
  const { han, kana, hangul, digits, spelled } = partsOf(word);
  return (
    han * HAN_SECONDS +
    kana * KANA_SECONDS +
    hangul * HANGUL_SECONDS +
    (spelled + digits * DIGIT_SYLLABLES) * SYLLABLE_SECONDS
  );
}

function partsOf(word: string) {
  const letters = word.replace(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{N}\p{M}'’]/gu,
    '',
  );
  return {
    han: count(word, /\p{Script=Han}/gu),
    kana: count(word, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu),
    hangul: count(word, /\p{Script=Hangul}/gu),
    digits: count(word, /\p{N}/gu),
    // A word without a vowel is spelled out (BBC) or an abbreviation (Mr).
    spelled: letters === '' ? 0 : count(letters, VOWELS) || Math.min(letters.length, 4),
  };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
