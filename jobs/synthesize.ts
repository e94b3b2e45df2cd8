/** Speaks one segment and stores the take, unless the store has it. */
import { createNarrowBand } from '../src/audio/listening/narrow-band.ts';
import { loudnessCounts } from '../src/audio/loudness.ts';
import { encodeMeasures } from '../src/audio/measures.ts';
import { createTakeMeter } from '../src/audio/take-meter.ts';
import { interrupted, PipelineError } from '../src/errors.ts';
import { billedUnits } from '../src/models.ts';
import { seedOfTry } from '../src/plan/keys.ts';
import type { CallCounts, EnrollStep, StepResult, SynthesizeStep } from '../src/plan/step.ts';
import type { HeardTake } from '../src/qc/heard-take.ts';
import { judgeTake } from '../src/qc/take.ts';
import { habitOfTake } from '../src/qc/voice-habits.ts';
import { wordsMissing } from '../src/qc/words-missing.ts';
import { SilentResponse, type Usage } from '../src/speech/engine.ts';
import { forgetVoice, recordVoiceUse } from '../src/store/ledger.ts';
import type { BlobWriter, Store } from '../src/store/store.ts';
import { putTakeWords } from '../src/store/take-words.ts';
import { findTake, type TakeRecord } from '../src/store/takes.ts';
import { acceptTake, type TakeTry } from './accept-take.ts';
import { type Attempt, countedCalls, type JobContext, noCalls } from './context.ts';
import { doubtLater } from './doubt-later.ts';
import { ensureVoice } from './enroll.ts';
import { payForSpeech } from './pay.ts';
import { makePickupTake } from './pickup.ts';
import { recordSpeech } from './record-spending.ts';
import { recordRefusal, throwIfRefused } from './refused-text.ts';
import { spokenSample } from './spoken-sample.ts';

/**
 * Ensures that the store has the step's take. May run any number of times and on several machines at once: the segment
 * is spoken once, and all others find the take.
 *
 * The take is stored only when the service has ended the response properly and the take has sound; audio that came
 * before a failure is discarded. A take with doubts is spoken again on a fresh session, at most twice.
 */
export async function synthesize(step: SynthesizeStep, attempt: Attempt, context: JobContext): Promise<StepResult> {
  const calls = noCalls();
  const task: SpeakTask = { step, attempt, context, calls, cloned: {} };
  const work = async (): Promise<Made> => {
    const known = await findTake(context.store, step.key);
    if (known !== undefined) return { take: known, outcome: 'reused', billedNow: 0 };
    if (step.pickup !== undefined)
      return { take: await makePickupTake(step, step.pickup, attempt, context), outcome: 'made', billedNow: 0 };
    await throwIfRefused(step, context.store);
    return { ...(await makeTake(task)), outcome: 'made' };
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
    ...(task.cloned.voice === undefined ? {} : { cloned: task.cloned.voice }),
    ...(take.doubts === undefined ? {} : { doubts: take.doubts }),
    ...(take.tries === undefined ? {} : { tries: take.tries }),
  };
}

interface Made {
  take: TakeRecord;
  outcome: StepResult['outcome'];
  /** Billed for this job, all tries together. */
  billedNow: number;
}

interface SpeakTask {
  step: SynthesizeStep;
  attempt: Attempt;
  context: JobContext;
  calls: CallCounts;
  /** Set when the voice had to be enrolled, or adopted from the service, before the segment could be spoken. */
  cloned: { voice?: StepResult['cloned'] };
}

/** One try of a take. */
interface Try {
  /** On a connection that has not spoken yet. */
  fresh: boolean;
  /** How often the text was spoken before. */
  tries: number;
  /** An earlier take of it has sound and was doubted. */
  isDoubted: boolean;
}

async function makeTake(task: SpeakTask): Promise<Omit<Made, 'outcome'>> {
  const { step, attempt, context } = task;
  const { store } = context;
  try {
    return await acceptTake({
      store,
      key: step.key,
      attempt: attempt.attempt,
      speak: (how) => speak({ ...task, ...how }),
    });
  } catch (error) {
    throw await recordRefusal(error, step, store);
  }
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

/** Streams the speech into the store and the meter at once; the audio is never in memory as a whole. */
async function recordTake(task: SpeakTask & Try & { voiceId: string }): Promise<TakeTry> {
  try {
    return await recordSound(task);
  } catch (error) {
    if (!(error instanceof SilentResponse)) throw error;
    return { billedCharacters: billedCharacters(error.usage, task.step.text), problem: error.problem };
  }
}

async function recordSound(task: SpeakTask & Try & { voiceId: string }): Promise<TakeTry> {
  const { step, attempt, context, calls, voiceId, fresh, tries } = task;
  const { store, sessions, habits, ears } = context;
  const voice = { voiceId, model: step.model, languageType: step.languageType };
  const habit = await habits.of(voice, step.key);
  const paid = recordSpeech(task);
  let pcm: BlobWriter | undefined;
  let spokenTake: TakeRecord | undefined;
  try {
    const meter = createTakeMeter(step.sampleRateHz);
    const sound = ears && createNarrowBand(step.sampleRateHz);
    let finished: ReturnType<typeof meter.finish> | undefined;
    const judge = (heard?: HeardTake) => {
      finished ??= meter.finish();
      return judgeTake(finished.measured, { text: step.text, voice: habit, heard });
    };
    const { voice: ref } = step;
    const request = {
      model: step.model,
      ...(step.engine !== undefined && { engine: step.engine }),
      // Only engines without enrollment ask for it.
      ...('enrollment' in ref && { sample: () => spokenSample(ref.enrollment, attempt, context) }),
      voiceId,
      languageType: step.languageType,
      sampleRateHz: step.sampleRateHz,
      text: step.text,
      ...(step.direction !== undefined && { direction: step.direction }),
      ...(step.seed !== undefined && { seed: seedOfTry(step.seed, tries) }),
      ...(step.retake !== undefined && { take: step.retake }),
    };
    const { spoken, settle } = await payForSpeech({ step, attempt, context }, (payer) =>
      paid.watch(() =>
        sessions.speak(request, {
          signal: attempt.signal,
          priority: attempt.priority,
          fresh,
          onVoiceCall: countedCalls(attempt, calls).onCall,
          onCommit: async () => {
            await throwIfSpokenElsewhere(step, store);
            // Opened now and not before the wait for a session: on a disk that has filled up in the meantime nothing is
            // sent.
            await pcm?.discard();
            pcm = await store.createBlob();
            await paid.sending(() => payer.onCommit());
            calls.synthesize += 1;
          },
          onAudio: async (chunk) => {
            meter.push(chunk);
            sound?.push(chunk);
            paid.heard(chunk.length / 2 / step.sampleRateHz);
            // Both start in the order of the calls, whichever has to wait.
            await Promise.all([openedBlob(pcm).write(chunk), payer.onSound(chunk.length / 2 / step.sampleRateHz)]);
          },
          onDoubt: (shortCount) => void doubtLater({ store, key: step.key, take: () => spokenTake }, shortCount),
          isGood: () => judge().verdict === 'good',
        }),
      ),
    );
    // The session is at work again while its take is heard.
    // A simulator's voice is none of a person, on which the limits of what is heard are fitted.
    const heard = spoken.simulated ? undefined : sound && (await ears?.listen(sound.samples()));
    const { verdict, ...judgment } = judge(heard);
    const { measures, measured } = finished!;
    const doubts = [...(spoken.shortCount === undefined ? [] : [wordsMissing(spoken.shortCount)]), ...judgment.doubts];
    const billed = billedCharacters(spoken.usage, step.text);
    if (verdict === 'unusable') {
      await paid.recorded();
      return { billedCharacters: billed, problem: `The take is silent: ${judgment.doubts[0]?.measured}.`, settle };
    }
    const takeOf = async (): Promise<TakeRecord> => ({
      key: step.key,
      pcm: await openedBlob(pcm).commit(),
      measures: await store.putBlob(encodeMeasures(measures)),
      loudness: loudnessCounts(measures.loudness),
      sampleRateHz: step.sampleRateHz,
      durationSeconds: measures.samples / step.sampleRateHz,
      character: step.character,
      text: step.text,
      model: step.model,
      voiceId,
      sessionId: spoken.sessionId,
      responseId: spoken.responseId,
      billedCharacters: billed,
      ...(spoken.usage === undefined ? {} : { usage: spoken.usage }),
      ...(spoken.seed === undefined ? {} : { seed: spoken.seed }),
      ...(spoken.words === undefined ? {} : { words: await putTakeWords(store, spoken.words) }),
      simulated: spoken.simulated,
      madeAt: new Date().toISOString(),
      ...(doubts.length === 0 ? {} : { doubts }),
    });
    const take = await takeOf().catch(async (error: unknown) => {
      await settle();
      throw error;
    });
    const settleAndNote = async (): Promise<void> => {
      await settle();
      // Only informative, for people and for a full account: the take is what matters.
      await recordVoiceUse(store, voiceId, context.account).catch(() => undefined);
      if (doubts.length === 0) await habits.learn(voice, step.key, habitOfTake(measured, step.text, heard));
    };
    spokenTake = take;
    await paid.recorded();
    return { take, billedCharacters: billed, settle: settleAndNote };
  } finally {
    await pcm?.discard();
  }
}

/** Sound arrives after a commit, and the commit opened the blob. */
function openedBlob(pcm: BlobWriter | undefined): BlobWriter {
  if (pcm === undefined) throw new Error('Internal error: sound arrived before its text was sent.');
  return pcm;
}

/**
 * The last check before the text is sent. The wait for a session may have taken minutes, or this machine slept or was
 * cut off from the queue: then another worker ran the step, and its take is in the store. The step goes back to the
 * queue and finds it.
 */
async function throwIfSpokenElsewhere(step: SynthesizeStep, store: Store): Promise<void> {
  if ((await findTake(store, step.key)) !== undefined)
    throw interrupted('speaking a segment that was spoken elsewhere');
}

/** The service's own figure. Models that bill tokens give none; then our count by the same rule. */
function billedCharacters(usage: Usage | undefined, text: string): number {
  return usage !== undefined && 'characters' in usage ? usage.characters : billedUnits(text);
}
