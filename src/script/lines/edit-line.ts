/** Other words for one line of a text: the least change of the source, proved by reading it again. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { hasErrors } from '../../manifest/diagnostics/diagnostic.ts';
import { sourceOffset } from '../../manifest/yaml/offsets.ts';
import type { Script } from '../text/read.ts';
import type { Line } from './line.ts';

/** Where the text changes. */
export interface TextEdit {
  start: number;
  end: number;
  /** In place of the characters from `start` to just before `end`. */
  insert: string;
}

/**
 * The edit after which the line has these words and everything else is read as before; what is around the changed characters
 * (markup, tags, line breaks) stays. Undefined when there is none: the words would be read as a tag, a heading or another line.
 */
export function editOfLine(of: {
  text: string;
  /** 0-based. */
  index: number;
  words: string;
  read(text: string): Pick<Script, 'lines' | 'diagnostics'>;
}): TextEdit | undefined {
  const { text, index, read } = of;
  const { lines } = read(text);
  const line = lines[index];
  const words = of.words.replace(/\s+/g, ' ').trim();
  if (line === undefined || words === '') return undefined;
  const expected = lines.map((one, at) => readOf(at === index ? { ...one, text: words } : one));
  return editsOf(line, words).find((edit) => {
    const script = read(edited(text, edit));
    return !hasErrors(script.diagnostics) && isDeepStrictEqual(script.lines.map(readOf), expected);
  });
}

/** The text with the edit. */
export function edited(text: string, { start, end, insert }: TextEdit): string {
  return `${text.slice(0, start)}${insert}${text.slice(end)}`;
}

/** What a reader makes of a line, without its places. */
function readOf({ start: _s, end: _e, offsets: _o, pickup, ...line }: Line): object {
  return { ...line, ...(pickup && { pickup: pickup.path }) };
}

/** From the smallest to the whole line; as they are, and with brackets that begin no tag. */
function editsOf(line: Line, words: string): TextEdit[] {
  const old = line.text;
  const from = commonStart(old, words);
  const until = commonEnd(old.slice(from), words.slice(from));
  const [oldEnd, newEnd] = [old.length - until, words.length - until];
  const insert = words.slice(from, newEnd);
  const place = (at: number): number => (at >= old.length ? line.end : sourceOffset(line.offsets, at));
  const after = (at: number): number => (at === 0 ? line.start : sourceOffset(line.offsets, at - 1) + 1);
  const ranges = [
    [oldEnd === from ? after(from) : place(from), after(oldEnd)],
    [place(from), place(oldEnd)],
    [after(from), place(oldEnd)],
  ] as const;
  const edits = ranges.map(([start, end]) => ({ start, end: Math.max(start, end), insert }));
  const all = [...edits, { start: line.start, end: line.end, insert: words }];
  return all.flatMap((edit) => [edit, { ...edit, insert: edit.insert.replace(/[[【]/g, '\\$&') }]);
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length++;
  // Not inside a character of two code units.
  return /[\uD800-\uDBFF]/.test(a[length - 1] ?? '') ? length - 1 : length;
}

function commonEnd(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return /[\uDC00-\uDFFF]/.test(a[a.length - length] ?? '') ? length - 1 : length;
}
