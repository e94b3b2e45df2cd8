/** The state of each book at its last run. Only used to explain changes; a book without one is simply new. */
import type { LastRun } from '../plan/last-run.ts';
import type { Store } from './store.ts';

/** The last run of a key (src/plan/keys.ts); undefined when there is none that this version can read. */
export async function findLastRun(store: Store, key: string): Promise<LastRun | undefined> {
  const record = await store.readRecord('last-run', key);
  return isLastRun(record) ? record : undefined;
}

/** Stores a last run in place of the one before; writes nothing when it is the same. */
export async function putLastRun(store: Store, key: string, lastRun: LastRun): Promise<void> {
  const known = await store.readRecord('last-run', key);
  if (JSON.stringify(known) === JSON.stringify(lastRun)) return;
  await store.writeRecord('last-run', key, lastRun);
}

/** The seal proves that we wrote it; the version, that we can read it. */
function isLastRun(value: unknown): value is LastRun {
  if (typeof value !== 'object' || value === null) return false;
  const { version, voices, chapters } = value as Partial<Record<keyof LastRun, unknown>>;
  return version === 1 && Array.isArray(voices) && Array.isArray(chapters);
}
