/** Money, and quantities with a unit. */
import { EDGE_AFTER, EDGE_BEFORE, type Gender, type NumberSpeech } from '../number-speech.ts';
import type { Rule } from '../rule.ts';

/** A noun that a number counts. */
export interface Counted {
  /** After 1. */
  one: string;
  /** After every other number. Default: `one`. */
  many?: string;
  gender?: Gender;
}

/** A currency: its signs, and its names. */
export interface Currency extends Counted {
  signs: readonly string[];
  /** A hundredth. Absent: amounts with decimals have no proposal. */
  minor?: Counted;
  /** The sign is that of several currencies: yuan and yen. Their amounts have no proposal. */
  isUncertain?: true;
}

/** Words for money. */
export interface MoneyWords {
  currencies: readonly Currency[];
  /** Between dollars and cents; absent: nothing. */
  and?: string;
  /** `million`: the noun as it is written, and how it stands before the currency. */
  large?: Readonly<Record<string, string>>;
  /** The currency behind a round million: `de euros`, `d’euros`. Absent: as it is. */
  ofMillions?: (noun: string) => string;
  /** `五点五美元`: decimals are part of the number. */
  decimalsInNumber?: boolean;
}

/** A number and its noun, or undefined where the noun decides how the number sounds. */
export function counted(
  speech: NumberSpeech,
  text: string,
  { one, many = one, gender = 'm' }: Counted,
): string | undefined {
  const words = speech.amount(text, gender);
  return words && [words, text === '1' ? one : many].join(speech.join);
}

/** `$5.50`, `5,50 €`, `$5 million`. */
export function moneyRules(speech: NumberSpeech, words: MoneyWords): Rule[] {
  const { currencies, large = {} } = words;
  const signs = currencies.flatMap((currency) => currency.signs.map((sign) => ({ sign, currency })));
  const bySign = new Map(signs.map(({ sign, currency }) => [sign, currency]));
  const oneOf = (some: readonly { sign: string }[]): string =>
    `(${some
      .map((one) => one.sign)
      .sort((a, b) => b.length - a.length)
      .map(escaped)
      .join('|')})`;
  const ahead = signs.filter((one) => !/^[Ee]uros?$|^\p{Lo}+$/u.test(one.sign));
  const scale =
    Object.keys(large).length === 0 ? '()' : `(?:[ ]?(${Object.keys(large).map(escaped).join('|')})(?!\\p{L}))?`;
  const say = (amount: string, of: string | undefined, scaled: string | undefined): string | undefined => {
    const currency = bySign.get(of ?? '');
    return currency && !currency.isUncertain ? money(speech, { amount, currency, scaled, words }) : undefined;
  };
  return [
    {
      class: 'money',
      pattern: new RegExp(
        `(?<![\\p{Script=Latin}\\p{N}$])${oneOf(ahead)}[ ]?(${speech.pattern})${scale}(?![\\p{Nd}])`,
        'gu',
      ),
      spoken: ({ groups: [of, amount = '', scaled] }) => say(amount, of, scaled),
    },
    {
      class: 'money',
      pattern: new RegExp(
        `${EDGE_BEFORE}(${speech.pattern})${scale}[ ]?${oneOf(signs)}(?![\\p{Script=Latin}\\p{Nd}])`,
        'gu',
      ),
      spoken: ({ groups: [amount = '', scaled, of] }) => say(amount, of, scaled),
    },
  ];
}

function money(
  speech: NumberSpeech,
  of: { amount: string; currency: Currency; scaled: string | undefined; words: MoneyWords },
): string | undefined {
  const { amount, currency, scaled, words } = of;
  const { many = currency.one, minor } = currency;
  if (scaled !== undefined) {
    const number = speech.amount(amount, speech.join === '' ? undefined : 'm');
    const noun = words.large?.[scaled] ?? scaled;
    return number && [number, noun, words.ofMillions?.(many) ?? many].join(speech.join);
  }
  const [left = '', right] = amount.split(speech.decimal);
  if (right === undefined || /^0+$/.test(right)) return wholeMoney(speech, left, of);
  if (words.decimalsInNumber) return counted(speech, amount.replace(/0+$/, ''), currency);
  if (minor === undefined || right.length !== 2) return undefined;
  const cents = counted(speech, String(Number(right)), minor);
  if (Number(left) === 0) return cents;
  const dollars = wholeMoney(speech, left, of);
  return dollars && cents && [dollars, ...(words.and ? [words.and] : []), cents].join(speech.join);
}

function wholeMoney(
  speech: NumberSpeech,
  text: string,
  { currency, words }: { currency: Currency; words: MoneyWords },
): string | undefined {
  const value = speech.whole(text);
  const isRound = value !== undefined && value >= 1_000_000 && value % 1_000_000 === 0;
  if (!isRound || words.ofMillions === undefined) return counted(speech, text, currency);
  return [speech.cardinal(value), words.ofMillions(currency.many ?? currency.one)].join(speech.join);
}

/** Units behind a number: `5 km`, `50%`, `-3 °C`. */
export function unitRules(speech: NumberSpeech, units: Readonly<Record<string, Counted | string>>): Rule[] {
  const names = Object.keys(units)
    .sort((a, b) => b.length - a.length)
    .map(escaped);
  return [
    {
      class: 'units',
      pattern: new RegExp(
        `(?:(?<=^|[\\s(])([-−]))?${EDGE_BEFORE}(${speech.pattern})[ ]?(${names.join('|')})${EDGE_AFTER}`,
        'gu',
      ),
      spoken: ({ groups: [minus, amount = '', unit = ''] }) => {
        const noun = units[unit];
        const words = noun && counted(speech, amount, typeof noun === 'string' ? { one: noun } : noun);
        return words && (minus === undefined ? words : [speech.minus, words].join(speech.join));
      },
    },
  ];
}

/** For use in a pattern. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
