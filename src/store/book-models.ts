/**
 * The model that a book without `model:` was begun with. Written before its first paid call, so that a run that is killed,
 * and a single line that is spoken before the first run, keep the book's voices: they belong to one model.
 */
import type { Store } from './store.ts';

/** The choice that stands for a book from its first paid call on. */
export interface BookModel {
  title: string;
  author: string;
  model: string;
  /** `store`: the store was made by the first versions, and its books keep their model. */
  from: string;
}

const VERSION = 1;

/** The model of a book by the key of its last run (src/plan/keys.ts); undefined when none was chosen. */
export async function findBookModel(store: Store, key: string): Promise<BookModel | undefined> {
  const record = await store.readRecord('book-model', key);
  return isBookModel(record) ? record : undefined;
}

/** Stores the choice. */
export async function putBookModel(store: Store, key: string, chosen: BookModel): Promise<void> {
  await store.writeRecord('book-model', key, { version: VERSION, ...chosen });
}

/** All choices of a store. */
export async function listBookModels(store: Store): Promise<BookModel[]> {
  const keys = await store.listRecords('book-model');
  return (await Promise.all(keys.map((key) => findBookModel(store, key)))).filter((found) => found !== undefined);
}

function isBookModel(value: unknown): value is BookModel {
  if (typeof value !== 'object' || value === null) return false;
  const { version, model, from } = value as Partial<Record<keyof BookModel | 'version', unknown>>;
  return version === VERSION && typeof model === 'string' && typeof from === 'string';
}
