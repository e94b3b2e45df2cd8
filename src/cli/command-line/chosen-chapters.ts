/** The chapters that `--chapter` names. */
import { Option } from 'commander';
import type { Book } from '../../book/load-book.ts';
import { ConfigError } from '../../config/values.ts';
import { chapterNumbers, rangesText } from '../../plan/only-chapters.ts';
import { chaptersArgument } from './line-argument.ts';

/** `--chapter 2-4,7`. */
export function chapterOption(what: string): Option {
  return new Option('--chapter <numbers>', what).argParser(chaptersArgument);
}

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
