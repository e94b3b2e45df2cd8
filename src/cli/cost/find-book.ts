/** The book whose cost is asked for: by its manifest, or by its title. */
import { stat } from 'node:fs/promises';
import { titleOfManifest } from '../../composition/manifest-title.ts';
import { findLastRun } from '../../store/last-runs.ts';
import { readSpending, type Spending } from '../../store/spending/read-spending.ts';
import type { Store } from '../../store/store.ts';
import { foldTitle, unknownTitle } from '../command-line/book-title.ts';

/** What was paid for a book. */
export interface BookSpending extends Spending {
  title: string;
}

/** Reads the ledger of one book. Throws `ConfigError` for a manifest that cannot be read, and for an unknown title. */
export async function findBookSpending(store: Store, book: string): Promise<BookSpending> {
  const isFile = (await stat(book).catch(() => undefined))?.isFile() ?? false;
  if (isFile || /\.ya?ml$/i.test(book)) {
    const { title, author = '' } = await titleOfManifest(book);
    return { title, ...(await readSpending(store, { title, author })) };
  }
  return byTitle(store, book);
}

/** Titles that differ only in case or width are the same; so are books of several authors with one title. */
async function byTitle(store: Store, wanted: string): Promise<BookSpending> {
  const all = await readSpending(store);
  const calls = all.calls.filter(({ book }) => book !== null && foldTitle(book) === foldTitle(wanted));
  if (calls[0]?.book != null) return { ...all, title: calls[0].book, calls };
  const titles = new Set(all.calls.flatMap(({ book }) => (book === null ? [] : [book])));
  for (const key of await store.listRecords('last-run')) {
    const run = await findLastRun(store, key);
    if (run !== undefined && foldTitle(run.title) === foldTitle(wanted)) return { ...all, title: run.title, calls: [] };
    if (run !== undefined) titles.add(run.title);
  }
  throw unknownTitle({
    wanted,
    titles,
    what: 'book',
    store: `The store ${store.location}`,
    ifNone: 'No book was run with it yet.',
    listedBy: 'pipeline cost',
  });
}
