/** The files of the chapters, before anything is written. Pure. */
import { chapterFileStem } from '../../plan/names.ts';
import { type Cast, castBook } from '../../script/speakers/cast.ts';
import type { ChapterParagraph } from '../../script/speakers/dialogue.ts';
import type { Block, ImportedBook } from '../imported.ts';
import { chapterText, clean } from './book-text.ts';
import { distinctTitles } from './manifest-text.ts';

/** A chapter as it is written. */
export interface ChapterFile {
  title: string;
  /** Path in the book's folder. */
  file: string;
  text: string;
}

/** Titles, names and texts of all chapters; with `cast`, each quotation begins with its speaker. Speakers that the manuscript names are always written. */
export function chapterFiles(book: ImportedBook, cast: boolean): { files: ChapterFile[]; found: Cast | undefined } {
  const found =
    namedCast(book) ??
    (cast
      ? castBook(
          book.chapters.map(({ blocks }) => paragraphsOf(blocks)),
          book,
        )
      : undefined);
  const titles = distinctTitles(book.chapters.map(({ title }) => title));
  const files = book.chapters.map(({ blocks }, index): ChapterFile => {
    const title = titles[index]!;
    const cast = found?.chapters[index];
    // By the block: two paragraphs with the same words may have two speakers.
    const parts = new Map(blocks.map((block, at) => [block, cast?.[at] ?? []]));
    const text = chapterText(blocks, cast && ((block) => parts.get(block) ?? []));
    return { title, file: `chapters/${chapterFileStem(index + 1, titles.length, title)}.txt`, text };
  });
  return { files, found };
}

/** The speakers that the manuscript itself names; undefined where it names none. */
function namedCast({ chapters }: ImportedBook): Cast | undefined {
  const blocks = chapters.flatMap((chapter) => chapter.blocks).filter(({ speaker, isOpen }) => speaker || isOpen);
  if (blocks.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const { speaker } of blocks) if (speaker !== undefined) counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
  const characters = [...counts].map(([name, quotations]) => ({ name, quotations }));
  return {
    chapters: [],
    characters: characters.sort((a, b) => b.quotations - a.quotations),
    quotations: blocks.length,
    toReview: blocks.filter(({ speaker }) => speaker === undefined).length,
    rules: {},
  };
}

/** The blocks as paragraphs with what ends a dialogue: a heading, a scene break. */
function paragraphsOf(blocks: readonly Block[]): ChapterParagraph[] {
  return blocks.map(({ kind, text }, index) => ({
    text: clean(text),
    ...(kind === 'heading' && { isHeading: true }),
    ...(blocks[index - 1]?.kind === 'scene' && { startsScene: true }),
  }));
}
