import type { ImportedBook } from './imported.ts';
import { countLetters } from './tape.ts';

/** So much in one chapter is seldom meant: a chapter of a novel has 10,000 to 30,000 letters. */
const MANY_LETTERS = 100_000;

/** A note for a whole book that came out as one chapter: how large it is, and how to mend it. Undefined when all is well. Pure. */
export function oneChapterNote({ chapters }: Pick<ImportedBook, 'chapters'>): string | undefined {
  if (chapters.length !== 1) return undefined;
  const letters = chapters[0]!.blocks.reduce((sum, { text }) => sum + countLetters(text), 0);
  if (letters < MANY_LETTERS) return undefined;
  return (
    `The whole book is one chapter of ${letters.toLocaleString('en')} letters. To divide it, give each chapter a heading and import again: ` +
    'in a text file, a line such as "Chapter 1" between blank lines; in Word, the style "Heading 1"; in an EPUB, an entry in its table of contents.'
  );
}
