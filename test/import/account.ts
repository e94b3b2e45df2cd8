/** Imports a manuscript as the command does, without writing it. */
import { type Account, accountFor } from '../../src/import/account.ts';
import type { ImportedBook, ImportProblem } from '../../src/import/imported.ts';
import { leftOutNotes } from '../../src/import/left-out.ts';
import { type ReadOptions, readManuscript } from '../../src/import/read.ts';
import { chapterFiles } from '../../src/import/write/chapter-files.ts';
import { sourceLetters } from '../../src/letters/source-letters.ts';

export interface Imported {
  book: ImportedBook;
  account: Account;
  /** Texts by title. */
  chapters: Record<string, string>;
  leftOut: string[];
}

/** The book and its account; throws with the message of a problem. */
export function imported(name: string, bytes: Uint8Array | string, options: ReadOptions = {}): Imported {
  const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  const reading = readManuscript({ name, bytes: data, ...options });
  if ('problem' in reading) throw new Error(`${reading.problem.code}: ${reading.problem.message}`);
  const { book } = reading;
  const account = accountOf(book, data, name);
  if ('problem' in account) throw new Error(account.problem.message);
  const { files } = chapterFiles(book, false);
  return {
    book,
    account,
    chapters: Object.fromEntries(files.map(({ title, text }) => [title, text])),
    leftOut: leftOutNotes(account.leftOut),
  };
}

/** The account of a book against the file that it is said to be from. */
export function accountOf(book: ImportedBook, source: Uint8Array, name = ''): Account | { problem: ImportProblem } {
  return accountFor({
    source: sourceLetters(source, name),
    chapters: book.chapters,
    texts: chapterFiles(book, false).files.map(({ text }) => text),
    omissions: book.omissions ?? [],
  });
}
