/** Languages that write numbers with a decimal comma, and dates with the day first: one set of rules, and a table of words for each. */
import type { SpellClass } from '../manifest/fields/spell-classes.ts';
import { EDGE_AFTER, EDGE_BEFORE, type NumberSpeech } from './number-speech.ts';
import { type Language, type Match, NOT_ONE, type Rule } from './rule.ts';
import { type Counted, type MoneyWords, moneyRules, unitRules } from './rules/amounts.ts';
import { fractionRules, numberRules, phoneRules, yearRules } from './rules/numbers.ts';
import { type ProductWords, productRules } from './rules/products.ts';
import { abbreviationRules, addressRule, CAPITALS, romanRules, scriptRule } from './rules/words.ts';

/** The words of one language. A function that returns undefined lists a place without a proposal. */
export interface WesternWords {
  speech: NumberSpeech;
  script: string;
  spells: readonly SpellClass[];
  /** From January. */
  months: readonly string[];
  /** Source of what stands behind the day and before the month: `\\.? `, ` de `. */
  dayMark: string;
  /** Source of what stands between month and year. */
  yearMark: string;
  date: (parts: { day: number; month: string; year: string | undefined; before: string }) => string | undefined;
  year: (year: number) => string;
  /** Ends in `$`: what stands before a year. */
  yearCue: RegExp;
  /** Source of what divides hours and minutes, and of what may follow. */
  clock: { divide: string; after: string };
  time: (hours: number, minutes: number) => string | undefined;
  money: MoneyWords;
  units: Readonly<Record<string, Counted | string>>;
  /** Absent: the sentence decides. */
  product?: ProductWords;
  fraction: (top: number, bottom: number, whole: number | undefined) => string | undefined;
  roman: {
    cue: RegExp;
    afterCue: (value: number) => string | undefined;
    afterName?: (value: number) => string | undefined;
  };
  ordinals?: readonly Rule[];
  abbreviations: Readonly<Record<string, string | ((match: Match) => string | undefined | typeof NOT_ONE)>>;
  /** Between the ends of a range. */
  to: string;
  plus: string;
  address: { dot: string; slash: string; at: string };
  /** A number without a unit; undefined where the noun decides its form. */
  number: (match: Match) => string | undefined;
}

/** The rules of a language. */
export function western(words: WesternWords): Language {
  const { speech, months } = words;
  return {
    spells: words.spells,
    rules: [
      addressRule(words.address),
      ...phoneRules(speech, words.plus),
      ...dateRules(words),
      timeRule(words),
      ...moneyRules(speech, words.money),
      ...productRules(speech, words.units, words.product),
      ...unitRules(speech, words.units),
      ...fractionRules(words.fraction),
      ...yearRules({
        cue: new RegExp(`${words.yearCue.source}|(?:${months.join('|')})(?: de)? $`, 'iu'),
        noun: /^ \p{L}|^%/u,
        say: words.year,
        to: words.to,
      }),
      ...romanRules(words.roman),
      ...(words.ordinals ?? []),
      // The noun decides its form.
      { class: 'numbers', pattern: new RegExp(`${EDGE_BEFORE}[0-9]{1,4}\\.[ºª](?!\\p{L})`, 'gu') },
      ...numberRules(speech, { to: words.to, say: words.number }),
      ...abbreviationRules(words.abbreviations),
      CAPITALS,
      scriptRule(words.script),
    ],
  };
}

function dateRules(words: WesternWords): Rule[] {
  const { months, dayMark, yearMark } = words;
  const DAY = '(0?[1-9]|[12][0-9]|3[01])(?:er|º|°|o)?';
  return [
    {
      class: 'dates',
      pattern: new RegExp(
        `${EDGE_BEFORE}${DAY}${dayMark}(${months.join('|')})(?!\\p{L})(?:${yearMark}([12][0-9]{3})(?![0-9]))?`,
        'giu',
      ),
      spoken: ({ groups: [day, month = '', year], before }) => words.date({ day: Number(day), month, year, before }),
    },
    {
      class: 'dates',
      pattern: new RegExp(`${EDGE_BEFORE}([0-3]?[0-9])([./])([01]?[0-9])\\2([12][0-9]{3}|[0-9]{2})${EDGE_AFTER}`, 'gu'),
      spoken: ({ groups: [day, , month, year = ''], before }) => {
        const name = months[Number(month) - 1];
        if (name === undefined || Number(day) < 1 || Number(day) > 31) return NOT_ONE;
        return words.date({ day: Number(day), month: name, year: year.length === 4 ? year : undefined, before });
      },
    },
    {
      class: 'dates',
      pattern: new RegExp(`${EDGE_BEFORE}([12][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])${EDGE_AFTER}`, 'gu'),
      spoken: ({ groups: [year, month, day], before }) =>
        words.date({ day: Number(day), month: months[Number(month) - 1] ?? '', year, before }),
    },
  ];
}

function timeRule({ clock, time }: WesternWords): Rule {
  const { divide, after } = clock;
  return {
    class: 'times',
    pattern: new RegExp(`${EDGE_BEFORE}([01]?[0-9]|2[0-4])(?:${divide})([0-5][0-9])?${after}(?![\\d:])`, 'gu'),
    spoken: ({ groups: [hours, minutes], text }) =>
      minutes === undefined && /:$/.test(text) ? NOT_ONE : time(Number(hours), Number(minutes ?? 0)),
  };
}

/** Currencies of the West, for tables that differ only in words. */
export function currencies(
  of: Readonly<Record<'dollar' | 'pound' | 'euro' | 'yuan' | 'yen', Counted>> & { cent: Counted; penny: Counted },
): MoneyWords['currencies'] {
  return [
    { signs: ['$', 'US$', 'USD'], ...of.dollar, minor: of.cent },
    { signs: ['£', 'GBP'], ...of.pound, minor: of.penny },
    { signs: ['€', 'EUR', 'Euro', 'euros', 'euro'], ...of.euro, minor: of.cent },
    { signs: ['¢'], ...of.cent },
    { signs: ['¥', '￥'], ...of.yuan, isUncertain: true },
    { signs: ['CNY', 'RMB'], ...of.yuan },
    { signs: ['JPY'], ...of.yen },
  ];
}
