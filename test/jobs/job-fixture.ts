/** What a processor needs, as a test would set it up: a simulator, a store in a temporary folder, limits of one process. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloneWatch } from '../../jobs/clone-watch.ts';
import type { JobContext } from '../../jobs/context.ts';
import { sampleDecoder } from '../../src/composition/sample-decoder.ts';
import { preferredName, voiceKey } from '../../src/plan/keys.ts';
import type { EnrollStep } from '../../src/plan/step.ts';
import { createVoiceHabits } from '../../src/qc/voice-habits.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import type { SimulatorOptions } from '../../src/simulator/settings.ts';
import { createEnrolmentClient } from '../../src/speech/dashscope-realtime/enrolment.ts';
import { createSessionPool } from '../../src/speech/dashscope-realtime/session-pool.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { openSpendingLedger } from '../../src/store/spending/spending-ledger.ts';
import { quickFfmpeg } from '../quick-environment.ts';

export const MODEL = 'qwen-tts-vc-realtime-2025-08-20';
export const KEY = 'sk-workplace-0123456789';

export interface JobFixture {
  context: JobContext;
  simulator: Simulator;
  folder: string;
  /** Another worker on the same store and account. */
  another(workerId: string): JobContext;
  close(): Promise<void>;
}

export async function openJobFixture(
  options: SimulatorOptions = {},
  { cloneWaitMs = 0 }: { cloneWaitMs?: number } = {},
): Promise<JobFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'workplace-'));
  const ffmpeg = await quickFfmpeg();
  const simulator = await startSimulator({ voiceEngine: 'tones', decodeSample: sampleDecoder(ffmpeg), ...options });
  const store = await openDiskStore(join(folder, 'store'));
  const limits = openLimits(
    { redis: undefined, prefix: 'test' },
    { account: 'test', enrollPerSecond: 10, sessionsAtOnce: 8 },
  );
  const undo: (() => Promise<unknown>)[] = [];
  const another = (workerId: string): JobContext => {
    const enrolment = createEnrolmentClient({
      ...simulator,
      apiKey: KEY,
      limiter: limits.enrollLimiter('qwen-voice-enrollment'),
    });
    const sessions = createSessionPool({ ...simulator, apiKey: KEY, maxSessions: 8, slots: limits.sessionSlots });
    undo.push(() => sessions.close());
    const { singleFlight, budgets } = limits;
    const habits = createVoiceHabits();
    const clones = createCloneWatch({ waitMs: cloneWaitMs });
    const spending = openSpendingLedger(store);
    const speech = { enrolment, sessions, singleFlight, habits, clones };
    return { workerId, store, account: 'test', ffmpeg, budgets, spending, ...speech };
  };
  return {
    context: another('here'),
    simulator,
    folder,
    another,
    async close() {
      for (const act of undo) await act();
      limits.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const NARRATOR = 'manifests/hello/voices/narrator.wav';

/** The enrolment of a recording that is already in the store. */
export async function enrollStep(
  { context }: JobFixture,
  bytes: Uint8Array,
  {
    mediaType = 'audio/wav',
    model = MODEL,
    transcript,
  }: { mediaType?: string; model?: string; transcript?: string } = {},
): Promise<EnrollStep> {
  const { digest, byteLength } = await context.store.putBlob(bytes);
  const key = voiceKey({ sampleDigest: digest, model, ...(transcript === undefined ? {} : { transcript }) });
  return {
    kind: 'enroll',
    key,
    characters: ['mara'],
    model,
    preferredName: preferredName(key, { nameCharacters: 16 }),
    sample: { digest, mediaType, byteLength },
    ...(transcript === undefined ? {} : { transcript }),
  };
}

/** A recording like the narrator's, but another one: `n` makes it different. */
export async function recording(n = 0): Promise<Buffer> {
  const bytes = await readFile(NARRATOR);
  const mark = createHash('sha256').update(String(n)).digest().subarray(0, 2);
  mark.copy(bytes, bytes.length - 2);
  return bytes;
}
