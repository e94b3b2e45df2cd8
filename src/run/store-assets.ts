/** Puts samples, recordings and the cover into the store, so that workers on other machines can read them. */
import { missingSegments, type Plan } from '../plan/plan.ts';
import type { RunOptions } from './run-options.ts';
import { speakingVoices } from './speaking-voices.ts';

/** Stores every file that the plan's missing steps read; safe to repeat. */
export async function storeAssets({ book, store }: RunOptions, plan: Plan): Promise<void> {
  // Samples of existing voices are needed too: a voice that the service has lost is cloned again during the run.
  const speaking = new Set(plan.chapters.flatMap(speakingVoices));
  const needed = new Set(
    plan.voices.filter(({ step }) => speaking.has(step.key)).map(({ step }) => step.sample.digest),
  );
  const assets = [...book.samples.values()].filter(({ asset }) => needed.has(asset.digest));
  if (book.cover !== undefined) assets.push(book.cover);
  const recordings = new Set(plan.chapters.flatMap(missingSegments).map(({ pickup }) => pickup?.digest));
  assets.push(...[...book.pickups.values()].filter(({ asset }) => recordings.has(asset.digest)));
  for (const { read } of assets) {
    // Write it even when it is there: that repairs a damaged file, and it is small.
    await store.putBlob(await read());
  }
}
