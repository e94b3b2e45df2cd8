/** When each word of a take is heard, as the service told it: a small blob beside the take's sound. */
import { PipelineError } from '../errors.ts';
import type { BlobRef, Store } from './store.ts';
import type { TakeRecord } from './takes.ts';

/** One word; seconds from the start of the take. */
export interface TakeWord {
  text: string;
  startSeconds: number;
  endSeconds: number;
}

/** How it is stored: the word, then its start and end in whole milliseconds. */
export type StoredWord = [text: string, startMs: number, endMs: number];

/** Stores the words of a take. */
export function putTakeWords(store: Store, words: readonly TakeWord[]): Promise<BlobRef> {
  return store.putBlob(Buffer.from(JSON.stringify(storedWords(words))));
}

/** Words as they are stored. */
export function storedWords(words: readonly TakeWord[]): StoredWord[] {
  return words.map(({ text, startSeconds, endSeconds }) => [text, ms(startSeconds), ms(endSeconds)]);
}

/**
 * The words of a take; undefined when the service told none, or when their blob is missing or damaged: times are then
 * estimated, and the take stays as it is.
 */
export async function readTakeWords(
  store: Store,
  { words }: Pick<TakeRecord, 'words'>,
): Promise<TakeWord[] | undefined> {
  if (words === undefined) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = await store.readBlob(words.digest);
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'store-damaged') return undefined;
    throw error;
  }
  return parseWords(JSON.parse(Buffer.from(bytes).toString()));
}

/** Stored words as they were told; undefined when they are none. */
export function parseWords(stored: unknown): TakeWord[] | undefined {
  if (!Array.isArray(stored) || !stored.every(isStoredWord)) return undefined;
  return stored.map(([text, startMs, endMs]) => ({ text, startSeconds: startMs / 1_000, endSeconds: endMs / 1_000 }));
}

function isStoredWord(value: unknown): value is StoredWord {
  return (
    Array.isArray(value) && typeof value[0] === 'string' && value.slice(1).every(Number.isFinite) && value.length === 3
  );
}

function ms(seconds: number): number {
  return Math.round(seconds * 1_000);
}
