/** Books in the store: the M4B of all chapters. */
import { isBlobComplete } from './masters.ts';
import type { BlobRef, Store } from './store.ts';
import { isBlobRef } from './takes.ts';

/** A bound book. */
export interface BookRecord {
  /** Book key. */
  key: string;
  /** Hash of the take digests of all chapters: a chapter that was mastered from other takes makes its book stale. */
  takesDigest: string;
  file: BlobRef;
  durationSeconds: number;
  /** The position of each chapter in the file. */
  chapters: { title: string; startSeconds: number; endSeconds: number }[];
  /** `fail` when one of its chapters fails its check. */
  verdict: 'pass' | 'fail' | 'none';
  simulated: boolean;
  /** Version of the binding that made it. Absent: the first. */
  binding?: number;
  /** ISO 8601, UTC. The delivered file carries it as its modification time. */
  madeAt: string;
}

/** The book of a key; undefined when there is none, or its file is missing or short. */
export async function findBook(store: Store, key: string): Promise<BookRecord | undefined> {
  const record = await store.readRecord('book', key);
  if (!isBookRecord(record) || record.key !== key) return undefined;
  return (await isBlobComplete(store, record.file)) ? record : undefined;
}

/** Stores a book's record. Its blob must be in the store already. */
export async function putBook(store: Store, record: BookRecord): Promise<void> {
  await store.writeRecord('book', record.key, record);
}

function isBookRecord(value: unknown): value is BookRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { key, takesDigest, file, madeAt } = value as Partial<Record<keyof BookRecord, unknown>>;
  return typeof key === 'string' && typeof takesDigest === 'string' && typeof madeAt === 'string' && isBlobRef(file);
}
