/** Takes from the store as mastering wants them: what was measured on each, and the gains of their characters. */
import { loudnessCounts } from '../src/audio/loudness.ts';
import type { ChapterTake } from '../src/audio/master.ts';
import { encodeMeasures, type TakeMeasures } from '../src/audio/measures.ts';
import { storedMeasures } from '../src/audio/stored-measures.ts';
import { PipelineError } from '../src/errors.ts';
import { bookLevels, type CharacterGains, characterGains, needsLevels } from '../src/plan/levels.ts';
import type { MasterStep } from '../src/plan/step.ts';
import type { Store } from '../src/store/store.ts';
import { amendTake, type TakeRecord } from '../src/store/takes.ts';

/** The step's takes in order, each with its measures; its sound is opened when its turn comes. */
export async function chapterTakes(
  step: MasterStep,
  { takes, store }: { takes: readonly TakeRecord[]; store: Store },
): Promise<ChapterTake[]> {
  const chapter: ChapterTake[] = [];
  // Mastering opens one at a time, and has copied what it needs of it before the next.
  const longest = takes.reduce((most, { pcm }) => Math.max(most, pcm.byteLength), 0);
  const buffer = new Uint8Array(Math.min(longest, MAX_BUFFER_BYTES));
  for (const [index, take] of takes.entries()) {
    const place = step.takes[index];
    if (place === undefined) throw new Error('Internal error: more takes than places in the chapter.');
    chapter.push({
      measures: await measuresOf(take, store),
      character: place.character,
      open: () => readSound(take, store, buffer),
      pauseAfterMs: place.pauseAfterMs,
    });
  }
  return chapter;
}

/**
 * The gains that a chapter is made with: those of the book, as its step has them, or else those of its own takes. The
 * latter may be moved at the end of the run, when all that a character says is there.
 */
export function gainsOf(step: MasterStep, takes: readonly ChapterTake[]): CharacterGains | undefined {
  if (step.characterGainsDb !== undefined || !needsLevels(step)) return step.characterGainsDb;
  const loudness = takes.map(({ character, measures }) => ({ character, counts: loudnessCounts(measures.loudness) }));
  return characterGains(step.takes, bookLevels(loudness));
}

/**
 * Reads all sound once, after some of it turned out to be damaged: each take that is damaged is set aside by that, so that
 * all of them are made again together and not one after the other.
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

/** Measured again, and kept, where they are lost or an earlier version measured less. */
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

/** Three minutes of speech at 24 kHz; longer ones are the author's own recordings. */
const MAX_BUFFER_BYTES = 1 << 23;

async function* readSound({ pcm }: TakeRecord, store: Store, buffer: Uint8Array): AsyncIterable<Uint8Array> {
  // Reading in one go costs half as much as in pieces.
  if (pcm.byteLength <= buffer.length) yield await store.readBlob(pcm.digest, buffer);
  else yield* store.openBlob(pcm.digest);
}
