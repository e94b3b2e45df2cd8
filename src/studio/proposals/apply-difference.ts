/** A unified difference applied to a text that may have changed elsewhere since. Pure. */
import type { TextEdit } from '../../script/lines/edit-line.ts';

interface Hunk {
  /** 0-based line where it was. */
  from: number;
  before: string[];
  after: string[];
}

/** The file that a difference names. */
export function fileOfDifference(difference: string): string | undefined {
  return /^--- (.+)$/m.exec(difference)?.[1];
}

/**
 * The edit that does what a difference says: of whole lines, with the text's own line ends. Undefined when the lines that it changes,
 * with those around them, are not there any more, or are there several times and at none of them as before.
 */
export function editOfDifference(text: string, difference: string): TextEdit | undefined {
  const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/);
  const words = lines.map((line) => line.replace(/[\r\n]+$/, ''));
  // What ends with a line end has one more, empty line for who wrote the difference.
  if (text === '' || /[\r\n]$/.test(text)) words.push('');
  const lineEnd = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const changes: { first: number; end: number; after: string[] }[] = [];
  for (const hunk of hunksOf(difference)) {
    const at = placeOf(hunk, words);
    if (at === undefined) return undefined;
    changes.push({ first: at, end: at + hunk.before.length, after: hunk.after });
  }
  changes.sort((a, b) => a.first - b.first);
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (changes.some(({ first: own }, index) => index > 0 && own < changes[index - 1]!.end)) return undefined;
  const result: string[] = [];
  let at = first.first;
  for (const change of changes) {
    result.push(...words.slice(at, change.first), ...change.after);
    at = change.end;
  }
  const start = lines.slice(0, first.first).join('').length;
  const old = lines.slice(first.first, last.end).join('');
  const insert = result.join(lineEnd) + (last.end < words.length ? lineEnd : '');
  return insert === old ? undefined : { start, end: start + old.length, insert };
}

function placeOf({ from, before }: Hunk, words: readonly string[]): number | undefined {
  const isAt = (at: number): boolean => before.every((line, index) => words[at + index] === line);
  if (isAt(from)) return from;
  const places = words.flatMap((_, at) => (isAt(at) ? [at] : []));
  return places.length === 1 ? places[0] : undefined;
}

function hunksOf(difference: string): Hunk[] {
  const hunks: Hunk[] = [];
  for (const line of difference.replace(/\n$/, '').split('\n')) {
    const heading = /^@@ -(\d+)/.exec(line);
    if (heading !== null) hunks.push({ from: Number(heading[1]) - 1, before: [], after: [] });
    const hunk = hunks.at(-1);
    if (hunk === undefined || heading !== null) continue;
    if (!line.startsWith('+')) hunk.before.push(line.slice(1));
    if (!line.startsWith('-')) hunk.after.push(line.slice(1));
  }
  return hunks.filter(({ before }) => before.length > 0);
}
