/** Speaks one segment and stores the take, unless the store has it. */
import { PipelineError } from '../src/errors.ts';
import type { Flight } from '../src/limits.ts';
import type { EnrollStep, StepResult, SynthesizeStep } from '../src/plan/step.ts';
import { forgetVoice } from '../src/store/ledger.ts';
import { findTake, type TakeRecord } from '../src/store/takes.ts';
import { acceptTake } from './accept-take.ts';
import { type Attempt, type JobContext, noCalls } from './context.ts';
import { ensureVoice } from './enroll.ts';
import { hearTake, isToHear } from './hear-take.ts';
import { settleForDead } from './pay.ts';
import { makePickupTake } from './pickup.ts';
import { recordTake } from './record-take.ts';
import { recordRefusal, throwIfRefused } from './refused-text.ts';
import type { SpeakTask, TakeTry, Try } from './take-try.ts';

/**
 * Ensures that the store has the step's take. May run any number of times and on several machines at once: the segment
 * is spoken once, and all others find the take.
 *
 * The take is stored only when the service has ended the response properly and the take has sound; audio that came
 * before a failure is discarded. A take with doubts is spoken again on a fresh session, at most twice.
 */
export async function synthesize(step: SynthesizeStep, attempt: Attempt, context: JobContext): Promise<StepResult> {
  const calls = noCalls();
  const cloned: SpeakTask['cloned'] = {};
  const work = async (flight: Flight): Promise<Made> => {
    const known = await findTake(context.store, step.key);
    if (known !== undefined) {
      await settleForDead({ key: step.key, budget: step.purse, attempt, context });
      return { take: known, outcome: 'reused', billedNow: 0 };
    }
    if (step.pickup !== undefined)
      return { take: await makePickupTake(step, step.pickup, attempt, context), outcome: 'made', billedNow: 0 };
    await throwIfRefused(step, context.store);
    return { ...(await makeTake({ step, attempt, context, calls, flight, cloned })), outcome: 'made' };
  };
  const { take, outcome, billedNow } = await context.singleFlight.run(`take-${step.key}`, work, attempt.signal);
  return {
    kind: 'synthesize',
    key: step.key,
    outcome,
    calls,
    billedCharacters: billedNow,
    audioSeconds: take.durationSeconds,
    simulated: take.simulated,
    worker: context.workerId,
    ...(cloned.voice === undefined ? {} : { cloned: cloned.voice }),
    ...(take.doubts === undefined ? {} : { doubts: take.doubts }),
    ...(take.tries === undefined ? {} : { tries: take.tries }),
    ...(take.changed === undefined ? {} : { changed: take.changed }),
  };
}

/** How often a text is sent, by the queue's attempts, when the last answer breaks the protocol. */
const MOST_BREACHES = 2;

interface Made {
  take: TakeRecord;
  outcome: StepResult['outcome'];
  /** Billed for this job, all tries together. */
  billedNow: number;
}

async function makeTake(task: SpeakTask): Promise<Omit<Made, 'outcome'>> {
  const { step, attempt, context } = task;
  const { store } = context;
  try {
    const made = await acceptTake({
      store,
      step,
      attempt: attempt.attempt,
      retakes: context.retakes,
      speak: (how) => speak({ ...task, ...how }),
      isToHear: (take) => isToHear({ ...task, take }),
      hear: (take, sound) => hearTake({ ...task, take, sound }),
    });
    context.retakes?.made(step.book ?? '');
    return made;
  } catch (error) {
    throw await recordRefusal(endedAfter(error, task), step, store);
  }
}

/**
 * What an answer costs that breaks the protocol is lost, and the next one is likely to be like it: a text is sent once more
 * and then not again in this run.
 */
function endedAfter(error: unknown, { attempt, calls }: SpeakTask): unknown {
  const isBreach = error instanceof PipelineError && error.code === 'protocol-violation' && error.retry !== 'never';
  if (!isBreach || calls.synthesize === 0 || attempt.attempt < MOST_BREACHES) return error;
  const message = `${error.message} The text was sent ${attempt.attempt} times, and each answer may be billed; the next run tries again.`;
  return new PipelineError({ code: error.code, message, retry: 'never', cause: error });
}

async function speak(task: SpeakTask & Try): Promise<TakeTry> {
  const { step, context } = task;
  if ('voiceId' in step.voice) return recordTake({ ...task, voiceId: step.voice.voiceId });
  const { enrollment } = step.voice;
  const voiceId = await voiceIdOf(task, enrollment);
  try {
    return await recordTake({ ...task, voiceId });
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'voice-not-found') throw error;
    // The service has lost the voice (deleted, or unused for a year): forget it, enrol it once more, continue.
    await forgetVoice(context.store, { key: enrollment.key, account: context.account, voiceId });
    return recordTake({ ...task, voiceId: await voiceIdOf(task, enrollment) });
  }
}

async function voiceIdOf(task: SpeakTask, enrollment: EnrollStep): Promise<string> {
  const { step, attempt, context, calls } = task;
  // The run that speaks pays for a voice that must be enrolled again.
  const { purse } = step;
  const ensured = await ensureVoice(purse === undefined ? enrollment : { ...enrollment, purse }, attempt, context);
  if (ensured.outcome !== 'reused') task.cloned.voice = { key: enrollment.key, outcome: ensured.outcome };
  calls.enroll += ensured.calls.enroll;
  calls.list += ensured.calls.list;
  return ensured.voice.voiceId;
}
