/** Widest excerpt of a line, in terminal cells; of a longer line only the part around the place is shown. */
const WINDOW_CELLS = 100;
/** Part of the window before the place when the line's beginning does not fit. */
const LEAD = 0.4;
/** A window is never narrower, in terminal cells. */
const LEAST_CELLS = 20;
const TAB = '    ';

/** One source line made safe to print, and where its caret goes; all counted in terminal cells. */
export interface Excerpt {
  text: string;
  /** Cells before the first caret. */
  indent: number;
  /** Number of carets, at least 1. */
  width: number;
}

/**
 * Cuts the visible part out of a line. Columns are 1-based UTF-16 code units; `endColumn` is exclusive. Tabs become four
 * spaces, so that carets line up with any tab stops; wide characters count as two cells. A long line is cut between words
 * where possible. `cells`: the width of the part; default: 100.
 */
export function excerpt({
  line,
  startColumn,
  endColumn = startColumn + 1,
  cells: most = WINDOW_CELLS,
}: {
  line: string;
  startColumn: number;
  endColumn?: number | undefined;
  cells?: number;
}): Excerpt {
  const window = Math.max(LEAST_CELLS, Math.min(most, WINDOW_CELLS));
  const start = Math.min(startColumn - 1, line.length);
  const end = Math.max(start + 1, Math.min(endColumn - 1, line.length));
  // Measures only the surroundings: a line may be megabytes long.
  const from = Math.max(0, start - 4 * WINDOW_CELLS);
  const to = start + 4 * WINDOW_CELLS;
  const cells = cellsOf(line.slice(from, to), from);
  const first = leadOf(cells, { start, wholeStart: from === 0, window });
  const shown = cells.slice(first);
  const cutLeft = first > 0 || from > 0;
  let text = cutLeft ? '…' : '';
  let indent = text.length;
  let width = 0;
  const fitting = fittingCells(shown, window - text.length, end);
  for (const cell of fitting) {
    text += cell.text;
    if (cell.end <= start) indent += cell.width;
    else if (cell.start < end) width += cell.width;
  }
  const cutRight = to < line.length || fitting.length < shown.length;
  return { text: cutRight ? `${text.trimEnd()}…` : text, indent, width: Math.max(1, width) };
}

/** The cells that fit, without the last word when it is cut and lies behind the place. */
function fittingCells(shown: Cell[], room: number, end: number): Cell[] {
  let count = 0;
  for (let used = 0; count < shown.length && used + shown[count]!.width <= room; count++) used += shown[count]!.width;
  if (count === shown.length) return shown;
  let words = count;
  while (words > 0 && !isBlank(shown[words]) && !isBlank(shown[words - 1]) && shown[words]!.width === 1) words--;
  return shown.slice(0, words > 0 && shown[words - 1]!.end >= end ? words : count);
}

function isBlank(cell: Cell | undefined): boolean {
  return cell === undefined || /^\s+$/.test(cell.text);
}

/** Replaces everything a terminal would obey or hide (controls, direction marks, lone surrogates) with a visible character. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '␡' : '\ufffd';
  });
}

// C0, DEL, C1; line and paragraph separators; marks that reorder or hide text; lone surrogates.
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{Cs}]/gu;

interface Cell {
  text: string;
  width: number;
  /** UTF-16 offsets in the line. */
  start: number;
  end: number;
}

function cellsOf(part: string, from: number): Cell[] {
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
  return Array.from(graphemes.segment(part), ({ segment, index }) => {
    const text = segment === '\t' ? TAB : printable(segment);
    const width = segment === '\t' ? TAB.length : widthOf(text);
    return { text, width, start: from + index, end: from + index + segment.length };
  });
}

/** The first cell to show: the line's first one if the place is then still inside the window, or else the first of a word. */
function leadOf(
  cells: Cell[],
  { start, wholeStart, window }: { start: number; wholeStart: boolean; window: number },
): number {
  const before = cells.filter((cell) => cell.end <= start);
  const lead = Math.floor(window * LEAD);
  const total = before.reduce((sum, cell) => sum + cell.width, 0);
  if (wholeStart && total <= window - lead) return 0;
  let width = 0;
  let first = before.length;
  while (first > 0 && width + before[first - 1]!.width <= lead) width += before[--first]!.width;
  let word = first;
  while (word < before.length && word > 0 && !isBlank(before[word - 1]) && before[word]!.width === 1) word++;
  return word < before.length ? word : first;
}

const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Regional_Indicator}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}])/u;

/** Terminal cells of one grapheme (East Asian Width, UAX 11; emoji are wide). */
function widthOf(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return /^[\p{Mn}\p{Me}\u200c\u200d]+$/u.test(grapheme) ? 0 : Math.max(1, printableUnits(grapheme));
}

/** A printed control pair such as CRLF has two characters; any other grapheme has one. */
function printableUnits(grapheme: string): number {
  return /^[\u2400-\u2421\ufffd]+$/u.test(grapheme) ? grapheme.length : 1;
}
