/** Editions in the store: what each book was at its last run. Only for saying why; a book without one is merely new. */
import type { LastRun } from '../plan/last-run.ts';
import type { Store } from './store.ts';

/** The last run of a key (src/plan/keys.ts), or undefined when there is none that this version can read. */
export async function findLastRun(store: Store, key: string): Promise<LastRun | undefined> {
  const record = await store.readRecord('last-run', key);
  return isLastRun(record) ? record : undefined;
}

/** Keeps a last run in the place of the one before; writes nothing when it is the same. */
export async function putLastRun(store: Store, key: string, lastRun: LastRun): Promise<void> {
  const known = await store.readRecord('last-run', key);
  if (JSON.stringify(known) === JSON.stringify(lastRun)) return;
  await store.writeRecord('last-run', key, lastRun);
}

/** The seal says that it is what we wrote; the version, that we know how to read it. */
function isLastRun(value: unknown): value is LastRun {
  if (typeof value !== 'object' || value === null) return false;
  const { version, voices, chapters } = value as Partial<Record<keyof LastRun, unknown>>;
  return version === 1 && Array.isArray(voices) && Array.isArray(chapters);
}
