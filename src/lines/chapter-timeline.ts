/** A chapter as it sounds with the takes that the store has now, before it is mastered: where each take is, and how to hear it. */
import pLimit from 'p-limit';
import { type ChapterSound, type ChapterTake, chapterSound } from '../audio/mastering/chapter-sound.ts';
import { loudnessCounts } from '../audio/measure/loudness.ts';
import type { TakeMeasures } from '../audio/measure/measures.ts';
import { createMeter } from '../audio/measure/meter.ts';
import { storedMeasures } from '../audio/measure/stored-measures.ts';
import { samplesOf } from '../audio/pcm.ts';
import { bookLevels, type CharacterGains, characterGains, needsLevels } from '../plan/levels.ts';
import type { MasterStep } from '../plan/step.ts';
import { profileOf } from '../qc/profiles.ts';
import type { Store } from '../store/store.ts';
import { findTakes, type TakeRecord } from '../store/takes.ts';

/** Silence in place of a segment that the store has no take of, in seconds. */
export const MISSING_SECONDS = 0.5;

/** Small reads at once. */
const READS_AT_ONCE = 32;

/** A chapter that can be heard. */
export interface ChapterTimeline {
  sound: ChapterSound;
  sampleRateHz: number;
  /** For each take of the chapter's step; undefined where silence stands in for it. */
  takes: (TakeRecord | undefined)[];
  /** Of the takes, or of the silence in place of one. */
  measures: TakeMeasures[];
  /** Takes that are not in the store. */
  missing: number;
}

/** Reads the measures of a take. */
export type ReadMeasures = (take: TakeRecord, store: Store) => Promise<TakeMeasures>;

/**
 * Lays out the chapter with its gains and pauses. Reads records and measures, and no sound. `instead`: takes to hear in place
 * of the stored ones, by their index in the step.
 */
export async function chapterTimeline(of: {
  store: Store;
  step: MasterStep;
  instead?: ReadonlyMap<number, TakeRecord>;
  readMeasures?: ReadMeasures;
}): Promise<ChapterTimeline> {
  const { store, step, instead, readMeasures = measuresOf } = of;
  const { sampleRateHz } = step;
  const stored = await takesOf(step, store);
  const takes = step.takes.map(({ key }, index) => instead?.get(index) ?? stored.get(key));
  const silence = silentTake(sampleRateHz);
  const limit = pLimit(READS_AT_ONCE);
  const measures = await limit.map(takes, async (take) => (take ? await readMeasures(take, store) : silence.measures));
  const chapter = step.takes.map(({ character, pauseAfterMs }, index): ChapterTake => {
    const digest = takes[index]?.pcm.digest;
    const open = digest === undefined ? silence.open : () => store.openBlob(digest);
    return { measures: measures[index]!, character, pauseAfterMs, open };
  });
  const gains = gainsOf(step, chapter);
  const sound = chapterSound({
    takes: chapter,
    ...(gains && { characterGainsDb: gains }),
    sampleRateHz,
    profile: profileOf(step),
  });
  return { sound, sampleRateHz, takes, measures, missing: takes.filter((take) => take === undefined).length };
}

/** The takes of a step that the store has, by their keys. */
export async function takesOf(step: MasterStep, store: Store): Promise<Map<string, TakeRecord>> {
  const found = new Map<string, TakeRecord>();
  const keys = step.takes.map(({ key }) => key);
  for await (const piece of findTakes(store, keys)) for (const take of piece) found.set(take.key, take);
  return found;
}

/** The measures of a stored take; measured again when they are damaged. Fails with `store-damaged` when its sound is, too. */
export async function measuresOf(take: TakeRecord, store: Store): Promise<TakeMeasures> {
  const { measures } = await storedMeasures({
    sampleRateHz: take.sampleRateHz,
    readMeasures: () => store.readBlob(take.measures.digest),
    openSound: () => store.openBlob(take.pcm.digest),
  });
  return measures;
}

function silentTake(sampleRateHz: number): { measures: TakeMeasures; open(): AsyncIterable<Uint8Array> } {
  const samples = new Int16Array(samplesOf(MISSING_SECONDS, sampleRateHz));
  const meter = createMeter(sampleRateHz);
  meter.pushSamples(samples);
  return {
    measures: meter.finish(),
    open: async function* () {
      yield new Uint8Array(samples.buffer);
    },
  };
}

/** As mastering does: those of the book, or of this chapter's takes while the book lacks some. */
function gainsOf(step: MasterStep, takes: readonly ChapterTake[]): CharacterGains | undefined {
  if (step.characterGainsDb !== undefined || !needsLevels(step)) return step.characterGainsDb;
  const loudness = takes.map(({ character, measures }) => ({ character, counts: loudnessCounts(measures.loudness) }));
  return characterGains(step.takes, bookLevels(loudness));
}
