/** Widest excerpt of a line, in terminal cells; of a longer line only the part around the place is shown. */
const WINDOW_CELLS = 100;
/** Cells shown before the place when the line's beginning does not fit. */
const LEAD_CELLS = 40;
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
 * spaces, so that carets line up with any tab stops; wide characters count as two cells.
 */
export function excerpt({
  line,
  startColumn,
  endColumn = startColumn + 1,
}: {
  line: string;
  startColumn: number;
  endColumn?: number | undefined;
}): Excerpt {
  const start = Math.min(startColumn - 1, line.length);
  const end = Math.max(start + 1, Math.min(endColumn - 1, line.length));
  // Measures only the surroundings: a line may be megabytes long.
  const from = Math.max(0, start - 4 * WINDOW_CELLS);
  const to = start + 4 * WINDOW_CELLS;
  const cells = cellsOf(line.slice(from, to), from);
  const lead = leadOf(cells, start, from === 0);
  const shown = cells.slice(lead.first);
  const cutLeft = lead.first > 0 || from > 0;
  let text = cutLeft ? '…' : '';
  let indent = text.length;
  let width = 0;
  let used = text.length;
  let cutRight = to < line.length;
  for (const cell of shown) {
    if (used + cell.width > WINDOW_CELLS) {
      cutRight = true;
      break;
    }
    text += cell.text;
    used += cell.width;
    if (cell.end <= start) indent += cell.width;
    else if (cell.start < end) width += cell.width;
  }
  return { text: cutRight ? `${text}…` : text, indent, width: Math.max(1, width) };
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

/** The first cell to show: the line's first one if the place still fits in the window. */
function leadOf(cells: Cell[], start: number, startsLine: boolean): { first: number } {
  const before = cells.filter((cell) => cell.end <= start);
  const total = before.reduce((sum, cell) => sum + cell.width, 0);
  if (startsLine && total <= WINDOW_CELLS - LEAD_CELLS) return { first: 0 };
  let width = 0;
  let first = before.length;
  while (first > 0 && width + before[first - 1]!.width <= LEAD_CELLS) width += before[--first]!.width;
  return { first };
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
