/** Enrols one voice, unless the ledger has it or the service turns out to have it already. */
import { prepareSample } from '../src/audio/samples/prepare-sample.ts';
import { PipelineError, systemCode } from '../src/errors.ts';
import type { Flight } from '../src/limits.ts';
import { modelOf } from '../src/models.ts';
import type { CallCounts, EnrollStep, StepResult } from '../src/plan/step.ts';
import { judgeSample } from '../src/qc/sample.ts';
import type { CreateVoiceRequest } from '../src/speech/engine.ts';
import {
  dropIntent,
  findVoice,
  isVoiceDamaged,
  listIntents,
  putIntent,
  putVoice,
  type VoiceRecord,
} from '../src/store/ledger.ts';
import { allEnded } from './all-ended.ts';
import { stillCloning } from './clone-watch.ts';
import { type Attempt, countedCalls, type EnrollContext, leaveAndPay, noCalls } from './context.ts';
import { payForEnrolment, settleForDead } from './pay.ts';
import { recordVoice } from './record-spending.ts';
import { deleteOldestVoice, voiceQuotaError } from './voice-quota.ts';

/**
 * Ensures that the ledger has the step's voice. May run any number of times and on several machines at once: one voice
 * is made, and all others find it.
 */
export async function enroll(step: EnrollStep, attempt: Attempt, context: EnrollContext): Promise<StepResult> {
  const { voice, outcome, calls, others } = await ensureVoice(step, attempt, context);
  if (outcome === 'reused') await settleForDead({ key: step.key, budget: step.purse, attempt, context });
  const notes = [...(outcome === 'made' ? notesOn(step, voice) : []), ...othersNote(step, others)];
  return {
    kind: 'enroll',
    key: step.key,
    outcome,
    calls,
    billedCharacters: 0,
    audioSeconds: 0,
    simulated: voice.simulated,
    worker: context.workerId,
    ...(outcome === 'made' || notes.length > 0 ? { notes } : {}),
  };
}

/** The voice of an enrolment step: from the ledger, from the service's list when a response was lost, or newly made. */
export async function ensureVoice(
  step: EnrollStep,
  attempt: Attempt,
  context: EnrollContext,
): Promise<Ensured & { calls: CallCounts }> {
  const { store, account } = context;
  const calls = noCalls();
  const work = async (flight: Flight): Promise<Ensured> => {
    const task = { step, attempt, context, calls, flight };
    const known = await findVoice(store, step.key, account);
    if (known !== undefined) return { voice: known, outcome: 'reused' };
    // An intent without a voice means that a worker sent the request and perhaps never saw the response; a damaged
    // record means that the response was lost later. Check the service's list before paying again.
    const intents = await listIntents(store, account);
    context.clones.seen(intents);
    const wasAsked = intents.includes(step.key);
    if (wasAsked || (await isVoiceDamaged(store, step.key, account))) {
      const restMs = wasAsked && clonesSlowly(step) ? context.clones.restMs(step.key) : 0;
      const adopted = await adoptVoice(task);
      if (adopted !== undefined) return { ...adopted, outcome: 'adopted' };
      // A voice that is still being cloned is not listed yet. The time was read before the list was.
      if (restMs > 0) throw stillCloning(step.characters, restMs);
    }
    return { voice: await createVoice(task), outcome: 'made' };
  };
  const found = await context.singleFlight.run(`voice-${step.key}-${account}`, work, attempt.signal);
  return { ...found, calls };
}

interface Ensured {
  voice: VoiceRecord;
  outcome: StepResult['outcome'];
  /** IDs of further voices of the same sample that were found with an adopted one. */
  others?: readonly string[] | undefined;
}

interface EnrollTask {
  step: EnrollStep;
  attempt: Attempt;
  context: EnrollContext;
  calls: CallCounts;
  /** The lock of the voice's key. */
  flight: Flight;
}

async function adoptVoice({
  step,
  attempt,
  context,
  calls,
}: EnrollTask): Promise<Omit<Ensured, 'outcome'> | undefined> {
  const { preferredName, model, engine } = step;
  const found = await context.enrolment.findByName({ preferredName, model, engine }, countedCalls(attempt, calls));
  if (found === undefined) return undefined;
  const voice = voiceRecord({ step, account: context.account, voiceId: found.voiceId, simulated: found.simulated });
  await putVoice(context.store, voice);
  await settleForDead({ key: step.key, budget: step.purse, attempt, context });
  return { voice, others: found.others };
}

async function createVoice(task: EnrollTask): Promise<VoiceRecord> {
  const { step, context } = task;
  const { store, account } = context;
  const { request, changes } = await prepareRequest(task);
  const sending: Sending = { isSent: false, isOurs: true };
  try {
    return await createFreeingVoices(request, { ...task, sending }, async (made) => {
      const voice = voiceRecord({ step, account, voiceId: made.voiceId, simulated: made.simulated });
      if (changes.length > 0) voice.sampleChanges = changes;
      await putVoice(store, voice);
      context.clones.settled(step.key);
      return voice;
    });
  } catch (error) {
    // A plain refusal made nothing. Any other failure (a lost connection, a 5xx, an interruption) may have made a
    // voice: the intent stays. So it does when another worker has taken over: it may be that one's.
    if (sending.isOurs && (!sending.isSent || isCertainRefusal(error) || wasNeverSent(error))) {
      await dropIntent(store, step.key, account);
      context.clones.settled(step.key);
    }
    throw error;
  }
}

/** How far the latest request has come. */
interface Sending {
  isSent: boolean;
  /** No other worker can have had the key until it was sent. */
  isOurs: boolean;
}

/** Retries as long as a voice can be deleted. Each time the ledger has one voice less, so the loop ends. */
async function createFreeingVoices(
  request: CreateVoiceRequest,
  { step, attempt, context, calls, flight, sending }: EnrollTask & { sending: Sending },
  keep: (made: { voiceId: string; simulated: boolean }) => Promise<VoiceRecord>,
): Promise<VoiceRecord> {
  const isFree = (error: unknown): boolean => !sending.isSent || isCertainRefusal(error);
  const paid = recordVoice({ step, context }, { isRefused: isFree });
  const confirm = async (): Promise<void> => {
    sending.isOurs = false;
    await flight.confirm();
    sending.isOurs = true;
  };
  const intend = async (): Promise<void> => {
    await putIntent(context.store, step.key, context.account);
    context.clones.asked(step.key);
  };
  const create = async (reserve: () => Promise<void>) => {
    let isNoted = false;
    const onCreate = async (leave?: () => Promise<void>): Promise<void> => {
      // A request that is sent again was refused: its notes are for this one.
      sending.isSent = false;
      await paid.sending((record) => {
        const note = async (): Promise<void> => {
          if (!isNoted) await allEnded([intend(), record()]);
          isNoted = true;
        };
        return leaveAndPay({ flight: { confirm }, attempt }, { leave, reserve: isNoted ? undefined : reserve, note });
      });
      sending.isSent = true;
    };
    sending.isSent = false;
    const made = await paid.watch(() =>
      context.enrolment.create(request, { ...countedCalls(attempt, calls), onCreate }),
    );
    const voice = await keep(made);
    await paid.recorded();
    return voice;
  };
  for (;;) {
    try {
      return await payForEnrolment(
        { key: step.key, budget: step.purse, attempt, context },
        { create, isRefusal: isFree },
      );
    } catch (error) {
      if (!(error instanceof PipelineError) || error.code !== 'voice-quota-full') throw error;
      if (!(await deleteOldestVoice(context, countedCalls(attempt, calls))))
        throw await voiceQuotaError(error, context);
    }
  }
}

/**
 * Repairs the sample where that does no harm, and checks the service's rules locally: a refusal costs a call and
 * explains less.
 */
export async function prepareRequest({
  step,
  attempt,
  context,
}: Pick<EnrollTask, 'step' | 'attempt' | 'context'>): Promise<{ request: CreateVoiceRequest; changes: string[] }> {
  const model = modelOf(step);
  if (model === undefined) throw new Error(`Internal error: unknown model "${step.model}" in a step.`);
  const bytes = await context.store.readBlob(step.sample.digest);
  const name = `the sample of ${step.characters.join(', ')}`;
  const { mediaType } = step.sample;
  const prepared = await prepareSample({
    ffmpeg: context.ffmpeg,
    bytes,
    mediaType,
    model,
    name,
    signal: attempt.signal,
  });
  const failed = judgeSample(prepared.sample, model).rules.filter((rule) => !rule.pass);
  if (failed.length > 0) {
    const reasons = failed.map(
      ({ rule, measured, wanted, advice }) => `${rule}: ${measured}, wanted ${wanted}. ${advice}`,
    );
    throw new PipelineError({
      code: 'sample-refused',
      message: `The sample of ${step.characters.join(', ')} cannot be cloned (nothing was sent). ${reasons.join(' ')}`,
      retry: 'never',
    });
  }
  const { sample } = prepared;
  const transcript = model.enrolment.usesTranscript ? step.transcript : undefined;
  const leavesTranscriptOut = prepared.cut && transcript !== undefined;
  const request: CreateVoiceRequest = {
    model: step.model,
    engine: step.engine,
    preferredName: step.preferredName,
    audio: { bytes: prepared.bytes, mediaType: prepared.mediaType },
    sampleSeconds: sample.readable ? sample.durationSeconds : undefined,
    // The service compares transcript and audio; a cut sample no longer contains all of the transcript.
    transcript: prepared.cut ? undefined : transcript,
    language: step.language,
  };
  const changes = leavesTranscriptOut ? [...prepared.changes, 'sent without its transcript'] : prepared.changes;
  return { request, changes };
}

/** One's own server makes a voice at once, and asks nothing for it. */
function clonesSlowly(step: EnrollStep): boolean {
  return modelOf(step)?.enrolment.service !== 'own-server';
}

/** The host could not be reached at all, so no request was sent. */
function wasNeverSent(error: unknown): boolean {
  const code = error instanceof PipelineError ? systemCode(error.cause) : undefined;
  return code !== undefined && UNREACHED.has(code);
}

const UNREACHED = new Set('ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH'.split(' '));

function isCertainRefusal(error: unknown): boolean {
  return error instanceof PipelineError && CERTAIN_REFUSALS.has(error.code);
}

/** Codes after which the service certainly made no voice; `over-budget` is our own, before anything was sent. */
const CERTAIN_REFUSALS: ReadonlySet<string> = new Set([
  'over-budget',
  'key-refused',
  'account-blocked',
  'service-refused',
  'throttled',
  'model-unknown',
  'voice-quota-full',
  'sample-refused',
  'text-refused',
]);

function notesOn(step: EnrollStep, { sampleChanges = [] }: VoiceRecord): string[] {
  if (sampleChanges.length === 0) return [];
  return [`The sample of ${step.characters.join(', ')} was repaired before it was sent: ${sampleChanges.join(', ')}.`];
}

/** They take places of the account and are of no use; only a person may know that nobody else uses them. */
function othersNote(step: EnrollStep, others: readonly string[] = []): string[] {
  if (others.length === 0) return [];
  const whose = step.characters.join(', ');
  return [`The service has further voices of the sample of ${whose}, which are not used: ${others.join(', ')}.`];
}

function voiceRecord(of: { step: EnrollStep; account: string; voiceId: string; simulated: boolean }): VoiceRecord {
  return {
    key: of.step.key,
    account: of.account,
    voiceId: of.voiceId,
    model: of.step.model,
    preferredName: of.step.preferredName,
    characters: of.step.characters,
    simulated: of.simulated,
    sample: { digest: of.step.sample.digest, mediaType: of.step.sample.mediaType },
    enrolledAt: new Date().toISOString(),
  };
}
