/** Forgets a book: its editions, its last runs, its submissions, and what only they need, takes too. */
import { namesOf, reachable } from './garbage.ts';
import type { RootRecord, Survey } from './survey.ts';

/** Records that belong to one book: those with its title, and those with the ID of one of its submissions. */
const BY_ID: ReadonlySet<string> = new Set(['book-state', 'hold', 'needs']);

/** What forgetting a book deletes. */
export interface BookRecords {
  /** Names of its own records, to delete at once. */
  records: string[];
  /** Names of all that it used and that may be needed by nothing afterwards. */
  unwanted: Set<string>;
  editions: number;
  /** Of takes that were paid for it and that no book's records name. */
  unnamedBytes: number;
}

/**
 * The records of a book, and what they reach. `paidKeys`: of the takes that were paid for it, because no edition names what
 * only `pipeline migrate` or a replaced take needed.
 */
export function recordsOfBook(
  survey: Survey,
  { title, author }: { title: string; author: string },
  paidKeys: Iterable<string> = [],
): BookRecords {
  const isOurs = (book: RootRecord['book']): boolean => book?.title === title && book.author === author;
  const ids = new Set(
    survey.roots.flatMap(({ kind, key, book }) => (kind === 'submission' && isOurs(book) ? [key] : [])),
  );
  const roots = survey.roots.filter(
    ({ kind, key, book }) =>
      ((kind === 'submission' || kind === 'last-run' || kind === 'book-model' || kind === 'needs') && isOurs(book)) ||
      (BY_ID.has(kind) && ids.has(key)),
  );
  const editions = survey.editions.filter(({ record }) => isOurs(record));
  const names = [
    ...roots.flatMap((root) => [...root.names]),
    ...editions.flatMap((edition) => [...namesOf(edition, true), edition.record.lock.digest]),
  ];
  return {
    records: [...roots.map(({ object }) => object.name), ...editions.map(({ object }) => object.name)],
    unwanted: reachable(survey, [...names, ...paidKeys]),
    unnamedBytes: bytesNamedByNone(survey, paidKeys),
    editions: editions.length,
  };
}

function bytesNamedByNone(survey: Survey, keys: Iterable<string>): number {
  const { roots, editions } = survey;
  const named = reachable(survey, [
    ...roots.flatMap(({ names }) => [...names]),
    ...editions.flatMap((edition) => [...namesOf(edition, true)]),
  ]);
  const paid = reachable(survey, keys);
  return survey.objects.reduce(
    (sum, { name, byteLength }) => (paid.has(name) && !named.has(name) ? sum + byteLength : sum),
    0,
  );
}
