/** A unified difference applied to a text that may have changed elsewhere since. Pure. */
import type { TextEdit } from '../../script/lines/edit-line.ts';

/** A part of a difference. */
export interface Hunk {
  /** 0-based lines where it was, and where it would be. */
  from: number;
  to: number;
  before: string[];
  after: string[];
  /** The lines that only one of the two has. */
  removed: string[];
  added: string[];
  /** How many lines around the changes both have. */
  leading: number;
  trailing: number;
}

/** A difference that was read: who proposed it for which book, if it says so, the file that it names, and what it changes. */
export interface Difference {
  by?: string;
  /** Name of the manifest's file. */
  book?: string;
  file?: string;
  hunks: readonly Hunk[];
}

/** Reads one, also of a difference of which only the beginning is there. */
export function readDifference(difference: string): Difference {
  const lines = difference.replace(/\n$/, '').split('\n');
  const end = lines.findIndex((line) => line.startsWith('@@ '));
  const head = end < 0 ? lines : lines.slice(0, end);
  const headed = (mark: string): string | undefined => head.find((line) => line.startsWith(mark))?.slice(mark.length);
  const [by, book, file] = [headed('By: '), headed('Book: '), headed('--- ')];
  return {
    ...(by !== undefined && { by }),
    ...(book !== undefined && { book }),
    ...(file !== undefined && { file }),
    hunks: end < 0 ? [] : hunksOf(lines.slice(end)),
  };
}

/** The difference that takes it back. */
export function reversed({ hunks, ...head }: Difference): Difference {
  const turned = hunks.map(({ from, to, before, after, removed, added, ...rest }) => ({
    ...rest,
    ...{ from: to, to: from },
    ...{ before: after, after: before },
    ...{ removed: added, added: removed },
  }));
  return { ...head, hunks: turned };
}

/** A text by its lines: read once for many differences. */
export interface TextLines {
  text: string;
  /** Without line ends. What ends with a line end has one more, empty line. */
  words: readonly string[];
  /** Where each line begins. */
  starts: readonly number[];
  lineEnd: string;
}

/** Reads it. */
export function textLines(text: string): TextLines {
  const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/);
  const words = lines.map((line) => line.replace(/[\r\n]+$/, ''));
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length;
  }
  if (text === '' || /[\r\n]$/.test(text)) words.push('');
  return { text, words, starts, lineEnd: /\r\n|\n|\r/.exec(text)?.[0] ?? '\n' };
}

/**
 * The edit that does what a difference says: of whole lines, with the text's own line ends. Undefined when the lines that it changes,
 * with those around them, are not there any more, or are there several times and at none of them as before. `around`: not all of the
 * lines around them need to be as they were, as a neighbor may have been edited, where these lines are there only once.
 */
export function editOfDifference(of: TextLines, { hunks }: Difference, { around = true } = {}): TextEdit | undefined {
  const { text, words, starts, lineEnd } = of;
  const changes: { first: number; end: number; after: string[] }[] = [];
  for (const hunk of hunks) {
    const placed = placedHunk(hunk, words, around);
    if (placed === undefined) return undefined;
    const { at, before, after } = placed;
    changes.push({ first: at, end: at + before.length, after });
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
  const [start, end] = [first.first, last.end].map((line) => starts[line] ?? text.length) as [number, number];
  const insert = result.join(lineEnd) + (last.end < words.length ? lineEnd : '');
  return insert === text.slice(start, end) ? undefined : { start, end, insert };
}

function placedHunk(hunk: Hunk, words: readonly string[], around: boolean): (Hunk & { at: number }) | undefined {
  for (const one of around ? [hunk, ...lessAround(hunk)] : [hunk]) {
    const at = placeOf(one, words, one === hunk);
    if (at !== undefined) return { ...one, at };
  }
  return undefined;
}

/** The same change with fewer lines around it; none of what only adds lines or changes empty ones. */
function lessAround(hunk: Hunk): Hunk[] {
  const { before, after, removed, leading, trailing } = hunk;
  if (removed.every((line) => line.trim() === '')) return [];
  return [2, 1, 0].flatMap((kept) => {
    const [first, last] = [Math.max(0, leading - kept), Math.max(0, trailing - kept)];
    if (first + last === 0) return [];
    const cut = (lines: readonly string[]): string[] => lines.slice(first, lines.length - last);
    return [{ ...hunk, from: hunk.from + first, before: cut(before), after: cut(after) }];
  });
}

/** `mayRepeat`: the lines may be there several times, if they are at their place. */
function placeOf({ from, before }: Hunk, words: readonly string[], mayRepeat: boolean): number | undefined {
  if (before.length === 0) return undefined;
  const isAt = (at: number): boolean => before.every((line, index) => words[at + index] === line);
  if (mayRepeat && isAt(from)) return from;
  let place: number | undefined;
  for (let at = 0; at + before.length <= words.length; at++) {
    if (!isAt(at)) continue;
    if (place !== undefined) return undefined;
    place = at;
  }
  return place;
}

function hunksOf(lines: readonly string[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (const line of lines) {
    const heading = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (heading !== null)
      hunks.push({
        from: Number(heading[1]) - 1,
        to: Number(heading[2]) - 1,
        before: [],
        after: [],
        removed: [],
        added: [],
        leading: 0,
        trailing: 0,
      });
    const hunk = hunks.at(-1);
    if (hunk === undefined || heading !== null) continue;
    const words = line.slice(1);
    if (line.startsWith('-')) hunk.removed.push(words);
    if (line.startsWith('+')) hunk.added.push(words);
    const isChange = /^[-+]/.test(line);
    if (!isChange && hunk.removed.length + hunk.added.length === 0) hunk.leading += 1;
    hunk.trailing = isChange ? 0 : hunk.trailing + 1;
    if (!line.startsWith('+')) hunk.before.push(words);
    if (!line.startsWith('-')) hunk.after.push(words);
  }
  return hunks;
}
