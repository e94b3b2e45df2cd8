/** How a language writes numbers in digits, and says them. */
import { CARDINALS, MOST } from './numerals.ts';

/** The gender of the noun that a number stands before; `n` in German only. */
export type Gender = 'm' | 'f' | 'n';

/** What differs between languages. */
export interface NumberStyle {
  /** ISO code; one of `CARDINALS`. */
  code: string;
  decimal: '.' | ',';
  /** What groups thousands, for a character class. */
  groups: string;
  /** Between words: a space, or nothing. */
  join: string;
  /** The decimal sign as it is said. */
  point: string;
  /** The digits from 0 to 9, one by one. */
  digits: readonly string[];
  /** `3,14` is "trois virgule quatorze". */
  decimalsAreNumber?: boolean;
  minus: string;
  /** A whole number before a noun; undefined when the noun decides in a way that is not known. Default: as in counting. */
  before?: (words: string, value: number, gender: Gender) => string | undefined;
}

/** Says numbers of one language. */
export interface NumberSpeech extends NumberStyle {
  /** Source of a pattern for a number in digits, without groups. */
  pattern: string;
  /** Undefined for one that is too large, or that begins with 0. */
  whole(text: string): number | undefined;
  cardinal(value: number): string;
  /** A number in digits, with decimals, before a noun of that gender if there is one. */
  amount(text: string, gender?: Gender): string | undefined;
  /** Digit by digit; groups of digits are kept apart. */
  oneByOne(text: string): string;
}

/** Letters and digits that a number may not touch; in Chinese, Japanese and Korean it touches the words around it. */
export const EDGE_BEFORE = '(?<![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{Nd}_])(?<!\\p{Nd}[.,:])';
/** The same behind it, and no exponent. */
export const EDGE_AFTER =
  '(?![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{Nd}_])(?![.,:]\\p{Nd})(?![⁰¹²³⁴-⁹⁺⁻])';

/** Prepares a language. */
export function numberSpeech(style: NumberStyle): NumberSpeech {
  const { decimal, groups, join, point, digits } = style;
  const say = CARDINALS[style.code];
  if (say === undefined) throw new Error(`Internal error: there are no number words for "${style.code}".`);
  const cardinal = (value: number): string => say(value);
  const fraction = `(?:[${decimal}][0-9]{1,12})?`;
  const grouping = new RegExp(`[${groups}]`, 'g');
  const whole = (text: string): number | undefined => {
    const plain = text.replace(grouping, '');
    const value = Number(plain);
    return /^(?:0|[1-9][0-9]{0,11})$/.test(plain) && value <= MOST ? value : undefined;
  };
  const oneByOne = (text: string): string =>
    (text.match(/[0-9]+/g) ?? [])
      .map((run) => [...run].map((digit) => digits[Number(digit)]).join(join))
      .join(join === '' ? '，' : ', ');
  const amount = (text: string, gender?: Gender): string | undefined => {
    const [left = '', right] = text.split(decimal);
    const value = whole(left);
    if (value === undefined) return /^0[0-9]+$/.test(text) && gender === undefined ? oneByOne(text) : undefined;
    if (right === undefined) {
      const words = cardinal(value);
      return gender === undefined || style.before === undefined ? words : style.before(words, value, gender);
    }
    const isNumber = style.decimalsAreNumber && /^[1-9][0-9]?$/.test(right);
    return [cardinal(value), point, isNumber ? cardinal(Number(right)) : oneByOne(right)].join(join);
  };
  const pattern = `(?:[0-9]{1,3}(?:[${groups}][0-9]{3}){1,3}(?![0-9])${fraction}|[0-9]{1,15}${fraction})`;
  return { ...style, pattern, whole, cardinal, amount, oneByOne };
}
