/** A place in a text file: line and column count from 1, the column in UTF-16 code units, as VS Code shows it. */
export interface Position {
  line: number;
  column: number;
}

/** A range in a text file; `end` is the position just after its last character. */
export interface TextRange {
  start: Position;
  end: Position;
}

/** Turns offsets (UTF-16 code units from 0) into positions. A line ends at LF, CRLF or a lone CR. */
export interface LineIndex {
  position(offset: number): Position;
}

const LINE_BREAK = /\r\n|\n|\r/g;

/** Indexes a text for lookups in logarithmic time. An offset outside the text is clamped. */
export function lineIndex(text: string): LineIndex {
  const starts = [0];
  for (const match of text.matchAll(LINE_BREAK)) starts.push(match.index + match[0].length);
  return {
    position(offset) {
      const inside = Math.max(0, Math.min(offset, text.length));
      const line = lastAtMost(starts, inside);
      return { line: line + 1, column: inside - starts[line]! + 1 };
    },
  };
}

/** Binary search: index of the last element of an ascending list that is at most `value`; the first must be. */
export function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ascending[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
