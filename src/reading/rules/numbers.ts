/** Numbers without a unit, years, phone numbers and fractions. */
import { EDGE_AFTER, EDGE_BEFORE, type NumberSpeech } from '../number-speech.ts';
import { type Match, NOT_ONE, type Rule } from '../rule.ts';

/** Numbers, one range or one by one. `say` may refuse those whose form depends on the noun. */
export function numberRules(
  speech: NumberSpeech,
  { to, say = ({ text }) => speech.amount(text) }: { to: string; say?: (match: Match) => string | undefined },
): Rule[] {
  const { pattern } = speech;
  return [
    // An ISBN or another number in groups, and 6'2": no range, and not several numbers.
    {
      class: 'numbers',
      pattern: new RegExp(
        `${EDGE_BEFORE}(?:[0-9]+(?:[–-][0-9]+){2,20}|[0-9]{1,3}['’′][0-9]{1,2}["”″]?)${EDGE_AFTER}`,
        'gu',
      ),
      spoken: () => undefined,
    },
    {
      class: 'numbers',
      pattern: new RegExp(`${EDGE_BEFORE}(${pattern})[ ]?[–—-][ ]?(${pattern})${EDGE_AFTER}`, 'gu'),
      spoken: (match) => {
        const [from = '', until = ''] = match.groups;
        const ends = [say({ ...match, text: from, after: '' }), say({ ...match, text: until, before: '' })];
        return ends.includes(undefined) ? undefined : ends.join(speech.join === '' ? to : ` ${to} `);
      },
    },
    {
      class: 'numbers',
      pattern: new RegExp(`${EDGE_BEFORE}${pattern}${EDGE_AFTER}`, 'gu'),
      // 24/7 and 9/11 have words of their own.
      spoken: (match) => (/[0-9]\/$/.test(match.before) || /^\/[0-9]/.test(match.after) ? undefined : say(match)),
    },
    // Parts of names and codes, such as R2 or 3D.
    {
      class: 'numbers',
      pattern: /[\p{L}_-]{0,20}[0-9](?:[\p{L}\p{Nd}_.,-]{0,20}[\p{L}\p{Nd}])?/gu,
      spoken: codeWithDigits,
    },
  ];
}

function codeWithDigits({ text }: Match): typeof NOT_ONE | undefined {
  return /\p{L}/u.test(text) ? undefined : NOT_ONE;
}

/** A year: four digits after a word such as "in", or where no noun follows. */
export function yearRules(of: {
  /** Ends in `$`: what stands before a year. */
  cue: RegExp;
  /** Begins with `^`: what follows a quantity, not a year. */
  noun: RegExp;
  say: (year: number) => string;
  to: string;
}): Rule[] {
  const isYear = ({ before, after }: Match): boolean =>
    of.cue.test(before) || (!of.noun.test(after) && !/[$€£¥#]\s?$/.test(before));
  return [
    {
      class: 'years',
      pattern: new RegExp(`${EDGE_BEFORE}(1[0-9]{3}|20[0-9]{2})[–-](1[0-9]{3}|20[0-9]{2}|[0-9]{2})${EDGE_AFTER}`, 'gu'),
      spoken: ({ groups: [from = '', until = ''] }) => {
        const last = Number(until.length === 2 ? from.slice(0, 2) + until : until);
        return last <= Number(from) ? NOT_ONE : `${of.say(Number(from))} ${of.to} ${of.say(last)}`;
      },
    },
    {
      class: 'years',
      pattern: new RegExp(`${EDGE_BEFORE}(?:1[1-9][0-9]{2}|10[0-9]{2}|20[0-9]{2})${EDGE_AFTER}`, 'gu'),
      spoken: (match) => (isYear(match) ? of.say(Number(match.text)) : NOT_ONE),
    },
  ];
}

/** Phone numbers, digit by digit. */
export function phoneRules(speech: NumberSpeech, plus: string): Rule[] {
  const shapes = [
    '\\+[0-9]{1,3}(?:[ -]?\\([0-9]{1,4}\\))?(?:[ -]?[0-9]{2,5}){2,5}',
    '\\([0-9]{2,5}\\)[ ]?[0-9]{3,4}[ -][0-9]{4}',
    '[0-9]{3}-[0-9]{3}-[0-9]{4}',
    '[0-9]{3}-[0-9]{4}',
    '0[0-9]{2,4}-[0-9]{3}-[0-9]{3,4}',
    '0[0-9]{2,4}[-/][0-9]{4,8}',
  ];
  return [
    {
      class: 'phones',
      pattern: new RegExp(`${EDGE_BEFORE}(?:${shapes.join('|')})(?![0-9-])`, 'gu'),
      spoken: ({ text }) =>
        text.startsWith('+') ? [plus, speech.oneByOne(text)].join(speech.join) : speech.oneByOne(text),
    },
  ];
}

/** `½` and its kind: numerator and denominator. */
const VULGAR: Readonly<Record<string, readonly [number, number]>> = {
  '½': [1, 2],
  '⅓': [1, 3],
  '⅔': [2, 3],
  '¼': [1, 4],
  '¾': [3, 4],
  '⅕': [1, 5],
  '⅖': [2, 5],
  '⅗': [3, 5],
  '⅘': [4, 5],
  '⅙': [1, 6],
  '⅚': [5, 6],
  '⅛': [1, 8],
  '⅜': [3, 8],
  '⅝': [5, 8],
  '⅞': [7, 8],
};

/** Fractions of parts that people say; 24/7 and 9/11 are none. `say`: with the whole number before it, if there is one. */
export function fractionRules(
  say: (top: number, bottom: number, whole: number | undefined) => string | undefined,
): Rule[] {
  const signs = Object.keys(VULGAR).join('');
  return [
    {
      class: 'fractions',
      pattern: new RegExp(`(?<![0-9])(?:([0-9]{1,3})[ ]?)?([${signs}])`, 'gu'),
      spoken: ({ groups: [whole, sign = ''] }) => {
        const [top, bottom] = VULGAR[sign] ?? [0, 0];
        return say(top, bottom, whole === undefined ? undefined : Number(whole));
      },
    },
    {
      class: 'fractions',
      pattern: new RegExp(`${EDGE_BEFORE}(?:([0-9]{1,3}) )?([1-9])[/⁄]([2-9]|10)(?![/⁄])${EDGE_AFTER}`, 'gu'),
      spoken: ({ groups: [whole, top, bottom] }) => {
        if (Number(top) >= Number(bottom)) return NOT_ONE;
        return say(Number(top), Number(bottom), whole === undefined ? undefined : Number(whole));
      },
    },
  ];
}
