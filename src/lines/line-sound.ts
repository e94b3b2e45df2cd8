/** A line as it sounds in its chapter, from the store: with the plan's gains, pauses and fades, and a little of what is around it. */
import { type Excerpt, excerptOf } from '../audio/samples/excerpt.ts';
import { PipelineError } from '../errors.ts';
import type { BookLine } from '../plan/book-lines.ts';
import type { Plan } from '../plan/plan.ts';
import type { MasterStep } from '../plan/step.ts';
import type { Store } from '../store/store.ts';
import type { TakeRecord } from '../store/takes.ts';
import { chapterTimeline, type ReadMeasures } from './chapter-timeline.ts';

/** How much of what is around a line is heard, in seconds. */
export const AROUND_SECONDS = 2;

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
  /** How much of what is around it. Default: `AROUND_SECONDS`. */
  aroundSeconds?: number;
  readMeasures?: ReadMeasures;
  signal?: AbortSignal;
}

/** The sound of a line. */
export interface LineSound extends Excerpt {
  sampleRateHz: number;
  /** Takes of the chapter that are not in the store; a short silence stands in for each. */
  missing: number;
}

/** Reads the takes that are heard, and measures of the others. Fails with `store-damaged` when a take is damaged. */
export async function lineSound(of: LineToHear): Promise<LineSound> {
  const { store, plan, line, records, segment, aroundSeconds = AROUND_SECONDS, readMeasures, signal } = of;
  const { step } = chapterOf(plan, line);
  const instead = new Map(records.map((record, own) => [line.first + own, record]));
  const timeline = await chapterTimeline({ store, step, instead, ...(readMeasures && { readMeasures }) });
  const { sound, sampleRateHz, missing } = timeline;
  const [from, to] = segment === undefined ? [0, records.length - 1] : [segment, segment];
  const heard = { first: line.first + from, last: line.first + to, aroundSeconds, ...(signal && { signal }) };
  return { ...(await excerptOf(sound, heard)), sampleRateHz, missing };
}

function chapterOf(plan: Plan, line: BookLine): { step: MasterStep } {
  const chapter = plan.chapters.find(({ number, role }) => number === line.chapter && role !== 'retail-sample');
  if (chapter === undefined) throw new Error('Internal error: a line of a chapter that is not in the plan.');
  return chapter.master;
}

/** The failure of a line that has no such take. */
export function noSuchTake(message: string): PipelineError {
  return new PipelineError({ code: 'take-missing', message, retry: 'never' });
}
