/** Lines that are on pages because these are pages: running heads and feet, and page numbers. Pure. */
import type { PdfLine } from './lines.ts';

/** A line that is none of the text, and what it is. */
export interface RunningLine {
  line: PdfLine;
  reason: 'header or footer' | 'page number';
}

/** Pages that have the same line at the same place, from which on it is a running head. */
const FEWEST = 3;
/** Lines of one kind stand within this, in points. */
const SAME_PLACE = 3;
/** A head can have two lines. */
const MOST_LINES = 2;

/** Finds them from the lines of all pages. */
export function runningLines(pages: readonly (readonly PdfLine[])[]): Map<PdfLine, RunningLine['reason']> {
  const found = new Map<PdfLine, RunningLine['reason']>();
  for (const edge of ['top', 'bottom'] as const)
    for (let round = 0; round < MOST_LINES; round++) {
      const before = found.size;
      const outer = pages.map((lines) => outermost(lines, edge, found));
      markNumbers(outer, found);
      markRepeated(outer, found, pages);
      if (found.size === before) break;
    }
  return found;
}

type Outer = { line: PdfLine; page: number } | undefined;

function outermost(lines: readonly PdfLine[], edge: 'top' | 'bottom', found: ReadonlyMap<PdfLine, unknown>): Outer {
  let line: PdfLine | undefined;
  for (const one of lines) {
    if (found.has(one)) continue;
    if (line === undefined || (edge === 'top' ? one.y < line.y : one.y > line.y)) line = one;
  }
  return line && { line, page: line.page };
}

/** Numbers alone that rise with the pages; a single one if it is the number of its page. */
function markNumbers(outer: readonly Outer[], found: Map<PdfLine, RunningLine['reason']>): void {
  const numbered = outer.flatMap((one) => {
    const number = one && pageNumber(one.line.text);
    return one && number !== undefined ? [{ ...one, number }] : [];
  });
  const counts = new Map<number, number>();
  for (const { page, number } of numbered) counts.set(number - page, (counts.get(number - page) ?? 0) + 1);
  for (const { line, page, number } of numbered)
    if (counts.get(number - page)! > 1 || number === page + 1) found.set(line, 'page number');
}

const PAGE =
  /^(?:[-–—•[(|]{0,3}\s*(\d{1,4})\s*[-–—•\])|]{0,3}|(?:page|p\.|pg\.|seite|página|pagina|страница|стр\.|halaman)\s*(\d{1,4})(?:\s*(?:of|von|de|di|из|\/)\s*\d{1,4})?|(\d{1,4})\s*\/\s*\d{1,4}|第\s*(\d{1,4})\s*[页頁])$/iu;

function pageNumber(text: string): number | undefined {
  const match = PAGE.exec(text);
  if (match) return Number(match[1] ?? match[2] ?? match[3] ?? match[4]);
  return /^[ivxlc]{1,8}$/i.test(text) ? romanNumber(text.toLowerCase()) : undefined;
}

function romanNumber(text: string): number | undefined {
  const values: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10, l: 50, c: 100 };
  let sum = 0;
  for (const [at, one] of [...text].entries()) {
    const [value, next] = [values[one]!, values[text[at + 1] ?? ''] ?? 0];
    sum += value < next ? -value : value;
  }
  return sum > 0 ? sum : undefined;
}

/** The same words at the same place on several pages; then also other words at that place, set alike and apart from the text. */
function markRepeated(
  outer: readonly Outer[],
  found: Map<PdfLine, RunningLine['reason']>,
  pages: readonly (readonly PdfLine[])[],
): void {
  const byWords = new Map<string, PdfLine[]>();
  for (const one of outer) {
    if (one === undefined || found.has(one.line)) continue;
    const key = one.line.text.toLowerCase().replace(/\d+/g, '#').replace(/\s+/g, '');
    byWords.set(key, [...(byWords.get(key) ?? []), one.line]);
  }
  const places: PdfLine[] = [];
  for (const same of byWords.values()) {
    const repeated = same.filter((line) => same.filter((other) => isLike(line, other)).length >= FEWEST);
    for (const line of repeated) found.set(line, 'header or footer');
    places.push(...repeated.slice(0, 3));
  }
  for (const one of outer) {
    if (one === undefined || found.has(one.line)) continue;
    if (places.some((place) => isLike(place, one.line)) && isApart(one.line, pages[one.page]!))
      found.set(one.line, 'header or footer');
  }
}

function isLike(a: PdfLine, b: PdfLine): boolean {
  return Math.abs(a.y - b.y) <= SAME_PLACE && Math.abs(a.size - b.size) <= 0.5;
}

/** Whether there is more room beside a line than between lines of text. */
function isApart(line: PdfLine, lines: readonly PdfLine[]): boolean {
  const nearest = Math.min(...lines.filter((one) => one !== line).map(({ y }) => Math.abs(y - line.y)));
  return nearest > 1.6 * line.size;
}
