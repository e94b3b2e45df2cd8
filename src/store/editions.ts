/**
 * The editions of each book: a record for each delivered state, numbered from 1. Its blob is the text of the lock, so that
 * an edition can be compared, and what it needs can be found, without the file beside the manifest.
 */
import type { Realm } from '../account.ts';
import type { Money } from '../events/plan-report.ts';
import { textDigest } from '../plan/edition.ts';
import { lastRunKey } from '../plan/keys.ts';
import type { BlobRef, Store } from './store.ts';
import { isBlobRef } from './takes.ts';

/** The identity of a book in the store. */
export interface BookName {
  title: string;
  author: string;
  realm: Realm;
}

/** One delivered edition. Fields are added and never renamed. */
export interface EditionRecord extends BookName {
  /** 1-based, in the order of delivery. */
  number: number;
  model: string;
  simulated: boolean;
  /** ISO 8601, UTC. */
  madeAt: string;
  /** The text of its lock (src/plan/lock.ts). */
  lock: BlobRef;
  chapters: number;
  segments: number;
  durationSeconds: number;
  /** What the run that finished it spent; null when that is unknown. */
  cost: Money | null;
  billedCharacters: number;
  /** A file beside a manifest describes it. Ends when the lock of a later edition is written. */
  hasLock?: boolean;
  /** A person wants it to be kept. */
  pinned?: boolean;
  /** Its finished files were deleted from the store (`pipeline store prune`). */
  isFreed?: boolean;
}

/** An edition before it has a number. */
export type NewEdition = Omit<EditionRecord, 'number' | 'hasLock' | 'pinned' | 'isFreed'>;

/** Machines that deliver one book at once try the next number this often. */
const NUMBERS_TO_TRY = 20;

/** All editions of one book, the oldest first. */
export async function listEditions(store: Store, book: BookName): Promise<EditionRecord[]> {
  const prefix = `${lastRunKey(book, book.realm)}.`;
  return readEditions(
    store,
    (await store.listRecords('edition')).filter((key) => key.startsWith(prefix)),
  );
}

/** All editions of all books, those of one book from the oldest on. */
export async function listAllEditions(store: Store): Promise<EditionRecord[]> {
  return readEditions(store, await store.listRecords('edition'));
}

/**
 * Stores an edition with the text of its lock, unless it equals the last one of its book. With `hasLock` the file beside the manifest describes it, and
 * no longer an earlier one. A book that an earlier version of the program delivered gets its first edition when something of
 * it is made (`isNew`): a run that has nothing to do changes nothing in the store.
 */
export async function putEdition(
  store: Store,
  { lock: text, ...edition }: Omit<NewEdition, 'lock'> & { lock: string },
  { hasLock, isNew }: { hasLock: boolean; isNew: boolean },
): Promise<void> {
  const known = await listEditions(store, edition);
  const last = known.at(-1);
  if (last === undefined && !isNew) return;
  if (last?.lock.digest === textDigest(text)) {
    // The lock of an earlier run may still describe it.
    const marks = { hasLock: hasLock || last.hasLock === true, isFreed: false };
    if (marks.hasLock !== (last.hasLock === true) || last.isFreed) await amendEdition(store, last, marks);
    return;
  }
  const lock = await store.putBlob(Buffer.from(text));
  await addEdition(store, { ...edition, lock }, { after: last?.number ?? 0, hasLock });
  if (!hasLock) return;
  for (const earlier of known) if (earlier.hasLock) await amendEdition(store, earlier, { hasLock: false });
}

async function addEdition(store: Store, edition: NewEdition, of: { after: number; hasLock: boolean }): Promise<void> {
  for (let number = of.after + 1; number <= of.after + NUMBERS_TO_TRY; number++) {
    const record = withMarks({ ...edition, number }, { hasLock: of.hasLock });
    if (await store.addRecord('edition', editionKey(record), record)) return;
  }
}

/** Changes the marks of an edition. */
export async function amendEdition(
  store: Store,
  edition: EditionRecord,
  marks: Partial<Pick<EditionRecord, 'hasLock' | 'pinned' | 'isFreed'>>,
): Promise<void> {
  await store.writeRecord('edition', editionKey(edition), withMarks(edition, marks));
}

/** Deletes the record of an edition. */
export async function deleteEdition(store: Store, edition: EditionRecord): Promise<void> {
  await store.deleteRecord('edition', editionKey(edition));
}

/** Key of the record of an edition. */
export function editionKey(edition: BookName & { number: number }): string {
  return `${lastRunKey(edition, edition.realm)}.${edition.number}`;
}

/** Marks that are not set are left out. */
function withMarks(
  { hasLock, pinned, isFreed, ...edition }: EditionRecord,
  marks: Partial<Pick<EditionRecord, 'hasLock' | 'pinned' | 'isFreed'>>,
): EditionRecord {
  const set = { hasLock, pinned, isFreed, ...marks };
  return {
    ...edition,
    ...(set.hasLock && { hasLock: true }),
    ...(set.pinned && { pinned: true }),
    ...(set.isFreed && { isFreed: true }),
  };
}

async function readEditions(store: Store, keys: Iterable<string>): Promise<EditionRecord[]> {
  const found: EditionRecord[] = [];
  for await (const piece of store.readRecords('edition', keys))
    for (const [, record] of piece) if (isEdition(record)) found.push(record);
  return found.sort(
    (a, b) =>
      compare(a.title, b.title) || compare(a.author, b.author) || compare(a.realm, b.realm) || a.number - b.number,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isEdition(value: unknown): value is EditionRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { title, author, realm, number, lock, madeAt } = value as Partial<Record<keyof EditionRecord, unknown>>;
  const texts = [title, author, realm, madeAt];
  return texts.every((text) => typeof text === 'string') && typeof number === 'number' && isBlobRef(lock);
}
