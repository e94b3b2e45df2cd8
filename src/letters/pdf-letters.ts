/** Counts the letters of a PDF: those of all words that its pages draw, one after another. Pure. */
import { lettersOf } from './letters.ts';
import type { SourcePart } from './source-part.ts';

/** The letters of all pages, in one part. */
export function pdfLetters(pages: readonly { items: readonly { text: string }[] }[]): SourcePart[] {
  const words = pages.flatMap(({ items }) => items.map(({ text }) => text));
  return [{ name: '', letters: lettersOf(words.join(' ')) }];
}
