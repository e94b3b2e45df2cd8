/** Roman numbers, abbreviations, words in capitals, other scripts, and addresses. */
import { type Match, NOT_ONE, type Rule } from '../rule.ts';
import { escaped } from './amounts.ts';

/** I to MMMCMXCIX; undefined for anything else. */
export function romanValue(text: string): number | undefined {
  if (!/^(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/.test(text)) return undefined;
  const values: Record<string, number> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };
  const digits = [...text].map((letter) => values[letter] ?? 0);
  return digits.reduce((sum, value, at) => sum + (value < (digits[at + 1] ?? 0) ? -value : value), 0);
}

/** Most Roman numbers in prose are small; larger ones are words, such as MIX or CD. */
const MOST_ROMAN = 50;

/**
 * Roman numbers after a word that a number follows ("Chapter IV"), and after a name ("Henry VIII"); a single letter only
 * after such a word.
 */
export function romanRules(of: {
  /** Ends in `$`: "Chapter ", "World War ". */
  cue: RegExp;
  afterCue: (value: number) => string | undefined;
  /** After a name. Absent: listed without a proposal. */
  afterName?: (value: number) => string | undefined;
}): Rule[] {
  return [
    {
      class: 'roman',
      pattern: /(?<![\p{L}\p{N}.])[IVXLCDM]{1,7}(?![\p{L}\p{N}])(?!\.\p{L})/gu,
      spoken: (match) => {
        const { text, before } = match;
        const value = romanValue(text);
        if (value === undefined || value > MOST_ROMAN) return NOT_ONE;
        if (isHeading(match)) return of.afterCue(value);
        if (of.cue.test(before)) return isPronoun(match) ? NOT_ONE : of.afterCue(value);
        if (text.length === 1 || !/\p{Lu}\p{Ll}+ $/u.test(before)) return NOT_ONE;
        return of.afterName?.(value);
      },
    },
  ];
}

/** Alone in its paragraph, or before a title: `IV`, `IV. The Storm`. */
function isHeading({ text, before, after }: Match): boolean {
  return before === '' && (/^\.?$/.test(after) || (text.length > 1 ? /^\.? \p{Lu}/u : /^\. \p{Lu}/u).test(after));
}

/** "the part I had played" is no Part One. */
function isPronoun({ text, before, after }: Match): boolean {
  return text === 'I' && (/^ \p{Ll}/u.test(after) || /(?:^|\P{L})\p{Ll}+ $/u.test(before));
}

/** Abbreviations, written with their full stop, and what they stand for; an empty text: listed without a proposal. */
export function abbreviationRules(
  words: Readonly<Record<string, string | ((match: Match) => string | undefined | typeof NOT_ONE)>>,
): Rule[] {
  const all = Object.keys(words).sort((a, b) => b.length - a.length);
  if (all.length === 0) return [];
  return [
    {
      class: 'abbreviations',
      pattern: new RegExp(
        `(?<![\\p{L}\\p{N}])(?:${all.map((one) => escaped(one).replaceAll(' ', '[ ]?')).join('|')})(?![\\p{L}\\p{N}])`,
        'gu',
      ),
      spoken: (match) => {
        const known = words[match.text] ?? words[match.text.replace(/\.(?=\p{L})/gu, '. ')];
        const spoken = typeof known === 'function' ? known(match) : known || undefined;
        return typeof spoken === 'string' && endsSentence(match) ? `${spoken}.` : spoken;
      },
    },
  ];
}

/** Whether the full stop of an abbreviation is that of the sentence, too: at the end, and after "etc." before a capital. */
function endsSentence({ text, after }: Match): boolean {
  if (!text.endsWith('.')) return false;
  const isEnd = /^[\p{Pe}\p{Pf}"'’”]*$/u.test(after);
  return isEnd || (ENDS_LISTS.test(text) && /^[\p{Pe}\p{Pf}"'’”]* \p{Lu}/u.test(after));
}

const ENDS_LISTS = /^(?:etc|usw|ecc|dll|dsb|dst|dkk)\.$/;

/** Words in capitals, next to each other as one place: an engine may spell or shout them. */
export const CAPITALS: Rule = {
  class: 'capitals',
  pattern: /(?<![\p{L}\p{N}])\p{Lu}{2,40}(?:['’]s)?(?:[ -]\p{Lu}{1,40}){0,30}(?![\p{L}\p{N}])/gu,
  spoken: ({ text }) => (/^\p{Lu}{2,5}$/u.test(text) && !hasVowelInside(text) ? [...text].join(' ') : undefined),
};

function hasVowelInside(text: string): boolean {
  return /[AEIOUY]/.test(text);
}

/** Letters of another script than the book's. */
export function scriptRule(ownScripts: string): Rule {
  return {
    class: 'scripts',
    pattern: new RegExp(
      `(?:(?![${ownScripts}\\p{Script=Common}\\p{Script=Inherited}])\\p{L}\\p{M}*)(?:[ ]?(?![${ownScripts}\\p{Script=Common}\\p{Script=Inherited}])\\p{L}\\p{M}*){0,60}`,
      'gu',
    ),
  };
}

/** Web and mail addresses, in words. */
export function addressRule({ dot, slash, at }: { dot: string; slash: string; at: string }): Rule {
  return {
    class: 'addresses',
    pattern:
      /(?<![\p{L}\p{N}@.])(?:https?:\/\/[^\s<>"”’)\]，。]{3,200}|www\.[^\s<>"”’)\]，。]{3,200}|[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,4}|[a-z\d-]{2,60}\.(?:com|org|net|edu|gov|info|io|cn|de|fr|it|es|ru|jp|kr|co\.uk)(?:\/[^\s<>"”’)\]，。]{0,200})?)/giu,
    spoken: ({ text }) =>
      text
        .replace(/^https?:\/\//i, '')
        .replace(/[.,;:!?/]+$/, '')
        .replace(/\./g, ` ${dot} `)
        .replace(/\//g, ` ${slash} `)
        .replace(/@/g, ` ${at} `)
        .replace(/\s+/g, ' ')
        .trim(),
  };
}
