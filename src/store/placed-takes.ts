/** The takes of a master. */
import { takesDigest } from '../plan/keys.ts';
import type { MasterStep } from '../plan/step.ts';
import type { MasterRecord, PlacedTake } from './masters.ts';
import type { Store } from './store.ts';
import type { TakeWord } from './take-words.ts';
import { findTakes, type TakeRecord } from './takes.ts';

/** Bytes of one s16le mono sample. */
const SAMPLE_BYTES = 2;

/**
 * The takes of a master, in playing order, from its record. For a record of an earlier version, the store's current
 * takes; undefined when the master was made from others.
 */
export async function placedTakes(
  store: Store,
  step: Pick<MasterStep, 'takes'>,
  master: MasterRecord,
): Promise<PlacedTake[] | undefined> {
  const known = master.positions.flatMap(({ take }) => take ?? []);
  if (known.length === step.takes.length) return known;
  const keys = step.takes.map(({ key }) => key);
  const byKey = new Map<string, TakeRecord>();
  for await (const piece of findTakes(store, keys)) for (const take of piece) byKey.set(take.key, take);
  const takes = keys.flatMap((key) => byKey.get(key) ?? []);
  if (!master.takesDigest.startsWith(takesDigest(takes.map(({ pcm }) => pcm.digest)))) return undefined;
  return takes.map((take) => placedTake(take));
}

/** The fields of a take in a master's record. */
export function placedTake(take: TakeRecord, words?: TakeWord[]): PlacedTake {
  const { key, pcm, sessionId, responseId, billedCharacters, doubts, pickup } = take;
  return {
    key,
    digest: pcm.digest,
    samples: pcm.byteLength / SAMPLE_BYTES,
    sessionId,
    responseId,
    billedCharacters,
    triesBilledCharacters: take.triesBilledCharacters ?? billedCharacters,
    ...(doubts !== undefined && { doubts: doubts.map(({ check }) => check) }),
    ...(pickup !== undefined && { pickup }),
    ...(take.seed !== undefined && { seed: take.seed }),
    ...(words !== undefined && { words }),
  };
}
