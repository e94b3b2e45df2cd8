/** A line as it sounds in its chapter, from the store: with the plan's gains, pauses and fades, and a little of what is around it. */
import pLimit from 'p-limit';
import { type ChapterTake, chapterSound, type Excerpt, excerptOf } from '../audio/chapter-sound.ts';
import { loudnessCounts } from '../audio/loudness.ts';
import { storedMeasures } from '../audio/stored-measures.ts';
import { PipelineError } from '../errors.ts';
import type { BookLine } from '../plan/book-lines.ts';
import { bookLevels, type CharacterGains, characterGains, needsLevels } from '../plan/levels.ts';
import type { Plan } from '../plan/plan.ts';
import type { MasterStep } from '../plan/step.ts';
import { profileOf } from '../qc/profiles.ts';
import type { Store } from '../store/store.ts';
import { findTakes, type TakeRecord } from '../store/takes.ts';

/** How much of what is around a line is heard, in seconds. */
export const AROUND_SECONDS = 2;

/** Small reads at once. */
const READS_AT_ONCE = 16;

/** A line to hear. */
export interface LineToHear {
  store: Store;
  /** For the gains of the characters over the whole book. */
  plan: Plan;
  line: BookLine;
  /** The take to hear instead of what the book uses: one record for each segment of the line. */
  records: readonly TakeRecord[];
  /** 0-based index of the only segment to hear. Default: the complete line. */
  segment?: number | undefined;
  signal?: AbortSignal;
}

/** The sound of a line. */
export interface LineSound extends Excerpt {
  sampleRateHz: number;
  /** Takes of the chapter that are not in the store, so that what is around the line may be missing. */
  missing: number;
}

/** Reads the takes that are heard, and measures of the others. Fails with `store-damaged` when a take is damaged. */
export async function lineSound(of: LineToHear): Promise<LineSound> {
  const { store, plan, line, records, segment, signal } = of;
  const chapter = plan.chapters.find(({ number, role }) => number === line.chapter && role !== 'retail-sample');
  if (chapter === undefined) throw new Error('Internal error: a line of a chapter that is not in the plan.');
  const { step } = chapter.master;
  const stored = await takesOf(step, store);
  const heard = step.takes.flatMap((place, index) => {
    const own = index - line.first;
    const take = own >= 0 && own < records.length ? records[own] : stored.get(place.key);
    return take === undefined ? [] : [{ place, take, own }];
  });
  const limit = pLimit(READS_AT_ONCE);
  const takes = await limit.map(heard, ({ place, take }) => chapterTake(take, place, store));
  const gains = gainsOf(step, takes);
  const { sampleRateHz } = step;
  const sound = chapterSound({
    takes,
    ...(gains && { characterGainsDb: gains }),
    sampleRateHz,
    profile: profileOf(step),
  });
  const at = (own: number): number => heard.findIndex((one) => one.own === own);
  const [first, last] = segment === undefined ? [at(0), at(records.length - 1)] : [at(segment), at(segment)];
  const excerpt = await excerptOf(sound, { first, last, aroundSeconds: AROUND_SECONDS, ...(signal && { signal }) });
  return { ...excerpt, sampleRateHz, missing: step.takes.length - heard.length };
}

async function takesOf(step: MasterStep, store: Store): Promise<Map<string, TakeRecord>> {
  const found = new Map<string, TakeRecord>();
  const keys = step.takes.map(({ key }) => key);
  for await (const piece of findTakes(store, keys)) for (const take of piece) found.set(take.key, take);
  return found;
}

async function chapterTake(
  take: TakeRecord,
  { character, pauseAfterMs }: MasterStep['takes'][number],
  store: Store,
): Promise<ChapterTake> {
  const { measures } = await storedMeasures({
    sampleRateHz: take.sampleRateHz,
    readMeasures: () => store.readBlob(take.measures.digest),
    openSound: () => store.openBlob(take.pcm.digest),
  });
  return { measures, character, pauseAfterMs, open: () => store.openBlob(take.pcm.digest) };
}

/** As mastering does: those of the book, or of this chapter's takes while the book lacks some. */
function gainsOf(step: MasterStep, takes: readonly ChapterTake[]): CharacterGains | undefined {
  if (step.characterGainsDb !== undefined || !needsLevels(step)) return step.characterGainsDb;
  const loudness = takes.map(({ character, measures }) => ({ character, counts: loudnessCounts(measures.loudness) }));
  return characterGains(step.takes, bookLevels(loudness));
}

/** The failure of a line that has no such take. */
export function noSuchTake(message: string): PipelineError {
  return new PipelineError({ code: 'take-missing', message, retry: 'never' });
}
