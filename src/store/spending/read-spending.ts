/** Reads the ledger of spending, and folds what has grown. */
import { FOLDED, readLines, sealLine } from '../journals.ts';
import type { Store } from '../store.ts';
import { type CallRecord, mergeRecords, type PaidCall, paidCalls } from './paid-call.ts';
import { bookJournals, SPENDING } from './spending-ledger.ts';

/** What the ledger tells. */
export interface Spending {
  /** In the order of time. */
  calls: PaidCall[];
  /** Records that cannot be read. */
  damaged: number;
}

/** A book by its title and author. */
export interface BookName {
  title: string;
  author: string;
}

/** Everything that was paid for a book, by any run with this store; of all books when none is named. */
export async function readSpending(store: Pick<Store, 'journals'>, book?: BookName): Promise<Spending> {
  const { records, damaged } = await readCallRecords(store, book);
  return { calls: paidCalls(records), damaged };
}

/** The records of calls as they were written, one for each call, in the order of time, with how it ended. */
export async function readCallRecords(
  store: Pick<Store, 'journals'>,
  book?: BookName,
): Promise<{ records: CallRecord[]; damaged: number }> {
  const names = await store.journals.list(book === undefined ? SPENDING : prefixOf(book));
  const values: object[] = [];
  let damaged = 0;
  for (const name of names) {
    const read = readLines(await store.journals.read(name));
    for (const value of read.values) values.push(value);
    damaged += new Set(read.damaged).size;
  }
  const { records, unknown } = mergeRecords(values);
  return { records, damaged: damaged + unknown };
}

/** Whether anything is recorded for a book. */
export async function hasSpending(store: Pick<Store, 'journals'>, book: BookName): Promise<boolean> {
  return (await store.journals.list(prefixOf(book))).length > 0;
}

/** Files of a journal of this month that may stay before it is folded; S3 has one for each batch. */
const MOST_FILES = 40;

/**
 * Folds the journals of a book: those of earlier months into one file each, the newest when it has many. `month`
 * (`yyyy-mm`) is now. Loses nothing beside running workers, and when it is killed.
 */
export async function foldSpending(store: Pick<Store, 'journals'>, book: BookName, month: string): Promise<void> {
  for (const name of await store.journals.list(prefixOf(book))) {
    const files = await store.journals.files(name);
    const isOpen = name.slice(-month.length) >= month;
    const isFolded = files.length === 1 && files[0]?.startsWith(FOLDED);
    if (isOpen ? files.length > MOST_FILES : !isFolded) await store.journals.fold(name, foldedLines);
  }
}

/** One line for each call; damaged lines stay as they are, so that they are still told. */
function foldedLines(texts: readonly string[]): string[] {
  const { values, damaged } = readLines(texts);
  const { records } = mergeRecords(values);
  const known = new Set(records.map(({ id }) => id));
  const others = values.filter((value) => !known.has((value as Partial<CallRecord>).id ?? ''));
  return [...records, ...others].map(sealLine).concat([...new Set(damaged)]);
}

function prefixOf({ title, author }: BookName): string {
  return bookJournals({ book: title, author });
}
