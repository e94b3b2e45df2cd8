/** CSV for spreadsheets and programs. Pure. */

/** A value of a cell; null is empty. */
export type Cell = string | number | boolean | null;

/** A spreadsheet takes a cell that begins like this for a formula and runs it; some take the wide forms, too. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/** A row as in RFC 4180, up to its line feed. Text that a spreadsheet could take for a formula gets an apostrophe in front. */
export function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** An amount with all its decimals, such as `0.0123456`, from billionths. */
export function exactAmount(nanos: number): string {
  return (nanos / 1e9).toFixed(9).replace(/\.?0+$/, '');
}
