/** Editions in the store: what each book was at its last run. Only for saying why; a book without one is merely new. */
import type { Edition } from '../plan/edition.ts';
import type { Store } from './store.ts';

/** The edition of a key (src/plan/keys.ts), or undefined when there is none that this version can read. */
export async function findEdition(store: Store, key: string): Promise<Edition | undefined> {
  const record = await store.readRecord('edition', key);
  return isEdition(record) ? record : undefined;
}

/** Keeps an edition in the place of the one before; writes nothing when it is the same. */
export async function putEdition(store: Store, key: string, edition: Edition): Promise<void> {
  const known = await store.readRecord('edition', key);
  if (JSON.stringify(known) === JSON.stringify(edition)) return;
  await store.writeRecord('edition', key, edition);
}

/** The seal says that it is what we wrote; the version, that we know how to read it. */
function isEdition(value: unknown): value is Edition {
  if (typeof value !== 'object' || value === null) return false;
  const { version, voices, chapters } = value as Partial<Record<keyof Edition, unknown>>;
  return version === 1 && Array.isArray(voices) && Array.isArray(chapters);
}
