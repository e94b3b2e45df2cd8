/** The author's errors and warnings in Chinese. Pure. */
import { BOOK_SENTENCES } from './book-sentences.ts';
import { FILE_SENTENCES } from './file-sentences.ts';
import { MANIFEST_SENTENCES } from './manifest-sentences.ts';
import { PHRASES } from './phrases.ts';
import { REVIEW_SENTENCES } from './review-sentences.ts';
import { filled, type Pattern, patternOf, type Sentence, type Values, valuesIn } from './sentence.ts';
import { TEXT_SENTENCES } from './text-sentences.ts';
import { RECORDING_PHRASES, WATCH_SENTENCES } from './watch-sentences.ts';

/** Every sentence of a message or a fix. A diagnostic without a sentence here fails test/manifest/chinese.test.ts. */
export const SENTENCES: readonly Sentence[] = [
  ...MANIFEST_SENTENCES,
  ...FILE_SENTENCES,
  ...TEXT_SENTENCES,
  ...BOOK_SENTENCES,
  ...REVIEW_SENTENCES,
  ...WATCH_SENTENCES,
];
/** Every phrase within a sentence. The more exact one of two is first. */
export const ALL_PHRASES: readonly Sentence[] = [...RECORDING_PHRASES, ...PHRASES];

const PREPARED_SENTENCES: readonly Pattern[] = SENTENCES.map(patternOf);
const PREPARED_PHRASES: readonly Pattern[] = ALL_PHRASES.map(patternOf);

/** Longer texts stay in English: nobody reads them, and the search has a bound. */
const LONGEST = 2_000;

/**
 * A message or fix in Chinese; undefined when one of its sentences is not known, as of another version of the program. What
 * it quotes of the author's stays as it is.
 */
export function chineseWords(english: string): string | undefined {
  return english.length > LONGEST ? undefined : severalSentences(english.trimEnd(), new Map());
}

/**
 * One sentence or several; the shortest first, because what a sentence quotes at its end would take in the sentences after it.
 * `known`: what was found for ends of the text, so that none is looked at twice.
 */
function severalSentences(english: string, known: Map<string, string | undefined>): string | undefined {
  if (known.has(english)) return known.get(english);
  let found: string | undefined;
  for (const { index } of english.matchAll(/(?<=[.?]) /g)) {
    const first = wordsOf(english.slice(0, index), PREPARED_SENTENCES);
    const rest = first === undefined ? undefined : severalSentences(english.slice(index + 1), known);
    if (rest === undefined) continue;
    found = `${first}${rest}`;
    break;
  }
  found ??= wordsOf(english, PREPARED_SENTENCES);
  known.set(english, found);
  return found;
}

/** `FILE:3:7 error: …`, `   fix: …`, and the count at the end. */
const PLACED = /^(?<place>.+?) (?<severity>error|warning): (?:line (?<number>\d+:\d+): )?(?<message>.*)$/su;
const FIX = /^ {3}fix: (?<fix>.*)$/su;
const COUNT = /^(?:(?<errors>\d+) errors?)?(?:, )?(?:(?<warnings>\d+) warnings?)?$/u;

/** What `formatDiagnostics` printed, without color, in Chinese. Lines of the author's, and what is not known, stay as they are. */
export function errorsInChinese(printed: string): string {
  return printed.split('\n').map(lineInChinese).join('\n');
}

function lineInChinese(line: string): string {
  const fix = FIX.exec(line)?.groups?.['fix'];
  if (fix !== undefined) return `   改法：${chineseWords(fix) ?? fix}`;
  // A line of the author's, or the carets below it.
  if (/^\s*\d* \|/.test(line)) return line;
  const { place, severity, number, message } = PLACED.exec(line)?.groups ?? {};
  if (message !== undefined) {
    const what = severity === 'error' ? '错误' : '警告';
    const where = number === undefined ? '' : `第 ${number} 行：`;
    return `${place} ${what}：${where}${chineseWords(message) ?? message}`;
  }
  const { errors, warnings } = (line === '' ? undefined : COUNT.exec(line))?.groups ?? {};
  const counts = [errors && `${errors} 处错误`, warnings && `${warnings} 处警告`].filter(Boolean);
  return counts.length === 0 ? line : counts.join('，');
}

function wordsOf(english: string, patterns: readonly Pattern[]): string | undefined {
  for (const pattern of patterns) {
    const values = valuesIn(english, pattern);
    const inChinese = values && translated(values, pattern);
    if (inChinese !== undefined) return filled(pattern.chinese, inChinese);
  }
  return undefined;
}

/** The values, with phrases in Chinese; undefined when one of those is not known. */
function translated(values: Values, { names }: Pattern): Values | undefined {
  const out: Record<string, string> = {};
  for (const { name, isPhrase } of names) {
    const value = values[name] ?? '';
    const words = isPhrase ? phraseInChinese(value) : value;
    if (words === undefined) return undefined;
    out[name] = words;
  }
  return out;
}

/** A phrase, or several with semicolons between them. */
function phraseInChinese(english: string): string | undefined {
  const whole = wordsOf(english, PREPARED_PHRASES);
  if (whole !== undefined || !english.includes('; ')) return whole;
  const parts = english.split('; ').map((part) => wordsOf(part, PREPARED_PHRASES));
  return parts.includes(undefined) ? undefined : parts.join('；');
}
