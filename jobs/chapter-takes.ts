/** Takes from the store as mastering needs them: their measurements, and the gains of their characters. */

import type { ChapterTake } from '../src/audio/mastering/chapter-sound.ts';
import { loudnessCounts } from '../src/audio/measure/loudness.ts';
import { encodeMeasures, type TakeMeasures } from '../src/audio/measure/measures.ts';
import { storedMeasures } from '../src/audio/measure/stored-measures.ts';
import { PipelineError } from '../src/errors.ts';
import { bookLevels, type CharacterGains, characterGains, needsLevels } from '../src/plan/levels.ts';
import type { MasterStep } from '../src/plan/step.ts';
import type { Store } from '../src/store/store.ts';
import { amendTake, type TakeRecord } from '../src/store/takes.ts';

/** The step's takes in order, each with its measurements; the sound is opened on demand. */
export async function chapterTakes(
  step: MasterStep,
  { takes, store }: { takes: readonly TakeRecord[]; store: Store },
): Promise<ChapterTake[]> {
  const chapter: ChapterTake[] = [];
  for (const [index, take] of takes.entries()) {
    const place = step.takes[index];
    if (place === undefined) throw new Error('Internal error: more takes than places in the chapter.');
    chapter.push({
      measures: await measuresOf(take, store),
      character: place.character,
      open: (room) => readSound(take, store, room),
      pauseAfterMs: place.pauseAfterMs,
    });
  }
  return chapter;
}

/**
 * The character gains of a chapter: those of the book, when its step has them, otherwise those of the chapter's own
 * takes. The latter may change at the end of the run, when all takes of a character are available.
 */
export function gainsOf(step: MasterStep, takes: readonly ChapterTake[]): CharacterGains | undefined {
  if (step.characterGainsDb !== undefined || !needsLevels(step)) return step.characterGainsDb;
  const loudness = takes.map(({ character, measures }) => ({ character, counts: loudnessCounts(measures.loudness) }));
  return characterGains(step.takes, bookLevels(loudness));
}

/**
 * Reads all sound once after a take turned out to be damaged. The store quarantines every damaged blob that is read, so
 * all damaged takes are made again together and not one after the other.
 */
export async function quarantineDamaged(takes: readonly TakeRecord[], store: Store): Promise<void> {
  for (const digest of new Set(takes.map(({ pcm }) => pcm.digest))) {
    try {
      for await (const _ of store.openBlob(digest));
    } catch (error) {
      if (!(error instanceof PipelineError && error.code === 'store-damaged')) throw error;
    }
  }
}

/** Measures a take again, and stores the result, when the measurements are lost or from an earlier version. */
async function measuresOf(take: TakeRecord, store: Store): Promise<TakeMeasures> {
  const { measures, isNew } = await storedMeasures({
    sampleRateHz: take.sampleRateHz,
    readMeasures: () => store.readBlob(take.measures.digest),
    openSound: () => store.openBlob(take.pcm.digest),
  });
  if (isNew) {
    const kept = await store.putBlob(encodeMeasures(measures));
    await amendTake(store, { ...take, measures: kept, loudness: loudnessCounts(measures.loudness) });
  }
  return measures;
}

async function* readSound({ pcm }: TakeRecord, store: Store, room?: Uint8Array): AsyncIterable<Uint8Array> {
  // One read costs half as much as many small ones.
  if (room !== undefined && pcm.byteLength <= room.length) yield await store.readBlob(pcm.digest, room);
  else yield* store.openBlob(pcm.digest);
}
