/** Products and sizes: `2×4 cm`, `3 x 5`, `2 m × 4 m`. Each is one place, so that no sign stays between two spelled numbers. */
import { EDGE_AFTER, EDGE_BEFORE, type NumberSpeech } from '../number-speech.ts';
import type { Rule } from '../rule.ts';
import { type Counted, counted, escaped } from './amounts.ts';

/** What a language says between the factors. Without a word, the sentence decides, and there is no proposal. */
export interface ProductWords {
  between: string;
  /** The word is right for sizes alone: `two by four centimeters`, but "two times four". Default: for products, too. */
  isOfLengths?: boolean;
}

type Units = Readonly<Record<string, Counted | string>>;

/** `x` and `·` count between digits only. */
const SIGN = '[ ]?(?:[×✕⨯÷*]|[xX·∙⋅](?=[ ]?[0-9½¼¾]))[ ]?';
const VULGAR = '[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]';
/** Feet and inches. */
const MARK = '[\'"’”′″]{1,2}';

const LENGTHS: ReadonlySet<string> = new Set(['km', 'm', 'cm', 'mm', 'mi', 'yd', 'ft']);

/** To stand before the other rules for numbers and units. */
export function productRules(speech: NumberSpeech, units: Units, words?: ProductWords): Rule[] {
  const names = Object.keys(units).sort((a, b) => b.length - a.length);
  const listed = listedProducts(speech.pattern, names.map(escaped).join('|'));
  if (words === undefined) return listed;
  return listed.map((rule) => ({ ...rule, spoken: ({ text }) => spoken(text, { speech, units, words }) }));
}

/** The same without proposals. `digits` and `units`: sources of patterns. */
export function listedProducts(digits: string, units: string): Rule[] {
  const unit = `[ ]?(?:${units})(?!\\p{L})`;
  const number = `(?:(?:${digits})(?:[ ]?${VULGAR})?|${VULGAR})`;
  const factor = `${number}(?:${MARK}|${unit})?`;
  const ending = (last: string): RegExp =>
    new RegExp(`${EDGE_BEFORE}${factor}(?:${SIGN}${factor}){0,2}${SIGN}${last}${EDGE_AFTER}`, 'gu');
  return [
    { class: 'units', pattern: ending(`${number}${unit}`) },
    { class: 'numbers', pattern: ending(factor) },
    // "3× a day", "a lens of ×10".
    {
      class: 'numbers',
      pattern: new RegExp(`${EDGE_BEFORE}(?:${digits})[ ]?[×✕⨯]|[×✕⨯][ ]?(?:${digits})${EDGE_AFTER}`, 'gu'),
    },
  ];
}

function spoken(text: string, of: { speech: NumberSpeech; units: Units; words: ProductWords }): string | undefined {
  const { speech, units, words } = of;
  const factors = text.split(/[ ]?[×✕⨯xX][ ]?/u).map((factor) => /^(\P{L}*[0-9])[ ]?(\D*)$/u.exec(factor));
  const named = factors.flatMap((factor) => factor?.[2] || []);
  if (words.isOfLengths && (named.length === 0 || !named.every((name) => LENGTHS.has(name)))) return undefined;
  const parts = factors.map((factor) => {
    const [, amount = '', name = ''] = factor ?? [];
    // 0x10 is a code; how 1 is said before the word differs.
    if (/^[01]?$/.test(amount)) return undefined;
    if (name === '') return speech.amount(amount);
    const noun = Object.hasOwn(units, name) ? units[name] : undefined;
    return noun && counted(speech, amount, typeof noun === 'string' ? { one: noun } : noun);
  });
  return parts.includes(undefined) ? undefined : parts.join(` ${words.between} `);
}
