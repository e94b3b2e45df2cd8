/** Footnotes: small lines at the foot of a page that begin with a mark, and their marks in the text. Pure. */
import { type LineItem, type PdfLine, textOf } from './lines.ts';

/** A mark, at the beginning of a note. */
const NOTE = /^[[(]?(?:\d{1,3}|[*†‡§¶]{1,3})(?:[\])]|\b|(?<=[*†‡§¶]))/;
/** Notes are set smaller than the text, by at least this. */
const SMALL = 0.93;

/** The lines of notes of each page, in their order. `size` is that of the text. */
export function footnotes(pages: readonly (readonly PdfLine[])[], size: number): Map<number, PdfLine[]> {
  const found = new Map<number, PdfLine[]>();
  for (const [index, lines] of pages.entries()) {
    const from = lines.findLastIndex((line) => line.size > SMALL * size) + 1;
    const small = lines.slice(from);
    const first = small.findIndex((line) => NOTE.test(line.text));
    // A note goes on at the foot of the next page.
    const start = first > 0 && found.has(index - 1) ? 0 : first;
    if (from > 0 && start >= 0) found.set(index, small.slice(start));
    else if (from > 0 && small.length > 0 && found.has(index - 1)) found.set(index, small);
  }
  return found;
}

/** Smaller words above or below the line that they stand in. */
export function isRaised(line: PdfLine, item: LineItem): 'raised' | 'lowered' | undefined {
  if (item.size > 0.85 * line.size) return undefined;
  if (item.y < line.y - 0.12 * line.size) return 'raised';
  return item.y > line.y + 0.06 * line.size ? 'lowered' : undefined;
}

/**
 * The marks of notes in a line: raised, behind a word of three letters or the punctuation of a sentence. Behind a digit, a sign
 * or a unit it is an exponent: 10⁶, x², km².
 */
export function noteMarks(line: PdfLine): LineItem[] {
  if (line.items.every(({ size }) => size > 0.85 * line.size)) return [];
  const words = line.items.filter(({ text }) => text.trim() !== '');
  return words.filter((item, index) => {
    if (
      isRaised(line, item) !== 'raised' ||
      !/^[[(]?(?:\d{1,3}|[*†‡§¶]{1,4})(?:\s?,\s?\d{1,3})*[\])]?$/.test(item.text.trim())
    )
      return false;
    const before = textOf(words.slice(Math.max(0, index - 3), index));
    return /[*†‡§¶]/.test(item.text) || /(?:[\p{L}]{3,}|[.,;:!?…'"’”»)\]。，！？])$/u.test(before);
  });
}
