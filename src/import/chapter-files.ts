/** The files of the chapters, before anything is written. Pure. */
import { chapterFileStem } from '../plan/names.ts';
import { type Cast, castBook } from '../script/cast.ts';
import { chapterText, clean } from './book-text.ts';
import type { ImportedBook } from './imported.ts';
import { distinctTitles } from './manifest-text.ts';

/** A chapter as it is written. */
export interface ChapterFile {
  title: string;
  /** Path in the book's folder. */
  file: string;
  text: string;
}

/** Titles, names and texts of all chapters; with `cast`, each quotation begins with its speaker. */
export function chapterFiles(book: ImportedBook, cast: boolean): { files: ChapterFile[]; found: Cast | undefined } {
  const found = cast ? castBook(book.chapters.map(({ blocks }) => blocks.map(({ text }) => clean(text)))) : undefined;
  const titles = distinctTitles(book.chapters.map(({ title }) => title));
  const files = book.chapters.map(({ blocks }, index): ChapterFile => {
    const title = titles[index]!;
    const queue = found?.chapters[index]?.values();
    const parts = new Map(blocks.map(({ text }) => [clean(text), queue?.next().value ?? []]));
    const text = chapterText(blocks, found && ((paragraph) => parts.get(paragraph) ?? []));
    return { title, file: `chapters/${chapterFileStem(index + 1, titles.length, title)}.txt`, text };
  });
  return { files, found };
}
