/**
 * Judges takes again whose voice was new when they were made: before their chapter is first mastered, more of it is known. A
 * take that is doubted now is made open again, and the run has it spoken again by the rules of every doubtful take.
 */
import { PipelineError } from '../src/errors.ts';
import type { MasterStep } from '../src/plan/step.ts';
import { amendTake, reopenTake, type TakeRecord } from '../src/store/takes.ts';
import type { Attempt, JobContext } from './context.ts';
import { judgeSound, soundOf } from './judge-sound.ts';

/**
 * Returns how many of the chapter's takes are open again: the store does not have them any more, but their sound as a
 * candidate. A take is judged late when its chapter is first mastered, if the step asks for it, and never later: what may have been
 * delivered stands.
 */
export async function judgeLate(
  { step, takes }: { step: MasterStep; takes: readonly TakeRecord[] },
  { signal }: Attempt,
  context: JobContext,
): Promise<number> {
  // Credits and a retail sample may be mastered before their takes' chapters.
  if (step.role !== undefined || context.ears === undefined) return 0;
  const isAsked = step.judgesLate === true;
  let reopened = 0;
  for (const take of new Map(takes.map((one) => [one.key, one])).values()) {
    if (take.voiceNew === undefined) continue;
    signal.throwIfAborted();
    const { voiceNew, ...judged } = take;
    if (!isAsked || !(await isDoubted(take, voiceNew, context))) {
      await amendTake(context.store, judged);
      continue;
    }
    const open = () => reopenTake(context.store, judged);
    await context.singleFlight.run(`take-${take.key}`, open, signal);
    reopened += 1;
  }
  return reopened;
}

async function isDoubted(
  take: TakeRecord,
  voiceNew: NonNullable<TakeRecord['voiceNew']>,
  context: JobContext,
): Promise<boolean> {
  const { key, text, model, pcm, sampleRateHz } = take;
  try {
    const sound = soundOf(await context.store.readBlob(pcm.digest), sampleRateHz);
    const of = { key, text, model, ...voiceNew, isDirected: voiceNew.isDirected === true };
    const { doubts, isPaceUnknown } = await judgeSound({ of, take, sound, context });
    // Then it was judged by as much, and by its sample.
    return doubts.length > 0 && !isPaceUnknown;
  } catch (error) {
    // A damaged sound is found again by the mastering, which knows what to do.
    if (error instanceof PipelineError && error.code === 'store-damaged') return false;
    throw error;
  }
}
