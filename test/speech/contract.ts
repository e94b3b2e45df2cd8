/**
 * What we rely on, asked of each engine with a real other end: the simulator in every run, the service itself when a key is
 * given, one's own server when its address is. At the service it costs one enrolled voice and some 60 characters of speech:
 * about 0.02 CNY (contract.test.ts counts it).
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PipelineError } from '../../src/errors.ts';
import type { RateLimiter } from '../../src/limits.ts';
import { MODELS } from '../../src/models.ts';
import { memoryRateLimiter } from '../../src/queue/limits/limits-memory.ts';
import { perSecond } from '../../src/queue/limits/rate-limit.ts';
import type { Engine, SpokenSample, SpokenTake } from '../../src/speech/engine.ts';

/** The other end. */
export interface Target {
  /** An engine with this key; default: the right one. */
  engine: (apiKey?: string) => Engine;
  simulated: boolean;
  close: () => Promise<void>;
}

/** What differs between engines. */
export interface Terms {
  /** A model that counts characters, where the engine counts. */
  model: string;
  /** A model that the voice cannot speak with, and how that is refused. */
  otherModel: string;
  otherModelCode: 'voice-not-found' | 'model-unknown';
  preferredName: string;
  /** A voice that nobody has. */
  missingVoice: string;
  /** Voices are kept at the service, over a connection that counts; otherwise the sample goes with each text. */
  keepsVoices: boolean;
  can: {
    languageType: string;
    outputRateHz: number;
    takesSeed: boolean;
    tellsWordTimes: boolean;
  };
}

/** What the table of models says that a model can do. */
export function abilities(model: string): Terms['can'] {
  const row = MODELS[model] ?? expect.fail(`no model ${model}`);
  const { languages, outputRateHz, takesSeed = false, tellsWordTimes = false } = row;
  return { languageType: languages['en'] ?? 'Auto', outputRateHz, takesSeed, tellsWordTimes };
}

const SAMPLE = new URL('../../manifests/hello/voices/narrator.wav', import.meta.url);
/** The limit of both enrollment services; nobody else uses the account of a test. */
export const newGate = (): RateLimiter => memoryRateLimiter(perSecond(10), new AbortController().signal);

/** Runs the contract against what `open` opens; `further` adds what only this engine promises. */
export function speechContract<Opened extends Target>(
  name: string,
  {
    open,
    terms,
    further = () => undefined,
  }: {
    open: () => Promise<Opened>;
    terms: Terms;
    further?: (opened: () => { target: Opened; voiceId: string }) => void;
  },
): void {
  const { model, otherModel, preferredName, missingVoice, keepsVoices, can } = terms;

  describe(`the speech contract, ${name}`, { timeout: 120_000 }, () => {
    let target: Opened;
    let engine: Engine;
    let audio: SpokenSample;
    let voiceId = '';

    beforeAll(async () => {
      target = await open();
      engine = target.engine();
      audio = { bytes: await readFile(SAMPLE), mediaType: 'audio/wav' };
      const made = await engine.enrolment.create({ model, preferredName, audio, sampleSeconds: 12, language: 'en' });
      voiceId = made.voiceId;
      expect(made.simulated).toBe(target.simulated);
    }, 120_000);

    afterAll(async () => {
      if (voiceId !== '' && keepsVoices) await engine.enrolment.delete(voiceId);
      await engine?.speaker.close();
      await target?.close();
    }, 120_000);

    const say = (
      text: string,
      of: { from?: Engine; model?: string; sample?: SpokenSample; onAudio?: (chunk: Buffer) => void } = {},
    ) => {
      const { from = engine, sample = audio, onAudio = () => undefined } = of;
      const { languageType, outputRateHz: sampleRateHz } = can;
      const request = { model: of.model ?? model, voiceId, languageType, sampleRateHz, text };
      const more = { ...(can.takesSeed && { seed: 7 }), ...(!keepsVoices && { sample: async () => sample }) };
      return from.speaker.speak({ ...request, ...more }, { onAudio });
    };

    test('a voice is found again, model for model', async () => {
      if (keepsVoices) {
        const found = await engine.enrolment.findByName({ preferredName, model });
        expect(found).toMatchObject({ voiceId, model, simulated: target.simulated });
        expect(await engine.enrolment.findByName({ preferredName, model: otherModel })).toBeUndefined();
        expect((await engine.enrolment.list({ pageSize: 1, pageIndex: 0 })).voices).toHaveLength(1);
        expect((await engine.enrolment.listAll()).map((voice) => voice.voiceId)).toContain(voiceId);
        return;
      }
      // It is its sample and the words of it, whatever its name.
      const create = (transcript?: string) =>
        engine.enrolment.create({ model, preferredName: 'another', audio, transcript });
      expect((await create()).voiceId).toBe(voiceId);
      expect((await create('Its words.')).voiceId).not.toBe(voiceId);
    });

    test('text after text, each whole and with its own usage, over one connection where the engine has one', async () => {
      const takes: SpokenTake[] = [];
      for (const text of ['The lamp went out.', 'Who is there?']) {
        let byteLength = 0;
        const take = await say(text, {
          onAudio: (chunk) => {
            byteLength += chunk.length;
          },
        });
        expect(take.byteLength).toBe(byteLength);
        expect(byteLength / 2 / can.outputRateHz).toBeGreaterThan(0.3);
        // One's own server may count, or not, and costs nothing.
        if (keepsVoices) expect(take.usage).toEqual({ characters: text.length });
        expect(take.simulated).toBe(target.simulated);
        expect(take.seed).toBe(can.takesSeed ? 7 : undefined);
        takes.push(take);
      }
      expect(engine.speaker.stats()).toMatchObject({ spoken: 2, throttled: 0 });
      if (!keepsVoices) return;
      expect(takes[0]?.sessionId).toBe(takes[1]?.sessionId);
      expect(takes[0]?.responseId).not.toBe(takes[1]?.responseId);
      expect(engine.speaker.stats()).toMatchObject({ opened: 1, commits: 2 });
    });

    test('word times, where they are told, lie in order within the audio', async () => {
      const { words = [], byteLength } = await say('One lamp. Two.');
      const seconds = byteLength / 2 / can.outputRateHz;
      for (const [index, { startSeconds, endSeconds }] of words.entries()) {
        expect(startSeconds).toBeGreaterThanOrEqual(words[index - 1]?.startSeconds ?? 0);
        expect(endSeconds).toBeGreaterThanOrEqual(startSeconds);
        expect(endSeconds).toBeLessThanOrEqual(seconds);
      }
      if (target.simulated)
        expect(words.map(({ text }) => text)).toEqual(can.tellsWordTimes ? ['One', 'lamp', 'Two'] : []);
    });

    test('a voice does not speak with another model', async () => {
      const refused = { code: terms.otherModelCode, retry: 'never' };
      expect(await failing(say('Hello.', { model: otherModel }))).toMatchObject(refused);
    });

    test('a missing voice cannot be deleted', async () => {
      const deleting = engine.enrolment.delete(missingVoice);
      expect(await failing(deleting)).toMatchObject({ code: 'voice-not-found', retry: 'never' });
    });

    test('a sample that is no audio is refused', async () => {
      const noAudio = { bytes: Buffer.from('not audio at all'), mediaType: 'audio/wav' };
      // Where the sample goes with each text, the first text finds out.
      const using = keepsVoices
        ? engine.enrolment.create({ model, preferredName, audio: noAudio })
        : say('Hello.', { sample: noAudio });
      expect(await failing(using)).toMatchObject({ code: 'sample-refused', retry: 'never' });
    });

    test('a wrong key is refused at both doors', async () => {
      const stranger = target.engine('sk-00000000000000000000000000000000');
      const refused = { code: 'key-refused', retry: 'never' };
      expect(await failing(stranger.enrolment.list({ pageSize: 1, pageIndex: 0 }))).toMatchObject(refused);
      expect(await failing(say('Hello.', { from: stranger }))).toMatchObject(refused);
    });

    further(() => ({ target, voiceId }));
  });
}

function failing(promise: Promise<unknown>): Promise<PipelineError> {
  return promise.then(
    () => expect.fail('should have been refused'),
    (error: PipelineError) => error,
  );
}
