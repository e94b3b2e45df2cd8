/** Keeps the small blobs of a mastered chapter together, for the pages that show it: see src/store/chapter-blobs.ts. */
import { hash } from 'node:crypto';
import pLimit from 'p-limit';
import type { ChapterTake } from '../src/audio/mastering/chapter-sound.ts';
import { encodeMeasures } from '../src/audio/measure/measures.ts';
import { LEAST_KEPT_BLOBS, putChapterBlobs } from '../src/store/chapter-blobs.ts';
import type { Store } from '../src/store/store.ts';
import type { TakeRecord } from '../src/store/takes.ts';

/** Small reads at once. */
const READS_AT_ONCE = 32;

/** Never fails: without it, a page reads them one by one. `takes` and `chapter` are in the same order. */
export async function keepChapterBlobs(
  store: Store,
  of: { masterKey: string; takes: readonly TakeRecord[]; chapter: readonly ChapterTake[] },
): Promise<void> {
  const { masterKey, takes, chapter } = of;
  if (!store.isFar || 2 * takes.length < LEAST_KEPT_BLOBS) return;
  const blobs = new Map<string, Uint8Array>();
  for (const { measures } of chapter) {
    const bytes = encodeMeasures(measures);
    blobs.set(hash('sha256', bytes, 'hex'), bytes);
  }
  const words = new Set(takes.flatMap(({ words }) => words?.digest ?? []));
  const read = async (digest: string): Promise<unknown> => blobs.set(digest, await store.readBlob(digest));
  try {
    await pLimit(READS_AT_ONCE).map(words, read);
    await putChapterBlobs(store, masterKey, blobs);
  } catch {
    // A blob that is gone, or a store that is not there now; what needs it will say so.
  }
}
