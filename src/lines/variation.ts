/** A line with other words to speak, or another direction: its segments as the book would have them. */
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import { type BookLine, bookLines } from '../plan/book-lines.ts';
import { draftRun } from '../run/plan.ts';

/** What is different. */
export interface Variation {
  /** What to speak instead of the written words, which stay in subtitles and reports. */
  say?: string | undefined;
  direction?: string | undefined;
}

/** The first take of the line with the variation; the line itself without one. With `say`, the line must be one segment. */
export function variedLine(book: Book, account: Account, line: BookLine, { say, direction }: Variation): BookLine {
  if (say === undefined && direction === undefined) return line;
  const chapters = book.chapters.map((chapter) =>
    chapter.number !== line.chapter || chapter.role !== line.role
      ? chapter
      : {
          ...chapter,
          segments: chapter.segments.map((segment, index) => {
            if (index < line.first || index >= line.first + line.segments.length) return segment;
            const { retake: _, ...rest } = segment;
            return {
              ...rest,
              ...(say !== undefined && { text: say, written: segment.written ?? segment.text }),
              ...(direction !== undefined && { direction }),
            };
          }),
        },
  );
  const varied = bookLines(draftRun({ book: { ...book, chapters }, account }), chapters);
  const found = varied.find(({ number, role }) => number === line.number && role === line.role);
  if (found === undefined) throw new Error('Internal error: a line is gone because it is spoken in another way.');
  return found;
}
