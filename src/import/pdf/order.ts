/**
 * Whether the order in which the lines of a page are drawn is the order in which they are read. It is proven if it agrees with
 * their places: each line is below those before it, or at their right, as the next column is. Pure.
 */

import { sampleOf } from '../tape.ts';
import { gapsOf, type PdfLine } from './lines.ts';

/** More lines are no page of a book. */
const MOST_LINES = 600;
/** Lines with words side by side, from which on they are a table or columns. */
const FEWEST_IN_COLUMNS = 4;
/** A page number in a table of contents, the number of a list or a verse. */
const NUMBER = /^(?:[([]?[\divxlc]{1,6}[.)\]:]?|[•·–—*-]|[a-z][.)])$/i;

/** Why the order is not certain; undefined when it is. */
export function orderFault(lines: readonly PdfLine[]): string | undefined {
  if (lines.length > MOST_LINES) return `it has more than ${MOST_LINES} lines`;
  const side = sideBySide(lines);
  if (side !== undefined) return side;
  for (const [index, line] of lines.entries()) {
    const before = lines.slice(0, index).find((earlier) => !follows(earlier, line));
    if (before !== undefined)
      return `its words are drawn in another order than they stand in ("${sample(line)}" after "${sample(before)}")`;
  }
  return undefined;
}

function follows(earlier: PdfLine, line: PdfLine): boolean {
  const isBelow = line.y > earlier.y + 0.3 * Math.min(line.size, earlier.size);
  return isBelow || line.left >= earlier.right - 0.2 * line.size;
}

/** Columns that are drawn line by line, or a table: their lines have gaps at one place. */
function sideBySide(lines: readonly PdfLine[]): string | undefined {
  const gapped = lines.flatMap((line) => {
    const gaps = gapsOf(line, 0.9).filter(({ before, after }) => !NUMBER.test(before) && !NUMBER.test(after));
    return gaps.map((gap) => ({ ...gap, line }));
  });
  const least = Math.max(FEWEST_IN_COLUMNS, lines.length * 0.2);
  if (gapped.length < least) return undefined;
  for (const { from, to } of gapped) {
    const middle = (from + to) / 2;
    const same = new Set(gapped.filter((gap) => gap.from <= middle && middle <= gap.to).map(({ line }) => line));
    if (same.size >= least) return `words stand side by side, as in a table or in columns ("${sample([...same][0]!)}")`;
  }
  return undefined;
}

function sample(line: PdfLine): string {
  return sampleOf(line.text.slice(0, 30));
}
