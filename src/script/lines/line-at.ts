import type { Line } from './line.ts';

/** A longer stretch between a tag and its line is not looked at. */
const LONGEST_GAP = 2000;

/**
 * 0-based index of the line that a place of the text belongs to: the line itself, or the next or last one of its paragraph
 * for a tag. Undefined when no line of its paragraph is spoken. `lines` are in the order of the text. Pure.
 */
export function lineIndexAt(text: string, lines: readonly Line[], offset: number): number | undefined {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  const next = lines[low];
  if (next !== undefined && isOneParagraph(text, offset, next.start)) return low;
  const last = lines[low - 1];
  return last !== undefined && isOneParagraph(text, last.end, offset) ? low - 1 : undefined;
}

function isOneParagraph(text: string, from: number, to: number): boolean {
  return (
    to <= from || (to - from <= LONGEST_GAP && !/(?:\r\n|\n|\r)[^\S\r\n]*(?:\r\n|\n|\r)/.test(text.slice(from, to)))
  );
}
