/** The lines of a page: words that stand on one line, in the order of the page. Pure. */
import { countLetters, type SourceSpan } from '../tape.ts';
import type { PdfItem, PdfPage } from './document.ts';
import type { TaggedOrder } from './tags.ts';

/** Words with their letters' places in the source. */
export interface LineItem extends PdfItem {
  /** Letters of the document before it, and up to its end. */
  start: number;
  end: number;
}

/** A line of a page. Places in points, from the left and the top. */
export interface PdfLine {
  page: number;
  items: LineItem[];
  /** Its words, with a space wherever there is room for one. */
  text: string;
  left: number;
  right: number;
  /** The line on which the letters stand. */
  y: number;
  /** Of most of its letters. */
  size: number;
  /** The element that the tags put it in; lines of one number are one paragraph. */
  tag?: { element: number; role: string };
}

/** Why words of a page are no text. */
export interface PdfOmission {
  page: number;
  items: LineItem[];
  reason: string;
}

/** The words of a page as lines, in the order of the tags where it has them for every word, otherwise as they are drawn. */
export function linesOfPage(
  page: PdfPage,
  index: number,
  of: { order: TaggedOrder | undefined; lettersBefore: number },
): { lines: PdfLine[]; omissions: PdfOmission[] } {
  const { order } = of;
  const items = withPlaces(page.items, of.lettersBefore);
  const omissions: PdfOmission[] = [];
  const drawn = new Map<string, LineItem[]>();
  const text = items.filter((item) => {
    const reason = reasonFor(item, drawn);
    if (reason !== undefined && item.end > item.start) omissions.push({ page: index, items: [item], reason });
    return reason === undefined;
  });
  const sorted = order === undefined ? text : inTaggedOrder(text, order);
  return { lines: linesOf(sorted, index, order), omissions };
}

function withPlaces(items: readonly PdfItem[], lettersBefore: number): LineItem[] {
  let at = lettersBefore;
  return items.map((item) => {
    const start = at;
    at += countLetters(item.text);
    return { ...item, start, end: at };
  });
}

/** Words at nearly one place; a letter is set twice to look bold. */
const SAME_PLACE = 0.12;
const MOST_COMPARED = 8;

function reasonFor(item: LineItem, drawn: Map<string, LineItem[]>): string | undefined {
  if (item.isArtifact) return 'header or footer';
  if (item.isTurned) return 'text set at an angle';
  if (item.text.trim() === '') return undefined;
  const same = drawn.get(item.text) ?? [];
  const near = SAME_PLACE * item.size;
  if (same.some(({ x, y }) => Math.abs(x - item.x) <= near && Math.abs(y - item.y) <= near))
    return 'text printed twice';
  drawn.set(item.text, [...same.slice(-MOST_COMPARED), item]);
  return undefined;
}

function inTaggedOrder(items: readonly LineItem[], { places }: TaggedOrder): LineItem[] {
  let last = -1;
  const keyed = items.map((item) => {
    last = places.get(item.content ?? '')?.order ?? last;
    return { item, at: last };
  });
  return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

function linesOf(items: readonly LineItem[], page: number, order: TaggedOrder | undefined): PdfLine[] {
  const lines: PdfLine[] = [];
  for (const item of items) {
    const line = lines.at(-1);
    if (item.text.trim() === '') {
      // A space, where something follows on the line.
      if (line !== undefined && continues(line, item)) line.items.push(item);
      continue;
    }
    const place = order?.places.get(item.content ?? '');
    const isSameElement = place === undefined || line?.tag === undefined || line.tag.element === place.element;
    if (line !== undefined && isSameElement && continues(line, item)) append(line, item);
    else
      lines.push({
        ...{ page, items: [item], text: '', left: item.x, right: item.x + item.width, y: item.y, size: item.size },
        ...(place && { tag: { element: place.element, role: place.role } }),
      });
  }
  for (const line of lines) [line.size, line.text] = [sizeOf(line), textOf(line.items)];
  return withInitials(lines);
}

/** Whether words stand on the line, behind those that it has; raised and lowered ones do. */
function continues(line: PdfLine, item: LineItem): boolean {
  const size = Math.max(line.size, item.size);
  return Math.abs(item.y - line.y) <= 0.45 * size && item.x >= line.right - 0.4 * size;
}

function append(line: PdfLine, item: LineItem): void {
  line.items.push(item);
  line.right = Math.max(line.right, item.x + item.width);
  if (item.size > line.size) [line.y, line.size] = [item.y, item.size];
}

function sizeOf({ items }: PdfLine): number {
  const letters = new Map<number, number>();
  for (const { size, text } of items)
    letters.set(roundedSize(size), (letters.get(roundedSize(size)) ?? 0) + text.trim().length);
  return [...letters].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0] as [number, number])[0];
}

/** Sizes of one text differ in the last digits. */
export function roundedSize(size: number): number {
  return Math.round(size * 4) / 4;
}

/** A first letter that is larger than its line goes with the line at its right; lines beside it begin where it does. */
function withInitials(lines: readonly PdfLine[]): PdfLine[] {
  const joined: PdfLine[] = [];
  let initial: PdfLine | undefined;
  for (const line of lines) {
    const before = joined.at(-1);
    if (before !== undefined && isInitialOf(before, line)) {
      initial = before;
      const items = [...before.items, ...line.items];
      joined[joined.length - 1] = { ...line, items, text: textOf(items), left: before.left };
    } else if (initial !== undefined && isBeside(initial, line)) joined.push({ ...line, left: initial.left });
    else joined.push(line);
  }
  return joined;
}

function isBeside(initial: PdfLine, line: PdfLine): boolean {
  return (
    line.left >= initial.right - 0.3 * line.size &&
    line.left <= initial.right + line.size &&
    line.y <= initial.y + 0.2 * line.size &&
    line.y >= initial.y - initial.size * 1.1
  );
}

function isInitialOf(initial: PdfLine, line: PdfLine): boolean {
  return /^["“„«'‘]?\p{L}$/u.test(initial.text) && initial.size >= 1.6 * line.size && isBeside(initial, line);
}

/** Words of one line, with a space wherever there is room for one. */
export function textOf(items: readonly LineItem[]): string {
  let text = '';
  let before: LineItem | undefined;
  let isSpaced = false;
  for (const item of items) {
    if (item.text.trim() === '') {
      isSpaced = true;
      continue;
    }
    if (before !== undefined && !areCjk(before, item)) {
      // A first letter that is drawn large belongs to its word.
      const isInitial = before.size >= 1.6 * item.size;
      const size = Math.max(before.size, item.size);
      const isApart = item.x - before.x - before.width > 0.2 * size || Math.abs(item.y - before.y) > 0.6 * size;
      if (isSpaced || (isApart && !isInitial)) text += ' ';
    }
    text += item.text;
    [before, isSpaced] = [item, false];
  }
  return text.replace(/\s+/g, ' ').trim();
}

function areCjk(before: LineItem, item: LineItem): boolean {
  return CJK.test(before.text.at(-1) ?? '') && CJK.test(item.text[0] ?? '');
}

const CJK = /[\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]/u;

/** Gaps of a line wider than `em` of its letters. */
export function gapsOf(
  { items, size }: PdfLine,
  em: number,
): { from: number; to: number; before: string; after: string }[] {
  const words = items.filter(({ text }) => text.trim() !== '');
  return words.slice(1).flatMap((item, index) => {
    const before = words[index]!;
    const [from, to] = [before.x + before.width, item.x];
    if (to - from < em * size) return [];
    return [
      {
        from,
        to,
        before: textOf(words.slice(0, index + 1)),
        after: textOf(words.slice(index + 1)),
      },
    ];
  });
}

/** The letters of the source that lines or items stand for, as few spans as there are. */
export function spansOf(items: readonly LineItem[]): SourceSpan[] {
  const spans: SourceSpan[] = [];
  for (const { start, end } of items) {
    const last = spans.at(-1);
    if (last !== undefined && last.end === start) last.end = end;
    else if (end > start) spans.push({ part: '', start, end });
  }
  return spans;
}
