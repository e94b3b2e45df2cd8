/** Clones a voice and speaks three texts against a server of the simulator with one setting, and gives what came of it. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloneWatch } from '../../../jobs/clone-watch.ts';
import type { JobContext } from '../../../jobs/context.ts';
import { enroll } from '../../../jobs/enroll.ts';
import { synthesize } from '../../../jobs/synthesize.ts';
import { parseWavHeader } from '../../../src/audio/pcm.ts';
import { PipelineError } from '../../../src/errors.ts';
import { plannedSeed, preferredName, takeKey, voiceKey } from '../../../src/plan/keys.ts';
import type { EnrollStep, StepResult, SynthesizeStep } from '../../../src/plan/step.ts';
import { createVoiceHabits } from '../../../src/qc/voice-habits.ts';
import { openLimits } from '../../../src/queue/limits/limits.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/server.ts';
import { createOpenAiSpeechEngine } from '../../../src/speech/openai-speech/engine.ts';
import type { OpenaiSpeechProfile } from '../../../src/speech/openai-speech/protocol.ts';
import { openDiskStore } from '../../../src/store/disk.ts';
import { openSpendingLedger } from '../../../src/store/spending/spending-ledger.ts';
import type { Store } from '../../../src/store/store.ts';
import { readTakeWords } from '../../../src/store/take-words.ts';
import { findTake } from '../../../src/store/takes.ts';
import { quickFfmpeg } from '../../quick-environment.ts';
import { speechLike, wav } from '../../simulator/rig.ts';
import { KEY, MODEL } from './scripted.ts';
import type { Row } from './setting-rows.ts';

export const TEXTS = [
  'The lamp was out. Nobody had seen it go.',
  '床前明月光，疑是地上霜。',
  'It rained, and then it stopped. The road shone; nothing moved. He waited.',
] as const;
/** What a voice says first, so that its pace is known and that the server uses the sample. */
export const PACE = ['The rain fell', '外面下着大雨'];
const TRANSCRIPT = 'These are the words that I say.';
/** A job runs at most so often, as in a queue. */
const MOST_RUNS = 4;
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const BASE = 'the base';
const BASE_ACCOUNT = hashOf(BASE);
const SAMPLE = wav(speechLike({ seconds: 4, rateHz: 16_000 }), { rateHz: 16_000 });

/** A take that was kept. */
export interface Kept {
  text: string;
  said: string;
  seed: number | undefined;
  pcm: Buffer;
  words: string[] | undefined;
  /** Names of the checks that doubt it. */
  doubts: string[];
}

/** What came of a row. */
export interface Outcome {
  kept: Kept[];
  /** Codes of the texts, or of the voice, that were refused in the end. */
  refused: string[];
  /** Messages of the refusals. */
  messages: string[];
  /** Runs of jobs beyond the first. */
  again: number;
  /** Texts that we sent for takes, and that the results of the jobs count. */
  ours: { sent: number; counted: number };
  /** Calls of speech that arrived; texts of the book that were spoken. */
  theirs: { calls: number; spoken: number };
}

/** What all rows share: a store with the voice and its sample, so that the sample is prepared once. */
export interface Base {
  store: Store;
  ffmpeg: JobContext['ffmpeg'];
  close(): Promise<void>;
}

/** Opens the store and enrolls the voice of all rows. */
export async function makeBase(): Promise<Base> {
  const folder = await mkdtemp(join(tmpdir(), 'own-server-'));
  const store = await openDiskStore(folder);
  const ffmpeg = await quickFfmpeg();
  const base = { store, ffmpeg, close: () => rm(folder, { recursive: true, force: true }) };
  const outcome = await run({ enrolls: true, follows: '', counts: [0, 0, 0] }, base, BASE);
  if (outcome.kept.length < TEXTS.length) throw new Error(`The base has no voice: ${outcome.messages}`);
  return base;
}

/** Runs one row; `rowName` keeps its takes apart from those of the others. */
export async function run(row: Row, base: Base, rowName: string): Promise<Outcome> {
  const { settings = {}, faults = [], speed = {}, engine: engineOptions = {} } = row;
  const { profile = 'vllm-omni' } = settings;
  const name = hashOf(rowName);
  const simulator = await startSimulator({ voiceEngine: 'tones', openaiSpeech: settings, faults, speed });
  const limits = openLimits({ redis: undefined, prefix: 'test' }, { account: 'settings', sessionsAtOnce: 8 });
  const engine = createOpenAiSpeechEngine({
    url: simulator.openaiSpeechUrl,
    apiKey: KEY,
    profile,
    simulated: true,
    limiter: limits.callLimiter,
    loadingPollMs: 150,
    ...engineOptions,
  });
  const { store, ffmpeg } = base;
  const speech = { enrolment: engine.enrolment, sessions: engine.speaker, habits: createVoiceHabits() };
  const { singleFlight, budgets } = limits;
  const noMoney = { clones: createCloneWatch({ waitMs: 0 }), spending: openSpendingLedger(store) };
  const account = row.enrolls ? name : BASE_ACCOUNT;
  const context: JobContext = {
    workerId: 'here',
    store,
    account,
    ffmpeg,
    singleFlight,
    budgets,
    ...speech,
    ...noMoney,
  };
  const jobs = { again: 0, refused: [] as string[], messages: [] as string[], results: [] as StepResult[] };
  try {
    const voice = await voiceOf(row, simulator, context);
    const isReady =
      !row.enrolls || 'voiceId' in voice || (await works(jobs, (each) => enroll(voice.enrollment, each, context)));
    const steps = TEXTS.map((text, at) => speakStep({ voice, text, at, profile, name, model: settings.model }));
    const say = (one: SynthesizeStep) => works(jobs, (attempt) => synthesize(one, attempt, context));
    if (isReady && row.atOnce) await Promise.all(steps.map(say));
    else if (isReady) for (const one of steps) await say(one);
    const kept = await Promise.all(steps.map((one) => keptOf(one, context)));
    const texts = simulator.spokenTexts();
    return {
      ...jobs,
      kept: kept.filter((one) => one !== undefined),
      ours: {
        sent: engine.speaker.stats().commits,
        counted: jobs.results.reduce((sum, { calls }) => sum + calls.synthesize, 0),
      },
      theirs: {
        calls: simulator.metrics().openaiSpeech.speech.calls,
        spoken: TEXTS.reduce((sum, text) => sum + (texts.get(text) ?? 0), 0),
      },
    };
  } finally {
    await engine.speaker.close();
    limits.close();
    await simulator.close();
  }
}

type Voice = SynthesizeStep['voice'];

/** A sample; or a voice of the server: one that it has, or one that is uploaded for the row. */
async function voiceOf(
  { voice = 'sample' }: Row,
  { openaiSpeechUrl }: Simulator,
  { store }: JobContext,
): Promise<Voice> {
  if (voice === 'sample') return { enrollment: await enrollStep(store) };
  if (voice !== 'uploaded') return { voiceId: voice };
  const form = new FormData();
  for (const [name, value] of Object.entries({ name: 'mara', consent_attestation: 'yes' })) form.set(name, value);
  form.set('voice', new Blob([new Uint8Array(SAMPLE)], { type: 'audio/wav' }), 'mara.wav');
  const headers = { authorization: `Bearer ${KEY}` };
  const answer = await fetch(`${openaiSpeechUrl}/voices`, { method: 'POST', body: form, headers });
  if (!answer.ok) throw new Error(`The upload was refused: ${await answer.text()}`);
  return { voiceId: 'mara' };
}

async function enrollStep(store: Store): Promise<EnrollStep> {
  const { digest, byteLength } = await store.putBlob(SAMPLE);
  const key = voiceKey({ sampleDigest: digest, model: MODEL, transcript: TRANSCRIPT });
  return {
    kind: 'enroll',
    key,
    characters: ['mara'],
    model: MODEL,
    engine: 'openai-speech',
    preferredName: preferredName(key, { nameCharacters: 16 }),
    sample: { digest, byteLength, mediaType: 'audio/wav' },
    transcript: TRANSCRIPT,
  };
}

function speakStep(of: {
  voice: Voice;
  text: string;
  at: number;
  profile: OpenaiSpeechProfile;
  name: string;
  model: string | undefined;
}): SynthesizeStep {
  const { voice, text, at, profile, name, model = MODEL } = of;
  const step = {
    model,
    engine: 'openai-speech' as const,
    profile,
    voice,
    languageType: 'Auto',
    sampleRateHz: 24_000,
    text,
    seed: plannedSeed({ text }),
  };
  const key = takeKey(step, `simulated ${name}` as Parameters<typeof takeKey>[1]);
  return { kind: 'synthesize', key, chapter: 1, ordinal: at + 1, character: 'mara', ...step };
}

/** Runs a job as a queue does: again while that may help; false when it fails for good. */
async function works(
  jobs: Pick<Outcome, 'again' | 'refused' | 'messages'> & { results: StepResult[] },
  job: (attempt: { signal: AbortSignal; attempt: number }) => Promise<StepResult>,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      jobs.results.push(await job({ signal: new AbortController().signal, attempt }));
      return true;
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      if (error.retry === 'never' || attempt === MOST_RUNS) {
        jobs.refused.push(error.code);
        jobs.messages.push(error.message);
        return false;
      }
      jobs.again += 1;
    }
  }
}

async function keptOf({ key, text }: SynthesizeStep, { store }: JobContext): Promise<Kept | undefined> {
  const take = await findTake(store, key);
  if (take === undefined) return undefined;
  const words = await readTakeWords(store, take);
  return {
    text,
    said: take.text,
    seed: take.seed,
    pcm: Buffer.from(await store.readBlob(take.pcm.digest)),
    words: words?.map((word) => word.text),
    doubts: take.doubts?.map(({ check }) => check) ?? [],
  };
}

/** Speech as it should be, asked for by a client that is not ours, of a server without troubles. */
export async function openReference() {
  const servers = new Map<string, Promise<Simulator>>();
  const made = new Map<string, Promise<Buffer>>();
  return {
    take(row: Row, { text, seed }: Pick<Kept, 'text' | 'seed'>): Promise<Buffer> {
      const { profile = 'vllm-omni', knowsSeed = true, model = MODEL } = row.settings ?? {};
      const kind = JSON.stringify({ profile, knowsSeed, model, voice: row.voice ?? 'sample' });
      const server =
        servers.get(kind) ?? startSimulator({ voiceEngine: 'tones', openaiSpeech: { profile, knowsSeed, model } });
      servers.set(kind, server);
      const what = JSON.stringify([kind, text, seed]);
      const take = made.get(what) ?? server.then((simulator) => speakPlainly(simulator, row, { text, seed }));
      made.set(what, take);
      return take;
    },
    async close() {
      for (const server of servers.values()) await (await server).close();
    },
  };
}

async function speakPlainly(
  simulator: Simulator,
  row: Row,
  { text: input, seed }: Pick<Kept, 'text' | 'seed'>,
): Promise<Buffer> {
  const { settings: { model = MODEL, profile } = {} } = row;
  const voice = row.voice ?? (profile === 'crispasr' ? 'uploaded' : 'sample');
  if (voice === 'uploaded') await voiceOf({ ...row, voice }, simulator, {} as JobContext).catch(() => undefined);
  const fields =
    voice === 'sample'
      ? { ref_audio: `data:audio/wav;base64,${SAMPLE.toString('base64')}`, ref_text: TRANSCRIPT }
      : { voice: voice === 'uploaded' ? 'mara' : voice, ...(voice === 'uploaded' && CRISP_CLONE) };
  const response = await fetch(`${simulator.openaiSpeechUrl}/audio/speech`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ input, model, response_format: 'wav', ...(seed === undefined ? {} : { seed }), ...fields }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const header = parseWavHeader(bytes);
  if (header === null || header === 'incomplete') throw new Error(`no reference: ${bytes.subarray(0, 300)}`);
  return bytes.subarray(header.dataOffset);
}

const CRISP_CLONE = { consent_attestation: 'yes', spoken_disclaimer: false, marking_attestation: 'in the imprint' };
