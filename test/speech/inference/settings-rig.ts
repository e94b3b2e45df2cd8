/** Enrolls a voice and speaks three texts against a simulator with one setting, and gives what came of it. */
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createCloneWatch } from '../../../jobs/clone-watch.ts';
import type { JobContext } from '../../../jobs/context.ts';
import { enroll } from '../../../jobs/enroll.ts';
import { synthesize } from '../../../jobs/synthesize.ts';
import { PipelineError } from '../../../src/errors.ts';
import { billedUnits } from '../../../src/models.ts';
import { plannedSeed, preferredName, takeKey, voiceKey } from '../../../src/plan/keys.ts';
import type { EnrollStep, StepResult, SynthesizeStep } from '../../../src/plan/step.ts';
import { createVoiceHabits } from '../../../src/qc/voice-habits.ts';
import { openLimits } from '../../../src/queue/limits/limits.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { createInferenceEngine } from '../../../src/speech/dashscope-inference/engine.ts';
import { openDiskStore } from '../../../src/store/disk.ts';
import { openSpendingLedger } from '../../../src/store/spending/spending-ledger.ts';
import { readTakeWords } from '../../../src/store/take-words.ts';
import { findTake } from '../../../src/store/takes.ts';
import { quickFfmpeg } from '../../quick-environment.ts';
import { createVoice, type Message, taskOf, voiceOf } from '../../simulator/inference/rig.ts';
import { KEY, speechLike, wav } from '../../simulator/rig.ts';
import type { Row } from './setting-rows.ts';

export const MODEL = 'qwen-audio-3.0-tts-flash';
export const TEXTS = [
  'The lamp was out. Nobody had seen it go.',
  '床前明月光，疑是地上霜。',
  'It rained, and then it stopped. The road shone; nothing moved. He waited.',
] as const;
/** A job runs at most so often, as in a queue. */
const MOST_RUNS = 4;
const SECONDS = 6;
const recordings = new Map<string, Buffer>();
/** With a pause in its middle. */
const recordingOf = (seconds: number, pausesSeconds = 0) => {
  const name = `${seconds} ${pausesSeconds}`;
  const made =
    recordings.get(name) ?? wav(pausing(speechLike({ seconds, rateHz: 16_000 }), pausesSeconds), { rateHz: 16_000 });
  recordings.set(name, made);
  return made;
};
const pausing = (pcm: Int16Array, seconds: number) => pcm.fill(0, pcm.length / 2, pcm.length / 2 + seconds * 16_000);
const dataUri = (bytes: Buffer) => `data:audio/wav;base64,${bytes.toString('base64')}`;

/** A take that was kept. */
export interface Kept {
  text: string;
  said: string;
  seed: number;
  pcm: Buffer;
  words: [text: string, startMs: number, endMs: number][] | undefined;
  billed: number;
  doubts: number;
}

/** What came of a row. */
export interface Outcome {
  kept: Kept[];
  /** Codes of the texts, or of the voice, that were refused in the end. */
  refused: string[];
  /** Runs of jobs beyond the first. */
  again: number;
  /** What we counted, and what the simulator did. */
  ours: { calls: number; tasks: number; billed: number };
  theirs: { calls: number; tasks: number; finished: number; billed: number; begun: number };
  creates: number;
  looks: number;
  results: StepResult[];
}

/** A simulator, a store and an engine between them; with `from`, those of another folder. */
async function open({ inference = {}, faults = [], speed = {}, stallMs = 30_000 }: Partial<Row>, from?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'setting-'));
  if (from !== undefined) await cp(from, folder, { recursive: true });
  const ffmpeg = await quickFfmpeg();
  const stateDir = join(folder, 'simulator');
  const simulator = await startSimulator({ voiceEngine: 'tones', stateDir, inference, faults, speed });
  const limits = openLimits({ redis: undefined, prefix: 'test' }, { account: 'settings', sessionsAtOnce: 8 });
  const polling = { firstMs: 5, mostMs: 20, limitMs: 3_000, missingMs: 200 };
  const limiter = limits.enrollLimiter('voice-enrollment');
  const pool = { maxSessions: 8, rampMs: 1, elsewhereRetryMs: [5, 5], idleTimeoutMs: stallMs };
  const { enrolment, speaker } = createInferenceEngine({
    enrolment: { ...simulator, apiKey: KEY, limiter, polling },
    sessions: { ...simulator, inferenceHttpUrl: simulator.httpBaseUrl, apiKey: KEY, ...pool },
  });
  const { singleFlight, budgets } = limits;
  const store = await openDiskStore(join(folder, 'store'));
  const spending = openSpendingLedger(store);
  const speech = {
    enrolment,
    sessions: speaker,
    singleFlight,
    budgets,
    spending,
    habits: createVoiceHabits(),
    clones: createCloneWatch({ waitMs: 0 }),
  };
  const context: JobContext = { workerId: 'here', store, account: 'settings', ffmpeg, ...speech };
  const close = async () => {
    await speaker.close();
    limits.close();
    await simulator.close();
  };
  return { folder, simulator, context, close, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A folder with a voice in the ledger and at the simulator. */
export interface Base {
  folder: string;
  close(): Promise<void>;
}

/** Enrolls the voice of the rows that do not enroll. */
export async function makeBase(): Promise<Base> {
  const { folder, context, close, remove } = await open({});
  const signal = new AbortController().signal;
  await enroll(await enrollStep(context, SECONDS), { signal, attempt: 1 }, context);
  await close();
  return { folder, close: remove };
}

/** Runs one row. */
export async function run(row: Row, base: Base): Promise<Outcome> {
  const { enrolls, ownVoice, namesakes = 0 } = row;
  const { simulator, context, close, remove } = await open(row, enrolls || ownVoice ? undefined : base.folder);
  const jobs = { again: 0, refused: [] as string[], results: [] as StepResult[] };
  try {
    const step = await enrollStep(context, enrolls ?? SECONDS, row.pausesSeconds);
    for (let i = 0; i < namesakes; i += 1) await voiceOf(simulator, createVoice({ prefix: step.preferredName }));
    const voice = ownVoice ? await voiceOf(simulator, voiceInput()) : undefined;
    const notOurs = simulator.metrics().inference.enroll.calls;
    const isReady = voice !== undefined || (await works(jobs, (attempt) => enroll(step, attempt, context)));
    const steps = TEXTS.map((text, at) => speakStep(step, voice, { text, at, direction: row.direction }));
    const say = async (one: SynthesizeStep) => {
      await works(jobs, (attempt) => synthesize(one, attempt, context));
      await sleep(row.pauseMs ?? 0);
    };
    const [first, ...rest] = steps;
    if (isReady && row.atOnce && first !== undefined) {
      await say(first);
      await sleep(1_000);
      await Promise.all(rest.map(say));
    } else if (isReady) for (const one of steps) await say(one);
    const kept = await Promise.all(steps.map((one) => keptOf(one, context)));
    const { tasks, enroll: called, billed } = simulator.metrics().inference;
    const { enroll: creates, list: looks, delete: deletes } = context.enrolment.counts();
    const begun = sumOf([...simulator.spokenTexts().values()]);
    return {
      ...jobs,
      kept: kept.filter((one) => one !== undefined),
      ours: {
        calls: creates + looks + deletes,
        tasks: context.sessions.stats().commits,
        billed: sumOf(jobs.results.map((result) => result.billedCharacters)),
      },
      theirs: {
        calls: called.calls - notOurs,
        tasks: tasks.run,
        finished: tasks.finished,
        billed: billed.characters,
        begun,
      },
      creates,
      looks,
    };
  } finally {
    await close();
    await remove();
  }
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

/** Runs a job as a queue does: again while that may help; false when it fails for good. */
async function works(
  jobs: Pick<Outcome, 'again' | 'refused' | 'results'>,
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
        return false;
      }
      jobs.again += 1;
    }
  }
}

async function enrollStep({ store }: JobContext, seconds: number, pausesSeconds = 0): Promise<EnrollStep> {
  const { digest, byteLength } = await store.putBlob(recordingOf(seconds, pausesSeconds));
  const key = voiceKey({ sampleDigest: digest, model: MODEL });
  const sample = { digest, byteLength, mediaType: 'audio/wav' };
  const name = preferredName(key, { nameCharacters: 9 });
  return { kind: 'enroll', key, characters: ['mara'], model: MODEL, preferredName: name, sample };
}

function speakStep(
  enrollment: EnrollStep,
  ownVoice: string | undefined,
  { text, at, direction }: { text: string; at: number; direction: string | undefined },
): SynthesizeStep {
  const step = {
    model: MODEL,
    voice: ownVoice === undefined ? { enrollment } : { voiceId: ownVoice },
    languageType: 'Auto',
    sampleRateHz: 24_000,
    text,
    seed: plannedSeed({ text }),
    ...(direction === undefined ? {} : { direction }),
  };
  const key = takeKey(step, 'simulated' as Parameters<typeof takeKey>[1]);
  return { kind: 'synthesize', key, chapter: 1, ordinal: at + 1, character: 'mara', ...step };
}

async function keptOf({ key, text }: SynthesizeStep, { store }: JobContext): Promise<Kept | undefined> {
  const take = await findTake(store, key);
  if (take === undefined) return undefined;
  const words = await readTakeWords(store, take);
  return {
    text,
    said: take.text,
    seed: take.seed ?? 0,
    pcm: Buffer.from(await store.readBlob(take.pcm.digest)),
    words: words?.map((word) => [
      word.text,
      Math.round(word.startSeconds * 1_000),
      Math.round(word.endSeconds * 1_000),
    ]),
    billed: take.triesBilledCharacters ?? take.billedCharacters,
    doubts: take.doubts?.length ?? 0,
  };
}

const voiceInput = () => ({
  action: 'create_voice',
  target_model: MODEL,
  prefix: 'mara',
  url: dataUri(recordingOf(SECONDS)),
  max_prompt_audio_length: SECONDS,
});

/** Speech as it should be, asked for by a client that is not ours. */
export interface Reference {
  pcm: Buffer;
  words: [text: string, startMs: number, endMs: number][];
}

/** Opens a simulator without troubles; only what changes the right sound is set. */
export async function openReference() {
  const simulators = new Map<string, Promise<{ url: string; voice: string; close(): Promise<void> }>>();
  const made = new Map<string, Promise<Reference>>();
  const open = async ({ cutAt = 'sentence', hanWords = 'character' }: NonNullable<Row['inference']>) => {
    const inference = { cutAt, hanWords, wordTimes: 'task' } as const;
    const simulator = await startSimulator({ voiceEngine: 'tones', inference });
    const voice = await voiceOf(simulator, voiceInput());
    return { url: simulator.inferenceUrl, voice, close: () => simulator.close() };
  };
  return {
    take(row: Row, { text, seed }: Pick<Kept, 'text' | 'seed'>): Promise<Reference> {
      const { cutAt, hanWords } = row.inference ?? {};
      const kind = JSON.stringify([cutAt, hanWords]);
      const simulator = simulators.get(kind) ?? open(row.inference ?? {});
      simulators.set(kind, simulator);
      const what = JSON.stringify([kind, text, seed, row.direction]);
      const take =
        made.get(what) ?? simulator.then((at) => speakPlainly(at, { text, seed, instruction: row.direction }));
      made.set(what, take);
      return take;
    },
    async close() {
      for (const simulator of simulators.values()) await (await simulator).close();
    },
  };
}

async function speakPlainly(
  { url, voice }: { url: string; voice: string },
  { text, ...parameters }: { text: string; seed: number; instruction: string | undefined },
): Promise<Reference> {
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${KEY}` } });
  const task = taskOf(randomUUID());
  const frames: Buffer[] = [];
  const words: Reference['words'] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the reference was closed')));
    socket.on('open', () =>
      socket.send(JSON.stringify(task.run(MODEL, { voice, word_timestamp_enabled: true, ...parameters }))),
    );
    socket.on('message', (data, isBinary) => {
      if (isBinary) return void frames.push(data as Buffer);
      const { header, payload } = JSON.parse(data.toString()) as Message;
      if (header.event === 'task-started')
        for (const message of [task.text(text), task.finish()]) socket.send(JSON.stringify(message));
      if (header.event === 'task-finished') resolve();
      if (payload.output?.type !== 'sentence-end') return;
      for (const { text: word, begin_time: begin, end_time: end } of payload.output.sentence.words ?? [])
        words.push([String(word), Number(begin), Number(end)]);
    });
  });
  socket.close();
  return { pcm: Buffer.concat(frames), words };
}

/** What the service should bill for all texts, each spoken once. */
export const BILLED_ONCE = TEXTS.reduce((sum, text) => sum + billedUnits(text), 0);
