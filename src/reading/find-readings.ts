/** The places in a text that an engine reads as it likes. Pure and linear. */
import { languageOf } from './languages.ts';
import { NOT_ONE, type Reading, type Rule } from './rule.ts';

/** Characters before and after a match that a rule sees. */
const CONTEXT = 40;

/** Finds them in order; none overlaps another. A language without rules has those that need no words. */
export function readingsIn(text: string, language: string): Reading[] {
  const taken = new Uint8Array(text.length);
  const hasDigits = /\p{N}/u.test(text);
  const found: Reading[] = [];
  for (const rule of [...languageOf(language).rules, ...REST]) {
    if (!hasDigits && NEED_DIGITS.has(rule.class)) continue;
    for (const match of text.matchAll(rule.pattern)) {
      const reading = readingOf(rule, match, text);
      if (reading === undefined || taken.subarray(reading.start, reading.end).includes(1)) continue;
      taken.fill(1, reading.start, reading.end);
      found.push(reading);
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/**
 * Numbers and abbreviations that no rule of the language knows: listed, and never spelled, so that no take is spoken again because
 * of them.
 */
const REST: readonly Rule[] = [
  {
    class: 'abbreviations',
    // U.S., U.S.A., e.g., Ph.D., z.B.: letters with full stops; not the initials of a name (J. R. Tolkien) and no time (p.m.).
    pattern:
      /(?<![\p{L}\p{N}.])(?!(?:[ap]\.m\.|[AP]\.M\.))(?:(?:\p{L}\.){2,6}(?!\p{L})|\p{Lu}\p{Ll}{1,2}\.(?:\p{Lu}\p{Ll}{0,2}\.)+)(?! ?\p{Lu}\.)/gu,
    spoken: ({ text, after }) =>
      /^(?:\p{Lu}\.){2}$/u.test(text) && /^ \p{Lu}\p{Ll}/u.test(after) && !STATES.test(text) ? NOT_ONE : undefined,
  },
  {
    class: 'times',
    pattern:
      /(?<![\p{N}.,])(?:[01]?[0-9]|2[0-4])\.[0-5][0-9](?=\s?(?:Uhr|h|a\.?m|p\.?m)(?!\p{L}))|(?<=(?:^|[^\p{L}])(?:ore|alle|pukul|jam|в)\s)(?:[01]?[0-9]|2[0-4])\.[0-5][0-9](?![\p{N}.,]\p{N})/giu,
  },
  // 〇 is read as 一 is: in one way.
  { class: 'numbers', pattern: /[^\P{N}〇]+(?:[.,:/×·’'-][^\P{N}〇]+)*/gu },
];

/** Two letters before a word with a capital are the initials of a name, except these. */
const STATES = /^(?:U\.S\.|U\.K\.|U\.N\.|E\.U\.|D\.C\.|L\.A\.|N\.Y\.|B\.C\.|A\.D\.)$/;

const NEED_DIGITS: ReadonlySet<string> = new Set([
  'numbers',
  'years',
  'dates',
  'times',
  'money',
  'units',
  'phones',
  'fractions',
  'mixed',
]);

function readingOf(rule: Rule, match: RegExpExecArray, text: string): Reading | undefined {
  const start = match.index;
  const end = start + match[0].length;
  if (end === start) return undefined;
  const spoken = rule.spoken?.({
    text: match[0],
    groups: match.slice(1),
    before: text.slice(Math.max(0, start - CONTEXT), start),
    after: text.slice(end, end + CONTEXT),
  });
  if (spoken === NOT_ONE) return undefined;
  return {
    class: rule.class,
    start,
    end,
    text: match[0],
    ...(spoken !== undefined && spoken !== match[0] && { spoken }),
  };
}
