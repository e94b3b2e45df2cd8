/** Chapters that a person or a program names. */
import type { Book } from '../book/load-book.ts';
import { ConfigError } from '../config/values.ts';
import { chapterNumbers, rangesText } from '../plan/only-chapters.ts';

/** Throws `ConfigError` when the book lacks one of the chapters. */
export function requireChapters({ chapters }: Pick<Book, 'chapters'>, wanted: readonly number[] | undefined): void {
  const known = chapterNumbers({ chapters });
  const missing = (wanted ?? []).filter((number) => !known.includes(number));
  if (missing.length === 0) return;
  const named = rangesText(missing.slice(0, 1000));
  throw new ConfigError(
    `There is no chapter ${named}. The book has ${known.length === 1 ? 'chapter' : 'chapters'} ${rangesText(known)}. Nothing was done.`,
  );
}
