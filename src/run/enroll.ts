/** Phase 3, enroll: the voices of the missing segments. */
import { submitVoices } from '../queue/submit.ts';
import type { PhaseEnd, Round } from './round.ts';
import { speakingVoices } from './speaking-voices.ts';

/** Enrolls every missing voice that a chapter of the round needs. */
export async function enrollVoices({ run, queue, runId, plan, chapters, funded, finish }: Round): Promise<PhaseEnd> {
  const speaking = new Set(chapters.flatMap(speakingVoices));
  const steps = plan.voices
    .filter(({ step, need }) => need === 'enroll' && speaking.has(step.key) && !run.tally.hasEnded(step.key))
    .map(({ step }) => funded(step));
  return finish(await submitVoices(queue, { runId, steps }));
}
