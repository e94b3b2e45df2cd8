/** What the studio is given by the command that opens it: it reads the book and the store itself, but it neither speaks nor masters. */
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import type { BookLine } from '../plan/book-lines.ts';
import type { Draft } from '../plan/draft.ts';
import type { Store } from '../store/store.ts';
import type { Book as ShownBook } from './shapes.ts';

/** A book as it is written now, and its store. */
export interface StudioBook {
  /** As the user gave it. */
  manifest: string;
  book: Book;
  account: Account;
  store: Store;
  draft: Draft;
  lines: BookLine[];
  simulated: boolean;
}

/** What the command does for the studio. */
export interface Given {
  /** Reads the book. Its errors, in words, when it has any. */
  open(): Promise<StudioBook | { errors: string }>;
  /** What was spent on the book, and what it may cost. */
  money(book: StudioBook): Promise<ShownBook['money']>;
}
