/** Clones one voice, unless the ledger has it or the service turns out to have it already. */
import { inspectSample } from '../src/audio/sample.ts';
import { PipelineError } from '../src/errors.ts';
import { MODELS } from '../src/models.ts';
import type { CallCounts, EnrollStep, StepResult } from '../src/plan/step.ts';
import { judgeSample } from '../src/qc/sample.ts';
import { dropIntent, findVoice, hasIntent, putIntent, putVoice, type VoiceRecord } from '../src/store/ledger.ts';
import { type Attempt, type JobContext, noCalls } from './context.ts';

/**
 * Makes sure that the ledger has the step's voice. Safe to run any number of times and on several machines at once: one
 * voice is made, the others find it.
 */
export async function enroll(step: EnrollStep, attempt: Attempt, context: JobContext): Promise<StepResult> {
  const { voice, outcome, calls } = await ensureVoice(step, attempt, context);
  return {
    kind: 'enroll',
    key: step.key,
    outcome,
    calls,
    billedCharacters: 0,
    audioSeconds: 0,
    simulated: voice.simulated,
    worker: context.workerId,
  };
}

/** The voice of an enrolment step: from the ledger, from the service's list when an answer was lost, or made now. */
export async function ensureVoice(
  step: EnrollStep,
  attempt: Attempt,
  context: JobContext,
): Promise<{ voice: VoiceRecord; outcome: StepResult['outcome']; calls: CallCounts }> {
  const { store, account } = context;
  const calls = noCalls();
  const work = async (): Promise<{ voice: VoiceRecord; outcome: StepResult['outcome'] }> => {
    const known = await findVoice(store, step.key, account);
    if (known !== undefined) return { voice: known, outcome: 'reused' };
    // An open intent means that somebody asked and perhaps never saw the answer: look before asking (and paying) again.
    if (await hasIntent(store, step.key, account)) {
      const adopted = await adoptVoice({ step, attempt, context, calls });
      if (adopted !== undefined) return { voice: adopted, outcome: 'adopted' };
    }
    return { voice: await createVoice({ step, attempt, context, calls }), outcome: 'made' };
  };
  const found = await context.singleFlight.run(`voice-${step.key}-${account}`, work, attempt.signal);
  return { ...found, calls };
}

interface Parts {
  step: EnrollStep;
  attempt: Attempt;
  context: JobContext;
  calls: CallCounts;
}

async function adoptVoice({ step, attempt, context, calls }: Parts): Promise<VoiceRecord | undefined> {
  const before = context.enrolment.counts().list;
  const found = await context.enrolment
    .findByName({ preferredName: step.preferredName, model: step.model }, attempt.signal)
    .finally(() => {
      calls.list += context.enrolment.counts().list - before;
    });
  if (found === undefined) return undefined;
  const voice = voiceRecord({ step, account: context.account, voiceId: found.voiceId, simulated: found.simulated });
  await putVoice(context.store, voice);
  return voice;
}

async function createVoice({ step, attempt, context, calls }: Parts): Promise<VoiceRecord> {
  const { store, account } = context;
  const bytes = await store.readBlob(step.sample.digest);
  await refuseBadSample({ step, attempt, context, bytes });
  await putIntent(store, step.key, account);
  calls.enroll += 1;
  try {
    const made = await context.enrolment.create(
      {
        model: step.model,
        preferredName: step.preferredName,
        audio: { bytes, mediaType: step.sample.mediaType },
        transcript: step.transcript,
        language: step.language,
      },
      attempt.signal,
    );
    const voice = voiceRecord({ step, account, voiceId: made.voiceId, simulated: made.simulated });
    await putVoice(store, voice);
    return voice;
  } catch (error) {
    // A plain refusal made nothing. Anything else (a dropped line, a 5xx, an interruption) may have: the intent stays.
    if (error instanceof PipelineError && CERTAIN_REFUSALS.has(error.code)) await dropIntent(store, step.key, account);
    throw error;
  }
}

/** The service's rules are looked at here first: a refusal costs a call and says less. */
async function refuseBadSample({
  step,
  attempt,
  context,
  bytes,
}: Omit<Parts, 'calls'> & { bytes: Uint8Array }): Promise<void> {
  const model = MODELS[step.model];
  if (model === undefined) throw new Error(`Internal error: unknown model "${step.model}" in a step.`);
  const measured = await inspectSample({ ffmpeg: context.ffmpeg, bytes, signal: attempt.signal });
  const failed = judgeSample(measured, model).rules.filter((rule) => !rule.pass);
  if (failed.length === 0) return;
  const reasons = failed.map(
    ({ rule, measured, wanted, advice }) => `${rule}: ${measured}, wanted ${wanted}. ${advice}`,
  );
  throw new PipelineError({
    code: 'sample-refused',
    message: `The sample of ${step.characters.join(', ')} can not be cloned from (nothing was sent). ${reasons.join(' ')}`,
    retry: 'never',
  });
}

/** Answers after which we know that the service made no voice. */
const CERTAIN_REFUSALS: ReadonlySet<string> = new Set([
  'key-refused',
  'account-blocked',
  'service-refused',
  'throttled',
  'model-unknown',
  'voice-quota-full',
  'sample-refused',
  'text-refused',
]);

function voiceRecord(of: { step: EnrollStep; account: string; voiceId: string; simulated: boolean }): VoiceRecord {
  return {
    key: of.step.key,
    account: of.account,
    voiceId: of.voiceId,
    model: of.step.model,
    preferredName: of.step.preferredName,
    characters: of.step.characters,
    simulated: of.simulated,
    enrolledAt: new Date().toISOString(),
  };
}
