/**
 * What a recogniser heard in a sound, written as soon as it has answered: whoever is killed before it is judged, and whoever
 * asks later for the same sound, pays for no second call. Stays as long as the sound.
 */

import type { Store } from './store.ts';
import { parseWords, type StoredWord, storedWords, type TakeWord } from './take-words.ts';

/** What was heard, and by what. */
export interface StoredHearing {
  model: string;
  /** ISO code that the recogniser was told; absent: none. */
  language?: string | undefined;
  text: string;
  words?: TakeWord[];
  /** The answer was a bare text. */
  isBare?: true;
}

/** What this model heard in the sound with this digest; undefined when it has not been asked. */
export async function findHearing(
  store: Store,
  digest: string,
  { model, language }: Pick<StoredHearing, 'model' | 'language'>,
): Promise<StoredHearing | undefined> {
  const record = (await store.readRecord('hearing', digest)) as
    | Partial<Record<keyof StoredHearing, unknown>>
    | undefined;
  if (typeof record?.text !== 'string' || record.model !== model || record.language !== language) return undefined;
  const words = parseWords(record.words);
  return {
    ...{ model, language, text: record.text },
    ...(words !== undefined && { words }),
    ...(record.isBare === true && { isBare: true }),
  };
}

/** Keeps what was heard; of two recognisers, the last one's. */
export async function putHearing(store: Store, digest: string, { words, ...heard }: StoredHearing): Promise<void> {
  const record: Omit<StoredHearing, 'words'> & { words?: StoredWord[] } = heard;
  if (words !== undefined) record.words = storedWords(words);
  await store.writeRecord('hearing', digest, record);
}
