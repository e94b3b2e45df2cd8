/** Puts samples, recordings and the cover into the store, where a worker on another machine finds them. */
import { missingSegments, type Plan } from '../plan/plan.ts';
import type { RunOptions } from './run-options.ts';
import { speakingVoices } from './speaking-voices.ts';

/** Puts whatever the plan's missing steps read into the store; safe to repeat. */
export async function storeAssets({ book, store }: RunOptions, plan: Plan): Promise<void> {
  // Samples of voices that exist are kept too: a voice that the service has lost is cloned again while speaking.
  const speaking = new Set(plan.chapters.flatMap(speakingVoices));
  const needed = new Set(
    plan.voices.filter(({ step }) => speaking.has(step.key)).map(({ step }) => step.sample.digest),
  );
  const assets = [...book.samples.values()].filter(({ asset }) => needed.has(asset.digest));
  if (book.cover !== undefined) assets.push(book.cover);
  const recordings = new Set(plan.chapters.flatMap(missingSegments).map(({ pickup }) => pickup?.digest));
  assets.push(...[...book.pickups.values()].filter(({ asset }) => recordings.has(asset.digest)));
  for (const { read } of assets) {
    // Even when it is there: writing it again repairs a damaged one, and it is small.
    await store.putBlob(await read());
  }
}
