/** Takes from the store as mastering wants them: what was measured on each, and the gains of their characters. */
import { Readable } from 'node:stream';
import { loudnessCounts } from '../src/audio/loudness.ts';
import type { ChapterTake } from '../src/audio/master.ts';
import { areCurrentMeasures, decodeMeasures, type TakeMeasures } from '../src/audio/measures.ts';
import { createMeter } from '../src/audio/meter.ts';
import { bookLevels, type CharacterGains, characterGains, needsLevels } from '../src/plan/levels.ts';
import type { MasterStep } from '../src/plan/step.ts';
import type { Store } from '../src/store/store.ts';
import type { TakeRecord } from '../src/store/takes.ts';

/** The step's takes in order, each with its measures; its sound is opened when its turn comes. */
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
      open: () => soundOf(take, store),
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
  const heard = takes.map(({ character, measures }) => ({ character, counts: loudnessCounts(measures.loudness) }));
  return characterGains(step.takes, bookLevels(heard));
}

/** Measured again where an earlier version measured less. */
async function measuresOf(take: TakeRecord, store: Store): Promise<TakeMeasures> {
  const bytes = await store.readBlob(take.measures.digest);
  if (areCurrentMeasures(bytes)) return decodeMeasures(bytes);
  const meter = createMeter(take.sampleRateHz);
  for await (const chunk of store.openBlob(take.pcm.digest)) meter.push(chunk);
  return meter.finish();
}

function soundOf(take: TakeRecord, store: Store): Readable {
  return Readable.from(store.openBlob(take.pcm.digest), { objectMode: false });
}
