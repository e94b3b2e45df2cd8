/** Tables for people, fitted to the terminal. */
import { pad, shorten, textWidth } from './text-width.ts';
import { wrap } from './wrap.ts';

/** A column of a table. */
export interface Column {
  /** Its heading; a table without headings has no first line. */
  head?: string;
  align?: 'left' | 'right';
  /** Blanks behind it. Default: 2. */
  gap?: number;
  /** Makes room when the table is too wide: cells are wrapped, or shortened, to this many columns at least. */
  narrow?: { how: 'wrap' | 'shorten'; least: number };
  /** Paints a cell, which is not painted yet. */
  paint?: (text: string, row: number) => string;
}

/** Blanks between two columns. */
const GAP = 2;

/**
 * The lines of a table. Where even the narrowest columns do not fit, each row becomes its first cell, and below it the
 * others with their headings.
 */
export function tableLines(of: {
  columns: readonly Column[];
  rows: readonly (readonly string[])[];
  /** Columns of the terminal. */
  width: number;
  /** Blanks before each line. Default: 2. */
  indent?: number;
  paintHead?: (text: string) => string;
  /** Lines to put below a row. */
  below?: (row: number) => string[];
}): string[] {
  const { columns, rows, width, indent = 2, paintHead = (text) => text, below = () => [] } = of;
  const heads = columns.map(({ head = '' }) => head);
  const hasHead = heads.some((head) => head !== '');
  const widths = fittedWidths({ columns, rows: hasHead ? [heads, ...rows] : rows, room: width - indent });
  const margin = ' '.repeat(indent);
  const body = rows.flatMap((row, index) => [
    ...(widths === undefined
      ? stacked({ columns, row, index, width, margin })
      : rowLines({ columns, row, index, widths, margin })),
    ...below(index),
  ]);
  if (widths === undefined) return body;
  if (!hasHead) return body;
  const headLine = heads.map((head, column) =>
    pad(head, widths[column]!, columns[column]!.align === 'right' ? 'left' : 'right'),
  );
  return [paintHead(margin + joined(headLine, columns)), ...body];
}

/** Undefined when they do not fit. */
function fittedWidths(of: {
  columns: readonly Column[];
  rows: readonly (readonly string[])[];
  room: number;
}): number[] | undefined {
  const { columns, rows, room } = of;
  const widths = columns.map((_, column) => Math.max(0, ...rows.map((row) => textWidth(row[column]!))));
  const least = columns.map(({ narrow }, column) => {
    if (narrow === undefined) return widths[column]!;
    if (narrow.how === 'shorten') return Math.min(narrow.least, widths[column]!);
    const words = rows.flatMap((row) => wrap(row[column]!, 1, 0));
    return Math.min(widths[column]!, Math.max(narrow.least, ...words.map(textWidth)));
  });
  const gaps = columns.slice(0, -1).reduce((sum, { gap = GAP }) => sum + gap, 0);
  const total = (): number => widths.reduce((sum, one) => sum + one, gaps);
  while (total() > room) {
    let widest: number | undefined;
    for (const [column, one] of widths.entries())
      if (one > least[column]! && (widest === undefined || one > widths[widest]!)) widest = column;
    if (widest === undefined) return undefined;
    widths[widest]! -= 1;
  }
  return widths;
}

function rowLines(of: {
  columns: readonly Column[];
  row: readonly string[];
  index: number;
  widths: readonly number[];
  margin: string;
}): string[] {
  const { columns, row, index, widths, margin } = of;
  const cells = row.map((cell, column) => {
    const width = widths[column]!;
    return columns[column]!.narrow?.how === 'wrap' ? wrap(cell, width, 0) : [shorten(cell, width)];
  });
  return Array.from({ length: Math.max(1, ...cells.map(({ length }) => length)) }, (_, line) => {
    const parts = columns.map(({ align, paint }, column) => {
      const text = cells[column]![line] ?? '';
      const blanks = pad('', widths[column]! - textWidth(text));
      const painted = text === '' || paint === undefined ? text : paint(text, index);
      return align === 'right' ? blanks + painted : painted + blanks;
    });
    return margin + joined(parts, columns);
  });
}

/** The cells of one line, without blanks at its end. */
function joined(cells: readonly string[], columns: readonly Column[]): string {
  return cells.reduce((line, cell, column) => line + ' '.repeat(columns[column - 1]?.gap ?? GAP) + cell).trimEnd();
}

function stacked(of: {
  columns: readonly Column[];
  row: readonly string[];
  index: number;
  width: number;
  margin: string;
}): string[] {
  const { columns, row, index, width, margin } = of;
  const painted = (column: number): string => columns[column]!.paint?.(row[column]!, index) ?? row[column]!;
  const facts = columns.flatMap(({ head }, column) =>
    column === 0 || row[column] === '' ? [] : [head === undefined ? painted(column) : `${head} ${painted(column)}`],
  );
  return [`${margin}${painted(0)}`, ...(facts.length > 0 ? [`${margin}  ${facts.join(' · ')}`] : [])].flatMap((line) =>
    wrap(line, width),
  );
}
