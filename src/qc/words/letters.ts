/**
 * A text as the letters that are heard of it: one normaliser for what should be said and for what a recogniser heard.
 * Two spellings of one sound differ in few letters, so what compares the letters minds few of them. Pure.
 */
import { numberAt } from './english-numbers.ts';
import { JAPANESE, type Readings, soundOfKana } from './kana.ts';

/** Letters in order, and where each is in the text. */
export interface HeardLetters {
  text: string;
  /** One letter, digit, character of a script without words, or `ANYTHING`. */
  letters: string[];
  /** How much of the sound each stands for, in letters of an alphabet. */
  weights: number[];
  /** Of each letter: the index of its word in `words`. */
  wordOf: number[];
  /** Where each word is in the text, in UTF-16 code units. */
  words: { from: number; to: number }[];
  /** Numbers that the other side does not say: which letters they are, and their digits. Absent: none are told. */
  numbers?: { from: number; to: number; digits: readonly string[]; isFigure: boolean }[];
}

/** Stands for something that may be heard as anything: a number in a language whose numbers we cannot read, a name. */
export const ANYTHING = '#';

/** Most letters that are heard as `ANYTHING` of a weight: a number may be long when it is read out. */
export function mostHeardAs(weight: number): number {
  return 4 + 3.5 * weight;
}

/** Sound of one character, in letters. */
const HAN = 3;
const KANA = 2;
const HANGUL = 3;
const DIGIT = 2;

const NO_WORDS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]/u;
const LATIN = /\p{Script=Latin}/u;

const CURRENCIES: Readonly<Record<string, string>> = { $: 'dollars', '£': 'pounds', '€': 'euros', '¥': 'yen' };
const SIGNS: Readonly<Record<string, string>> = {
  '%': 'percent',
  '&': 'and',
  '+': 'plus',
  '=': 'equals',
  '°': 'degrees',
  '-': 'minus',
  '−': 'minus',
  '#': 'number',
};
/** What follows a number. */
const UNITS: Readonly<Record<string, string>> = {
  ...{
    km: 'kilometers',
    m: 'meters',
    cm: 'centimeters',
    mm: 'millimeters',
    ft: 'feet',
    mi: 'miles',
    mph: 'miles an hour',
  },
  ...{ kg: 'kilograms', g: 'grams', lb: 'pounds', lbs: 'pounds', oz: 'ounces', l: 'liters', ml: 'milliliters' },
  ...{ min: 'minutes', mins: 'minutes', sec: 'seconds', hr: 'hours', hrs: 'hours', c: 'celsius', f: 'fahrenheit' },
};
const SHARES: Readonly<Record<string, string>> = {
  2: 'half',
  3: 'third',
  4: 'quarter',
  5: 'fifth',
  8: 'eighth',
  10: 'tenth',
};
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  ...{ 'e.g.': 'for example', 'i.e.': 'that is' },
  ...{ prof: 'professor', jr: 'junior', sr: 'senior' },
  mr: 'mister',
  mrs: 'missus',
  ms: 'miss',
  dr: 'doctor',
  st: 'saint',
  vs: 'versus',
  etc: 'et cetera',
  ok: 'okay',
};
const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^can't$/, 'can not'],
  [/^won't$/, 'will not'],
  [/^shan't$/, 'shall not'],
  [/n't$/, ' not'],
  [/'re$/, ' are'],
  [/'ve$/, ' have'],
  [/'ll$/, ' will'],
  [/'m$/, ' am'],
];
const WORD =
  /\b(?:e\.g|i\.e)\.|\d+\/\d+|[½⅓⅔¼¾]|(?<![\p{L}\p{N}])[-−](?=[$£€¥]?\d)|#(?=\d)|\d[\d,.:]*\d(?:st|nd|rd|th|s)?|\d+(?:st|nd|rd|th|s)?|[$£€¥%&+=°]|[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*/giu;

/**
 * The letters of a text. `language` is an ISO code, without which no number and no contraction is read; `names` may be heard
 * as anything.
 */
export function heardLetters(
  text: string,
  { language = '', names = [] }: { language?: string | undefined; names?: readonly string[] | undefined } = {},
): HeardLetters {
  const isEnglish = /^en\b/i.test(language);
  const found = [...text.matchAll(WORD)].flatMap((match) => pieces(match[0], match.index, isEnglish));
  if (isEnglish) readInOrder(found);
  const written = found.map(({ word }) => word);
  const anyName = new Set(names.flatMap((name) => name.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []));
  const into: HeardLetters = { text, letters: [], weights: [], wordOf: [], words: [] };
  for (let at = 0; at < found.length; ) {
    const { word, from, to } = found[at]!;
    const number = isEnglish ? numberAt(written, at) : undefined;
    if (number !== undefined) {
      addLetters(into, [...number.digits], { from, to: found[number.end - 1]!.to });
      at = number.end;
      continue;
    }
    const isAny = anyName.has(word.toLowerCase()) || (!isEnglish && /\d/.test(word));
    addLetters(into, isAny ? [ANYTHING] : spelling(word, isEnglish), { from, to });
    if (into.letters.at(-1) === ANYTHING)
      into.weights[into.weights.length - 1] = /\d/.test(word) ? word.length * DIGIT : word.length;
    at += 1;
  }
  return into;
}

/** The letters of a Japanese text by its readings, in hiragana. Numbers and `names` may be heard as anything. */
export function readLetters(
  text: string,
  { readings, names = [] }: { readings: Readings; names?: readonly string[] | undefined },
): HeardLetters {
  const into: HeardLetters = { text, letters: [], weights: [], wordOf: [], words: [] };
  const anyName = new Set(names.flatMap((name) => readings(name).map(({ from, to }) => name.slice(from, to))));
  for (const { from, to, reading } of readings(text)) {
    const word = text.slice(from, to);
    const sound = soundOfKana(reading ?? word).replace(/[^\p{L}\p{M}\p{N}]/gu, '');
    const isAny = anyName.has(word) || /\p{N}/u.test(sound) || (reading === undefined && !JAPANESE.test(word));
    if (sound === '') continue;
    // A recogniser's kana may be one long word, and half of one is no finding.
    if (!isAny && sound.length === word.length)
      for (const [at, letter] of [...sound].entries())
        addLetters(into, [letter], { from: from + at, to: from + at + 1 });
    else addLetters(into, isAny ? [ANYTHING] : [...sound], { from, to });
    if (isAny) into.weights[into.weights.length - 1] = sound.length * KANA;
  }
  return into;
}

/** `$2 million` is read `2 million dollars`, and `5 km` `5 kilometers`. */
function readInOrder(found: Piece[]): void {
  for (let at = 0; at < found.length; at++) {
    const sign = CURRENCIES[found[at]!.word];
    if (sign !== undefined) {
      let end = at + 1;
      // The cents after it are read after it; only a scale belongs to the amount.
      if (/^\d/.test(found[end]?.word ?? '')) end += 1;
      for (let scale = end; scale <= end + 1; scale++) if (SCALE.test(found[scale]?.word ?? '')) end = scale + 1;
      found.splice(at, end - at, ...found.slice(at + 1, end), { ...found[at]!, word: sign });
      at = end - 1;
    } else if (/^(?:cents?|pence)$/i.test(found[at]!.word) && found.slice(Math.max(0, at - 4), at).some(isCurrency)) {
      // Said or not: `five dollars fifty`.
      found[at] = { ...found[at]!, word: '' };
    } else if (/^\d|^°$/.test(found[at - 1]?.word ?? '')) {
      const unit = UNITS[found[at]!.word.toLowerCase()];
      if (unit !== undefined) found[at] = { ...found[at]!, word: unit };
    }
  }
}

function isCurrency({ word }: Piece): boolean {
  return /^(?:dollar|pound|euro)s?$/i.test(word);
}

const SCALE = /^(?:hundred|thousand|million|billion)$/i;

interface Piece {
  word: string;
  from: number;
  to: number;
}

/** A match as words: `$5.50` is read `5 dollars 50`, and scripts without spaces go by the character. */
function pieces(match: string, from: number, isEnglish: boolean): Piece[] {
  const to = from + match.length;
  const share = isEnglish ? shareOf(match) : undefined;
  if (share !== undefined) return share.map((word) => ({ word, from, to }));
  if (isEnglish && /\d[.:]\d/.test(match)) return match.split(/[.:]/).map((word) => ({ word, from, to }));
  if (!NO_WORDS.test(match)) return [{ word: match, from, to }];
  let at = from;
  return [...match].map((word) => {
    const start = at;
    at += word.length;
    return { word, from: start, to: at };
  });
}

/** `3/4` and `¾` as they are read; undefined for what is no share. */
function shareOf(match: string): string[] | undefined {
  const [, parts, whole] = /^(\d+)[/⁄](\d+)$/.exec(match.normalize('NFKC')) ?? [];
  if (parts === undefined || whole === undefined) return undefined;
  const name = SHARES[whole];
  if (name === undefined) return [parts, whole];
  return [parts, parts === '1' ? name : name === 'half' ? 'halves' : `${name}s`];
}

/** The letters of a word, without accents; `isEnglish`: of contractions and abbreviations in full. */
export function spelling(word: string, isEnglish: boolean): string[] {
  const sign = CURRENCIES[word] ?? SIGNS[word];
  if (sign !== undefined) return isEnglish ? [...sign] : [ANYTHING];
  let plain = word.normalize('NFKC').toLowerCase().replace(/’/g, "'");
  if (isEnglish) {
    plain = ABBREVIATIONS[plain] ?? plain;
    for (const [form, long] of CONTRACTIONS) plain = plain.replace(form, long);
  }
  // An accent is a spelling in Latin letters, and another sound in other scripts.
  if (LATIN.test(plain))
    plain = plain.normalize('NFD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss').replace(/œ/g, 'oe').replace(/æ/g, 'ae');
  else plain = plain.replace(/ё/g, 'е');
  return [...plain.replace(/[^\p{L}\p{M}\p{N}ー]/gu, '')];
}

/** One thing that may be heard as anything; `weight`: how much of the sound it is, in letters. */
export function addAnything(into: HeardLetters, weight: number, place: { from: number; to: number }): void {
  // What is heard as anything, and more of it.
  if (into.letters.at(-1) === ANYTHING) {
    into.weights[into.weights.length - 1]! += weight;
    into.words[into.words.length - 1]!.to = Math.max(place.to, into.words.at(-1)!.to);
    return;
  }
  addLetters(into, [ANYTHING], place);
  into.weights[into.weights.length - 1] = weight;
}

/** Letters of one word, and where it is in the text. */
export function addLetters(into: HeardLetters, letters: readonly string[], place: { from: number; to: number }): void {
  if (letters.length === 0) return;
  for (const letter of letters) {
    into.letters.push(letter);
    into.weights.push(weightOf(letter));
    into.wordOf.push(into.words.length);
  }
  into.words.push({ from: place.from, to: place.to });
}

function weightOf(letter: string): number {
  if (/\p{Script=Han}/u.test(letter)) return HAN;
  if (/\p{Script=Hangul}/u.test(letter)) return HANGUL;
  if (/[\p{Script=Hiragana}\p{Script=Katakana}ー]/u.test(letter)) return KANA;
  return /\p{N}/u.test(letter) ? DIGIT : 1;
}
