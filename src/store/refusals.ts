/** Texts that the service refused, so that no run sends them again. */
import type { Store } from './store.ts';

/** A segment that the service's content filter refused. */
export interface RefusalRecord {
  /** Take key: another text, voice or model has another key, and is sent. */
  key: string;
  text: string;
  /** The message of the failure, which quotes the service. */
  reason: string;
  /** ISO 8601, UTC. */
  refusedAt: string;
}

/** The refusal of a key, or undefined. */
export async function findRefusal(store: Store, key: string): Promise<RefusalRecord | undefined> {
  const record = await store.readRecord('refusal', key);
  if (typeof record !== 'object' || record === null) return undefined;
  const { key: itsKey, text, reason, refusedAt } = record as Partial<Record<keyof RefusalRecord, unknown>>;
  if (itsKey !== key || typeof reason !== 'string' || typeof refusedAt !== 'string') return undefined;
  return { key, text: typeof text === 'string' ? text : '', reason, refusedAt };
}

/** Stores a refusal. */
export async function putRefusal(store: Store, record: RefusalRecord): Promise<void> {
  await store.writeRecord('refusal', record.key, record);
}

/** Deletes a refusal: the text may be sent again. Does nothing when there is none. */
export async function dropRefusal(store: Store, key: string): Promise<void> {
  await store.deleteRecord('refusal', key);
}
