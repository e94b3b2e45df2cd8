/** Takes in the store: the accepted recording of one segment, and its measurements. */

import type { TakeDoubt } from '../events.ts';
import type { LoudnessCounts } from '../plan/levels.ts';
import type { Usage } from '../plan/price.ts';
import type { BlobRef, Store } from './store.ts';

/**
 * Everything we know of a take. It exists only after the service ended the response properly and the take had sound.
 */
export interface TakeRecord {
  key: string;
  /** s16le mono. */
  pcm: BlobRef;
  /** Loudness blocks and peaks (audio/meter), so that mastering need not read the audio to measure it. */
  measures: BlobRef;
  /** Its loudness, for the level of its character over the book; absent in records of the first versions. */
  loudness?: LoudnessCounts;
  sampleRateHz: number;
  durationSeconds: number;
  character: string;
  text: string;
  model: string;
  voiceId: string;
  sessionId: string;
  responseId: string;
  /** Of this take alone, by the service's own figure. */
  billedCharacters: number;
  /**
   * The usage that the service reported: billed characters or tokens. Absent when it reported none, and in old records.
   */
  usage?: Usage;
  /** The seed that made it; absent for models without seeds. The planned seed is in the key. */
  seed?: number;
  /** When each word is heard, as the service told (take-words.ts); absent when it did not. */
  words?: BlobRef;
  /** A simulator spoke it. */
  simulated: boolean;
  /** ISO 8601, UTC. */
  madeAt: string;
  /** Doubts of its checks, worst first; absent for a good take and for one that is older than the checks. */
  doubts?: TakeDoubt[];
  /**
   * How often the segment was spoken until this take was stored, and what all tries were billed together; absent for
   * one try.
   */
  tries?: number;
  triesBilledCharacters?: number;
  /** What was different from the try before it; absent for a first try. */
  changed?: TakeChange;
  /** What a recogniser made of its words; absent when none heard it. `text`: what it heard, where that is not the take's text. */
  hearing?: { model: string; verdict: 'ok' | 'drift' | 'inconclusive'; text?: string };
  /** Too little was known of its voice when it was judged; it is judged again before its chapter is first mastered (judge-late.ts). */
  voiceNew?: { languageType: string; book?: string; isDirected?: boolean };
  /** Digest of the author's own recording that this was made from; absent for speech of the service. */
  pickup?: string;
}

/** What a further try changes, so that it can be better: with the same request the service may make the same mistake. */
export type TakeChange = 'fresh session' | 'next seed' | 'split at a clause';

/**
 * The take of a key; undefined when there is none or its audio is not complete. The bytes themselves are verified when
 * they are read. Its measurements may be missing: they can be computed from the audio (jobs/chapter-takes.ts).
 */
export async function findTake(store: Store, key: string): Promise<TakeRecord | undefined> {
  const record = await store.readRecord('take', key);
  return isTakeRecord(record) && record.key === key && (await isComplete(store, record)) ? record : undefined;
}

/**
 * The takes among many keys that `findTake` would find, in batches, in no particular order; repeated keys are read
 * once.
 */
export async function* findTakes(store: Store, keys: Iterable<string>): AsyncGenerator<TakeRecord[]> {
  for await (const piece of store.readRecords('take', new Set(keys))) {
    const records = piece.flatMap(([key, record]) => (isTakeRecord(record) && record.key === key ? [record] : []));
    const sizes = await store.blobSizes(records.map(({ pcm }) => pcm.digest));
    const complete = records.filter(({ pcm }) => sizes.get(pcm.digest) === pcm.byteLength);
    if (complete.length > 0) yield complete;
  }
}

async function isComplete(store: Store, { pcm }: TakeRecord): Promise<boolean> {
  return (await store.blobSize(pcm.digest)) === pcm.byteLength;
}

/**
 * Stores a take and returns the valid one. Its blobs must be in the store already. Of two takes that were made for one
 * key at once, the first one is valid; one that is damaged or whose audio is missing is replaced.
 */
export async function putTake(store: Store, record: TakeRecord): Promise<TakeRecord> {
  if (await store.addRecord('take', record.key, record)) return record;
  const standing = await findTake(store, record.key);
  if (standing !== undefined) return standing;
  await store.writeRecord('take', record.key, record);
  return record;
}

/**
 * Rewrites a take's record: the same sound, with more or other figures that follow from it. Does nothing when another
 * take is valid by now.
 */
export async function amendTake(store: Store, record: TakeRecord): Promise<void> {
  const standing = await store.readRecord('take', record.key);
  if (!isTakeRecord(standing) || standing.pcm.digest !== record.pcm.digest) return;
  await store.writeRecord('take', record.key, record);
}

/**
 * Makes a take one that was spoken and not heard yet, so that it is judged, and perhaps spoken, again. Killed between the two
 * writes, the take stands as it was. Does nothing when another take is valid by now.
 */
export async function reopenTake(store: Store, record: TakeRecord): Promise<void> {
  const standing = await store.readRecord('take', record.key);
  if (!isTakeRecord(standing) || standing.pcm.digest !== record.pcm.digest) return;
  const { tries = 1, triesBilledCharacters, ...unheard } = record;
  const billedCharacters = triesBilledCharacters ?? record.billedCharacters;
  await putCandidate(store, { key: record.key, tries, billedCharacters, unheard });
  await store.deleteRecord('take', record.key);
}

/** The tries for a take that is not decided yet. Stored between tries, so that a crash does not pay for them again. */
export interface TakeCandidate {
  /** Take key. */
  key: string;
  /** How often the segment was spoken. */
  tries: number;
  /** What all tries were billed together. */
  billedCharacters: number;
  /** The least doubtful take so far; absent while none has sound. */
  best?: TakeRecord;
  /** A take that is stored and was not heard yet. It counts among the tries. */
  unheard?: TakeRecord;
}

/** The tries for a key, or undefined. The tries of a candidate whose sound is missing count, but it is not offered. */
export async function findCandidate(store: Store, key: string): Promise<TakeCandidate | undefined> {
  const record = await store.readRecord('take-candidate', key);
  if (typeof record !== 'object' || record === null) return undefined;
  const {
    key: itsKey,
    tries,
    billedCharacters,
    best,
    unheard,
  } = record as Partial<Record<keyof TakeCandidate, unknown>>;
  if (itsKey !== key || typeof tries !== 'number' || typeof billedCharacters !== 'number') return undefined;
  const hasSound = async (take: unknown): Promise<boolean> =>
    isTakeRecord(take) && take.key === key && (await isComplete(store, take));
  return {
    ...{ key, tries, billedCharacters },
    ...((await hasSound(best)) && { best: best as TakeRecord }),
    ...((await hasSound(unheard)) && { unheard: unheard as TakeRecord }),
  };
}

/** Stores the tries. The best take's blobs must be in the store already. */
export async function putCandidate(store: Store, candidate: TakeCandidate): Promise<void> {
  await store.writeRecord('take-candidate', candidate.key, candidate);
}

/** Deletes the tries: the take is decided. */
export async function dropCandidate(store: Store, key: string): Promise<void> {
  await store.deleteRecord('take-candidate', key);
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
