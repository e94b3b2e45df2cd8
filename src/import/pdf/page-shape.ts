/** How the text of a PDF is set: its size, the distance of its lines, and its margins. Pure. */
import { endsSentence } from '../text/text-layout.ts';
import { type PdfLine, roundedSize } from './lines.ts';

/** What the lines of the text have in common. Points. */
export interface PageShape {
  size: number;
  /** From one line to the next. */
  pitch: number;
  /** Paragraphs begin with an indent, not after a gap. */
  isIndented: boolean;
  /** Where the lines of the column that a line stands in begin and end. */
  marginsOf(line: PdfLine): Margins;
  /** Whether a line is of a block that is set farther in. */
  isQuoted(line: PdfLine): boolean;
}

/** Where lines begin and end. */
export interface Margins {
  left: number;
  right: number;
}

const FEW_STEPS = 5;

/** Finds it from the lines of the text, page after page. */
export function pageShape(lines: readonly PdfLine[]): PageShape {
  const size = commonest(lines.map((line) => [roundedSize(line.size), line.text.length])) ?? 10;
  const text = lines.filter((line) => Math.abs(line.size - size) <= 0.5);
  const pairs = text.slice(1).map((line, index) => ({ before: text[index]!, line }));
  const steps = pairs.flatMap(({ before, line }): [number, number][] =>
    line.page === before.page && line.y > before.y ? [[Math.round((line.y - before.y) * 2) / 2, 1]] : [],
  );
  const common = commonest(steps) ?? 1.2 * size;
  // A few lines alone may all be apart.
  const pitch = steps.length < FEW_STEPS ? Math.min(common, 1.5 * size) : common;
  const keys = columnKeys(lines);
  const columns = columnsOf(text, keys);
  const column = (line: PdfLine): Margins =>
    columns.get(keys.get(line) ?? '') ?? { left: line.left, right: line.right };
  const quoted = quotedBlocks(lines, { column, pitch });
  const marginsOf = (line: PdfLine): Margins => quoted.get(line) ?? column(line);
  const indented = text.filter((line) => isIndent(line, marginsOf(line).left)).length;
  const gaps = steps.filter(([step]) => step > 1.3 * pitch && step < 4 * pitch).length;
  return { size, pitch, isIndented: indented > gaps, marginsOf, isQuoted: (line) => quoted.has(line) };
}

/** Whether a line begins as the first of a paragraph does. */
export function isIndent(line: PdfLine, left: number): boolean {
  return line.left > left + 0.7 * line.size;
}

function commonest(values: readonly (readonly [value: number, weight: number])[]): number | undefined {
  const weights = new Map<number, number>();
  for (const [value, weight] of values) weights.set(value, (weights.get(value) ?? 0) + weight);
  return [...weights].reduce<[number, number] | undefined>(
    (most, one) => (most && most[1] >= one[1] ? most : one),
    undefined,
  )?.[0];
}

/** Left and right pages have margins of their own, and each column: it begins higher than the line before. */
function columnKeys(lines: readonly PdfLine[]): Map<PdfLine, string> {
  const keys = new Map<PdfLine, string>();
  let column = 0;
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    if (before?.page !== line.page) column = 0;
    else if (line.y < before.y - line.size) column++;
    keys.set(line, `${line.page % 2}:${column}`);
  }
  return keys;
}

function columnsOf(text: readonly PdfLine[], keys: ReadonlyMap<PdfLine, string>): Map<string, Margins> {
  const byColumn = new Map<string, PdfLine[]>();
  for (const line of text) {
    const key = keys.get(line)!;
    if (!byColumn.has(key)) byColumn.set(key, []);
    byColumn.get(key)!.push(line);
  }
  return new Map(
    [...byColumn].map(([key, lines]) => {
      const rights = lines.map(({ right }) => right).sort((a, b) => a - b);
      const right = rights[Math.floor(rights.length * 0.95)]!;
      return [key, { left: leftOf(lines), right }];
    }),
  );
}

/**
 * Lines one below the other that all begin farther in, and in the midst of sentences: a letter, a quotation. Lines of a dialogue
 * begin farther in, too, but each is a paragraph.
 */
function quotedBlocks(
  lines: readonly PdfLine[],
  of: { column: (line: PdfLine) => Margins; pitch: number },
): Map<PdfLine, Margins> {
  const found = new Map<PdfLine, Margins>();
  let run: PdfLine[] = [];
  const close = (): void => {
    const margins = marginsOfBlock(run);
    if (margins !== undefined) for (const line of run) found.set(line, margins);
    run = [];
  };
  for (const line of lines) {
    const isIn = isIndent(line, of.column(line).left);
    const before = run.at(-1);
    const step = before === undefined ? of.pitch : line.y - before.y;
    if (!isIn || before?.page !== line.page || step < 0 || step > 1.3 * of.pitch || line.size !== before.size) close();
    if (isIn) run.push(line);
  }
  close();
  return found;
}

/** Undefined unless most of its lines go on in the next one, and end where the block ends. */
function marginsOfBlock(run: readonly PdfLine[]): Margins | undefined {
  if (run.length < 3) return undefined;
  const left = Math.min(...run.map((line) => line.left));
  const right = Math.max(...run.map((line) => line.right));
  const isWhole = (line: PdfLine): boolean => !endsSentence(line.text) && line.right > right - 4 * line.size;
  const whole = run.slice(0, -1).filter(isWhole).length;
  const atLeft = run.filter((line) => line.left < left + 0.5 * line.size).length;
  return atLeft > 1 && whole >= (run.length - 1) / 2 ? { left, right } : undefined;
}

/** The leftmost place where more than a twelfth of the lines begin. */
function leftOf(lines: readonly PdfLine[]): number {
  const counts = new Map<number, number>();
  for (const { left } of lines) counts.set(Math.round(left), (counts.get(Math.round(left)) ?? 0) + 1);
  const places = [...counts].sort(([a], [b]) => a - b);
  return (places.find(([, count]) => count >= lines.length / 12) ?? places[0]!)[0];
}
