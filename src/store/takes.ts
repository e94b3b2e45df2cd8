/** Takes in the store: the accepted recording of one segment, and what was measured while it arrived. */
import type { LoudnessCounts } from '../plan/levels.ts';
import type { BlobRef, Store } from './store.ts';

/** Everything we know of a take. It exists only after the service ended the response properly and the take had sound. */
export interface TakeRecord {
  key: string;
  /** s16le mono. */
  pcm: BlobRef;
  /** Loudness blocks and peaks (audio/meter), so that mastering need not read the audio to measure it. */
  measures: BlobRef;
  /** How loud it is, for the level of its character over the book; not in records of the first versions. */
  loudness?: LoudnessCounts;
  sampleRateHz: number;
  durationSeconds: number;
  character: string;
  text: string;
  model: string;
  voiceId: string;
  sessionId: string;
  responseId: string;
  billedCharacters: number;
  /** It was spoken by a simulator. */
  simulated: boolean;
  /** ISO 8601, UTC. */
  madeAt: string;
}

/**
 * The take of a key, or undefined when there is none or its audio is not there in full length. Asking costs three small
 * disk operations; the bytes themselves are proven when they are read.
 */
export async function findTake(store: Store, key: string): Promise<TakeRecord | undefined> {
  const record = await store.readRecord('take', key);
  if (!isTakeRecord(record) || record.key !== key) return undefined;
  const [pcm, measures] = await Promise.all([
    store.blobSize(record.pcm.digest),
    store.blobSize(record.measures.digest),
  ]);
  return pcm === record.pcm.byteLength && measures === record.measures.byteLength ? record : undefined;
}

/** Makes a take known. Its blobs must be in the store already. */
export async function putTake(store: Store, record: TakeRecord): Promise<void> {
  await store.writeRecord('take', record.key, record);
}

function isTakeRecord(value: unknown): value is TakeRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { key, pcm, measures, sampleRateHz, durationSeconds } = value as Partial<Record<keyof TakeRecord, unknown>>;
  return (
    typeof key === 'string' &&
    isBlobRef(pcm) &&
    isBlobRef(measures) &&
    typeof sampleRateHz === 'number' &&
    typeof durationSeconds === 'number'
  );
}

/** Whether a value read from disk names a blob. */
export function isBlobRef(value: unknown): value is BlobRef {
  if (typeof value !== 'object' || value === null) return false;
  const { digest, byteLength } = value as Partial<Record<keyof BlobRef, unknown>>;
  return typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest) && typeof byteLength === 'number';
}
