/** Speaks one segment and keeps the take, unless the store has it. */
import { encodeMeasures } from '../src/audio/measures.ts';
import { createMeter } from '../src/audio/meter.ts';
import { PipelineError } from '../src/errors.ts';
import { billedUnits } from '../src/models.ts';
import type { CallCounts, EnrollStep, StepResult, SynthesizeStep } from '../src/plan/step.ts';
import { judgeTake } from '../src/qc/take.ts';
import type { Usage } from '../src/speech/dashscope/protocol.ts';
import { forgetVoice, noteUse } from '../src/store/ledger.ts';
import { findTake, putTake, type TakeRecord } from '../src/store/takes.ts';
import { type Attempt, type JobContext, noCalls } from './context.ts';
import { ensureVoice } from './enroll.ts';

/**
 * Makes sure that the store has the step's take. Safe to run any number of times and on several machines at once: the
 * segment is spoken once, the others find the take.
 *
 * The take is stored only when the service has ended the response properly and the take has sound; whatever came before
 * a failure is discarded.
 */
export async function synthesize(step: SynthesizeStep, attempt: Attempt, context: JobContext): Promise<StepResult> {
  const calls = noCalls();
  const parts: Parts = { step, attempt, context, calls, cloned: undefined };
  const work = async (): Promise<{ take: TakeRecord; outcome: StepResult['outcome'] }> => {
    const known = await findTake(context.store, step.key);
    if (known !== undefined) return { take: known, outcome: 'reused' };
    return { take: await speak(parts), outcome: 'made' };
  };
  const { take, outcome } = await context.singleFlight.run(`take-${step.key}`, work, attempt.signal);
  return {
    kind: 'synthesize',
    key: step.key,
    outcome,
    calls,
    billedCharacters: outcome === 'made' ? take.billedCharacters : 0,
    audioSeconds: take.durationSeconds,
    simulated: take.simulated,
    worker: context.workerId,
    ...(parts.cloned === undefined ? {} : { cloned: parts.cloned }),
  };
}

interface Parts {
  step: SynthesizeStep;
  attempt: Attempt;
  context: JobContext;
  calls: CallCounts;
  /** The voice had to be made, or was found again, before the segment could be spoken. */
  cloned: StepResult['cloned'];
}

async function speak(parts: Parts): Promise<TakeRecord> {
  const { step, context } = parts;
  if ('voiceId' in step.voice) return record({ ...parts, voiceId: step.voice.voiceId });
  const { enrollment } = step.voice;
  const voiceId = await voiceIdOf(parts, enrollment);
  try {
    return await record({ ...parts, voiceId });
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'voice-not-found') throw error;
    // The service has lost the voice (deleted, or a year unused): forget it, clone it once more, go on.
    await forgetVoice(context.store, { key: enrollment.key, account: context.account, voiceId });
    return record({ ...parts, voiceId: await voiceIdOf(parts, enrollment) });
  }
}

async function voiceIdOf(parts: Parts, enrollment: EnrollStep): Promise<string> {
  const { attempt, context, calls } = parts;
  const ensured = await ensureVoice(enrollment, attempt, context);
  if (ensured.outcome !== 'reused') parts.cloned = { key: enrollment.key, outcome: ensured.outcome };
  calls.enroll += ensured.calls.enroll;
  calls.list += ensured.calls.list;
  return ensured.voice.voiceId;
}

/** Streams the speech into the store and the meter at once; the audio is never held whole. */
async function record({ step, attempt, context, calls, voiceId }: Parts & { voiceId: string }): Promise<TakeRecord> {
  const { store, sessions } = context;
  const pcm = await store.createBlob();
  try {
    const meter = createMeter(step.sampleRateHz);
    const spoken = await sessions.speak(
      {
        model: step.model,
        voiceId,
        languageType: step.languageType,
        sampleRateHz: step.sampleRateHz,
        text: step.text,
      },
      {
        signal: attempt.signal,
        onCommit: () => {
          calls.synthesize += 1;
        },
        onAudio: (chunk) => {
          meter.push(chunk);
          return pcm.write(chunk);
        },
      },
    );
    const measures = meter.finish();
    const trouble = judgeTake(measures);
    if (trouble !== undefined) throw new PipelineError({ code: 'take-incomplete', message: trouble, retry: 'backoff' });
    const take: TakeRecord = {
      key: step.key,
      pcm: await pcm.commit(),
      measures: await store.putBlob(encodeMeasures(measures)),
      sampleRateHz: step.sampleRateHz,
      durationSeconds: measures.samples / step.sampleRateHz,
      character: step.character,
      text: step.text,
      model: step.model,
      voiceId,
      sessionId: spoken.sessionId,
      responseId: spoken.responseId,
      billedCharacters: billedCharacters(spoken.usage, step.text),
      simulated: spoken.simulated,
      madeAt: new Date().toISOString(),
    };
    await putTake(store, take);
    // Only a note for people and for a full account: the take is what matters.
    await noteUse(store, voiceId, context.account).catch(() => undefined);
    return take;
  } finally {
    await pcm.discard();
  }
}

/** By the service's own figure; models that bill tokens give none, so there it is our count by the same rule. */
function billedCharacters(usage: Usage | undefined, text: string): number {
  return usage !== undefined && 'characters' in usage ? usage.characters : billedUnits(text);
}
