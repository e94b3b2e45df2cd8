/** The engine against the simulator's settings and faults: what comes is a whole take or a failure, never a part. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PipelineError } from '../../../src/errors.ts';
import type { FaultKind } from '../../../src/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/server.ts';
import type { SimulatorOptions } from '../../../src/simulator/settings.ts';
import { createInferenceEngine } from '../../../src/speech/dashscope-inference/engine.ts';
import type { Engine, SpokenTake } from '../../../src/speech/engine.ts';
import { newGate } from '../contract.ts';

const KEY = 'sk-simulated-0123456789';
const MODEL = 'qwen-audio-3.0-tts-flash';
const TEXT = 'The lamp went out. Who is there? Nobody answered.';
const SAMPLE = new URL('../../../manifests/hello/voices/narrator.wav', import.meta.url);

let simulator: Simulator;
let whole: { audio: Buffer; take: SpokenTake };

const engineAt = (at: Simulator, maxSessions = 1): Engine =>
  createInferenceEngine({
    enrolment: {
      httpBaseUrl: at.httpBaseUrl,
      apiKey: KEY,
      limiter: newGate(),
      polling: { firstMs: 5, mostMs: 10, limitMs: 2_000 },
    },
    sessions: {
      inferenceUrl: at.inferenceUrl,
      inferenceHttpUrl: at.httpBaseUrl,
      apiKey: KEY,
      maxSessions,
      rampMs: 0,
      idleTimeoutMs: 600,
      elsewhereRetryMs: [],
    },
  });

/** Speaks with a voice that the simulator adopts; it sounds the same at every simulator. */
async function speakAt(at: Simulator, model = MODEL) {
  const engine = engineAt(at);
  const pieces: Buffer[] = [];
  const request = {
    model,
    voiceId: `${model}-ada-0123`,
    languageType: 'en',
    sampleRateHz: 24_000,
    text: TEXT,
    seed: 7,
  };
  try {
    const take = await engine.speaker.speak(request, { onAudio: (piece) => void pieces.push(piece) });
    return { take, audio: Buffer.concat(pieces) };
  } finally {
    await engine.speaker.close();
  }
}

async function withSimulator<T>(options: SimulatorOptions, work: (at: Simulator) => Promise<T>): Promise<T> {
  const at = await startSimulator({
    apiKeys: [KEY],
    voiceEngine: 'tones',
    ...options,
    behaviour: { adoptVoices: true, ...options.behaviour },
  });
  try {
    return await work(at);
  } finally {
    await at.close();
  }
}

const failing = (promise: Promise<unknown>): Promise<PipelineError> =>
  promise.then(
    () => expect.fail('should have failed'),
    (error: PipelineError) => error,
  );

beforeAll(async () => {
  simulator = await startSimulator({ apiKeys: [KEY], voiceEngine: 'tones', behaviour: { adoptVoices: true } });
  whole = await speakAt(simulator);
});
afterAll(() => simulator?.close());

describe('the same take whatever the unknown', () => {
  test('a whole take with its words', () => {
    expect(whole.take.words?.map(({ text }) => text).join(' ')).toBe('The lamp went out Who is there Nobody answered');
    expect(whole.take.byteLength).toBe(whole.audio.length);
  });

  test.each<[string, SimulatorOptions['inference']]>([
    ['frames of an odd number of bytes', { frameBytes: 201 }],
    ['sentences cut at commas', { cutAt: 'comma' }],
    ['words that grow', { words: 'growing' }],
    ['times counted from the task', { wordTimes: 'task' }],
    ['a last sentence without its text', { lastOriginalText: false }],
    ['usage of both kinds', { usage: 'both' }],
    ['usage at the ends of sentences', { usageIn: 'sentence-end' }],
    ['usage at the end only', { usageIn: 'finished' }],
    ['results at the top of the payload', { resultsIn: 'payload' }],
    ['results at both places', { resultsIn: 'both' }],
  ])('%s', async (_what, inference) => {
    const { take, audio } = await withSimulator({ inference }, speakAt);
    expect(audio.equals(whole.audio)).toBe(true);
    expect(take).toMatchObject({ usage: whole.take.usage, words: whole.take.words });
  });

  test.each<[string, SimulatorOptions['inference']]>([
    ['no word times', { words: 'none' }],
    ['empty word times', { words: 'empty' }],
    ['word times refused, as by the rules of July', { rules30: 'july' }],
  ])('%s', async (_what, inference) => {
    const { take, audio } = await withSimulator({ inference }, speakAt);
    expect(audio.equals(whole.audio)).toBe(true);
    expect(take.words).toBeUndefined();
  });
});

describe('faults', () => {
  test.each<[FaultKind, string]>([
    ['lost-sentence', 'take-incomplete'],
    ['finished-without-audio', 'take-incomplete'],
    ['foreign-frames', 'protocol-violation'],
    ['drop', 'session-lost'],
    ['close', 'session-lost'],
    ['stall', 'session-lost'],
    ['error-event', 'service-failed'],
    ['fail-at-start', 'service-failed'],
    ['silent-start', 'session-lost'],
    ['throttle-event', 'throttled'],
    ['throttle-close', 'throttled'],
    ['content-refusal', 'text-refused'],
  ])('%s is %s', async (kind, code) => {
    expect(await failing(withSimulator({ faults: [{ kind }] }, speakAt))).toMatchObject({ code });
  });

  test.each<FaultKind>(['foreign-events', 'odd-delta'])('%s does no harm', async (kind) => {
    const { audio } = await withSimulator({ faults: [{ kind }] }, speakAt);
    expect(audio.equals(whole.audio)).toBe(true);
  });
});

describe('a model that has gone', () => {
  test.each(['access-denied', 'not-found', 'close'] as const)('told by %s', async (retiredForm) => {
    const gone = withSimulator({ inference: { retired: [MODEL], retiredForm } }, speakAt);
    expect(await failing(gone)).toMatchObject({ code: 'model-unknown', retry: 'never' });
  });

  test('told by silence', async () => {
    const model = 'qwen-audio-9.9-tts';
    const gone = withSimulator({ inference: { retiredForm: 'silence' } }, (at) => speakAt(at, model));
    expect(await failing(gone)).toMatchObject({ code: 'model-unknown', retry: 'never' });
  });

  test.each(['access-denied', 'not-found', 'invalid', 'close', 'silence'] as const)(
    'by %s after one text, though thirty are ready on eight connections and the table has the model',
    async (retiredForm) => {
      await withSimulator({ inference: { retired: [MODEL], retiredForm } }, async (at) => {
        const { speaker } = engineAt(at, 8);
        const request = { model: MODEL, voiceId: `${MODEL}-ada-0123`, languageType: 'en', sampleRateHz: 24_000 };
        const texts = Array.from({ length: 30 }, (_, line) => `Line ${line}.`);
        const all = texts.map((text) => failing(speaker.speak({ ...request, text }, { onAudio: () => undefined })));
        const codes = (await Promise.all(all)).map(({ code }) => code);
        expect(new Set(codes)).toEqual(new Set(['model-unknown']));
        expect(speaker.stats().commits).toBe(1);
        await speaker.close();
      });
    },
  );
});

describe('voices', () => {
  const create = async (at: Simulator) => {
    const engine = engineAt(at);
    const audio = { bytes: await readFile(SAMPLE), mediaType: 'audio/wav' };
    const request = { model: MODEL, preferredName: 'sim1', audio, sampleSeconds: 12 };
    return { engine, request };
  };

  test('that take a while', async () => {
    await withSimulator({ inference: { deployingPolls: 3 } }, async (at) => {
      const { engine, request } = await create(at);
      const { voiceId } = await engine.enrolment.create(request);
      expect(await engine.enrolment.findByName({ preferredName: 'sim1', model: MODEL })).toMatchObject({ voiceId });
      expect(engine.enrolment.counts().list).toBeGreaterThan(3);
    });
  });

  test('that are refused in the end', async () => {
    await withSimulator({ inference: { deployingPolls: 1, deployedAs: 'UNDEPLOYED' } }, async (at) => {
      const { engine, request } = await create(at);
      expect(await failing(engine.enrolment.create(request))).toMatchObject({ code: 'sample-refused' });
      expect(await engine.enrolment.listAll()).toEqual([]);
    });
  });

  test('whose answer was lost are found, and the older of two is taken', async () => {
    await withSimulator({ faults: [{ kind: 'lost-answer', nth: 1 }], inference: { listCap: 1 } }, async (at) => {
      const { engine, request } = await create(at);
      expect(await failing(engine.enrolment.create(request))).toMatchObject({ code: 'service-unreachable' });
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const second = await engine.enrolment.create(request);
      const found = await engine.enrolment.findByName({ preferredName: 'sim1', model: MODEL });
      expect(found?.voiceId).not.toBe(second.voiceId);
      expect(found?.others).toEqual([second.voiceId]);
    });
  });
});
