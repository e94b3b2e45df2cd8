/** Chapter marks in ID3: CHAP for each, and CTOC, the table of them. Source: id3.org/id3v2-chapters-1.0. Pure. */
import { type Frame, textFrame, wholeFrame } from '../marks/id3.ts';

/** A mark, in milliseconds from the first sample. */
export interface Mp3Mark {
  title: string;
  startMs: number;
  endMs: number;
}

/** A table counts its entries in one byte: more of them are in tables of their own. */
const MOST_ENTRIES = 255;
const TOP_LEVEL = 2;
const ORDERED = 1;
/** The place is said by time alone. */
const NO_PLACE = Buffer.alloc(8, 0xff);

/** The frames of these marks, the table first. More than 65,025 marks have no place in two levels of tables. */
export function chapterFrames(marks: readonly Mp3Mark[]): Frame[] {
  const ids = marks.map((_, index) => `chp${index}`);
  const chapters = marks.map(({ title, startMs, endMs }, index): Frame => {
    const times = Buffer.alloc(8);
    times.writeUInt32BE(startMs, 0);
    times.writeUInt32BE(endMs, 4);
    return { id: 'CHAP', flags: 0, content: Buffer.concat([text(ids[index]!), times, NO_PLACE, titleOf(title)]) };
  });
  return [...tables(ids), ...chapters];
}

function tables(ids: readonly string[]): Frame[] {
  if (ids.length <= MOST_ENTRIES) return [table('toc', TOP_LEVEL | ORDERED, ids)];
  const parts: string[][] = [];
  for (let from = 0; from < ids.length; from += MOST_ENTRIES) parts.push(ids.slice(from, from + MOST_ENTRIES));
  const names = parts.map((_, index) => `toc${index}`);
  return [table('toc', TOP_LEVEL | ORDERED, names), ...parts.map((part, index) => table(names[index]!, ORDERED, part))];
}

function table(id: string, flags: number, entries: readonly string[]): Frame {
  const head = Buffer.concat([text(id), Buffer.from([flags, entries.length])]);
  return { id: 'CTOC', flags: 0, content: Buffer.concat([head, ...entries.map(text)]) };
}

function titleOf(title: string): Buffer {
  return wholeFrame(textFrame('TIT2', [title]));
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'latin1');
}
