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

/**
 * Seconds of sound, pauses apart: fitted to 995 sentences that people read in five languages. A word takes time besides its
 * syllables, for it is stressed; what is left of the punctuation are the longer sounds before it. Characters are as long as they
 * are in `expectedSpeech` with the punctuation of a usual text.
 */
const SOUNDING = {
  ...{ syllable: 0.16, digit: 0.44, word: 0.11, han: 0.3, kana: 0.145, hangul: 0.2 },
  ...{ clause: 0.06, sentence: 0.12, any: 0.2 },
};

/** Longest pause of a narrator at punctuation, and without any. */
const LONGEST_PAUSE = { none: 0.9, clause: 1.3, sentence: 1.7 };

/** After a word of at most three letters, a full stop probably marks an abbreviation. */
const SENTENCE_END = /(?<=[\p{L}\p{N}]{4}["'”’»)]{0,2})[.]["'”’»)]{0,3}(?=\s)|[!?]["'”’»)]{0,3}(?=\s)|[。！？]/gu;

const CLAUSE = /[,;:，；：、—–…]|[.]{3}/gu;
/** Read as a word. */
const SYMBOL = /[%$€£¥°&+=№§]/gu;

const VOWELS = /[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿāēīōūăąęěıőűů]+|[аеёиоуыэюя]/gu;
const DIGIT_SYLLABLES = 2;
const SYMBOL_SYLLABLES = 2;

/** Estimates the duration and the longest pause of a text. */
export function expectedSpeech(text: string): ExpectedSpeech {
  let seconds = 0;
  for (const word of wordsOf(text)) seconds += secondsOf(word);
  seconds += SYLLABLE_SECONDS * SYMBOL_SYLLABLES * count(text, SYMBOL);
  const inner = text.trim().replace(/[\p{P}\s]+$/u, '');
  const sentences = count(inner, SENTENCE_END);
  const clauses = count(inner, CLAUSE);
  const stops = count(inner, /[\n.!?。！？—–…]/gu);
  seconds += START_SECONDS + clauses * CLAUSE_SECONDS + sentences * SENTENCE_SECONDS;
  const longest = stops > 0 ? 'sentence' : clauses > 0 ? 'clause' : 'none';
  return { seconds, longestPauseSeconds: LONGEST_PAUSE[longest] };
}

/** Seconds in which something sounds when a text is read, pauses apart; a voice's own pace is a factor on it. */
export function expectedSounding(text: string): number {
  const inner = text.trim().replace(/[\p{P}\s]+$/u, '');
  let seconds = SOUNDING.any + SOUNDING.clause * count(inner, CLAUSE) + SOUNDING.sentence * count(inner, SENTENCE_END);
  for (const word of wordsOf(text)) {
    const { han, kana, hangul, digits, spelled } = partsOf(word);
    seconds += han * SOUNDING.han + kana * SOUNDING.kana + hangul * SOUNDING.hangul;
    seconds += digits * SOUNDING.digit + spelled * SOUNDING.syllable;
    // Where words are not written apart, and of numbers, each character stands for its own time.
    if (spelled > 0) seconds += SOUNDING.word;
  }
  return seconds + SYMBOL_SYLLABLES * SOUNDING.syllable * count(text, SYMBOL);
}

/** The syllables of a text as a reader says them, about; undefined where letters do not tell. */
export function syllablesIn(text: string): number | undefined {
  let syllables = 0;
  for (const word of wordsOf(text)) {
    if (/(?![\p{Script=Latin}\p{Script=Cyrillic}])\p{L}/u.test(word)) return undefined;
    const { spelled, digits } = partsOf(word);
    syllables += spelled + digits * DIGIT_SYLLABLES;
  }
  return syllables;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? [];
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
