/**
 * What our client relies on, asked of a real other end: the simulator in every run, the service itself when a key is
 * given. Costs one enrolled voice and some 60 characters of speech: about 0.02 CNY (contract.test.ts counts it).
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PipelineError } from '../../src/errors.ts';
import type { RateLimiter } from '../../src/limits.ts';
import { createEnrolmentClient } from '../../src/speech/dashscope-realtime/enrolment.ts';
import { openSession } from '../../src/speech/dashscope-realtime/session.ts';
import { createSessionPool } from '../../src/speech/dashscope-realtime/session-pool.ts';
import type { EnrolmentClient } from '../../src/speech/engine.ts';

/** The other end. */
export interface Target {
  httpBaseUrl: string;
  realtimeUrl: string;
  apiKey: string;
  simulated: boolean;
  close: () => Promise<void>;
}

const MODEL = 'qwen3-tts-vc-realtime-2026-01-15';
const OTHER_MODEL = 'qwen3-tts-vc-realtime-2025-11-27';
const SAMPLE = new URL('../../manifests/hello/voices/narrator.wav', import.meta.url);
const NAME = `contract_${process.pid % 100_000}`;
/** Nobody else uses the account of a test, and nine calls are no load. */
const GATE: RateLimiter = { acquire: async () => () => undefined, pauseFor: async () => undefined };

/** Runs the contract against what `open` opens. */
export function speechContract(name: string, open: () => Promise<Target>): void {
  describe(`the speech contract, ${name}`, { timeout: 120_000 }, () => {
    let target: Target;
    let enrolment: EnrolmentClient;
    let voiceId = '';

    beforeAll(async () => {
      target = await open();
      enrolment = createEnrolmentClient({ ...target, limiter: GATE });
      const audio = { bytes: await readFile(SAMPLE), mediaType: 'audio/wav' };
      const made = await enrolment.create({ model: MODEL, preferredName: NAME, audio });
      voiceId = made.voiceId;
      expect(made.simulated).toBe(target.simulated);
    }, 120_000);

    afterAll(async () => {
      if (voiceId !== '') await enrolment.delete(voiceId);
      await target?.close();
    }, 120_000);

    const settings = () =>
      ({ voice: voiceId, language_type: 'English', response_format: 'pcm', sample_rate: 24_000 }) as const;

    test('an enrolled voice is found by its name, model for model', async () => {
      const found = await enrolment.findByName({ preferredName: NAME, model: MODEL });
      expect(found?.voiceId).toBe(voiceId);
      expect(await enrolment.findByName({ preferredName: NAME, model: OTHER_MODEL })).toBeUndefined();
      expect((await enrolment.list({ pageSize: 1, pageIndex: 0 })).voices).toHaveLength(1);
    });

    test('commit mode: text after text over one session, each with its own usage', async () => {
      const pool = createSessionPool({ ...target, maxSessions: 1 });
      const request = { model: MODEL, voiceId, languageType: 'English', sampleRateHz: 24_000 };
      try {
        const takes = [];
        for (const text of ['The lamp went out.', 'Who is there?']) {
          let byteLength = 0;
          const take = await pool.speak(
            { ...request, text },
            {
              onAudio: (chunk) => {
                byteLength += chunk.length;
              },
            },
          );
          expect(take.byteLength).toBe(byteLength);
          expect(byteLength / 48_000).toBeGreaterThan(0.3);
          expect(take.usage).toEqual({ characters: text.length });
          expect(take.simulated).toBe(target.simulated);
          takes.push(take);
        }
        expect(takes[0]?.sessionId).toBe(takes[1]?.sessionId);
        expect(takes[0]?.responseId).not.toBe(takes[1]?.responseId);
        expect(pool.stats()).toMatchObject({ opened: 1, spoken: 2, commits: 2, throttled: 0 });
      } finally {
        await pool.close();
      }
    });

    test('server_commit mode: all of the text is spoken before the session is finished', async () => {
      const session = await openSession({
        ...target,
        model: MODEL,
        settings: { ...settings(), mode: 'server_commit' },
      });
      const spoken = await session.speakAll({ texts: ['The wind rose. ', 'Nobody slept.'], onAudio: () => undefined });
      expect(spoken.responses.length).toBeGreaterThan(0);
      expect(spoken.byteLength / 48_000).toBeGreaterThan(0.8);
    });

    test('a voice does not speak with another model', async () => {
      const opening = openSession({ ...target, model: OTHER_MODEL, settings: { ...settings(), mode: 'commit' } });
      const speaking = opening.then((session) => session.speak({ text: 'Hello.', onAudio: () => undefined }));
      expect(await failing(speaking)).toMatchObject({ code: 'voice-not-found', retry: 'never' });
    });

    test('a missing voice cannot be deleted', async () => {
      const gone = 'qwen-tts-vc-nobody-voice-20250812105009984-838b';
      expect(await failing(enrolment.delete(gone))).toMatchObject({ code: 'voice-not-found', retry: 'never' });
    });

    test('a sample that is no audio is refused', async () => {
      const audio = { bytes: Buffer.from('not audio at all'), mediaType: 'audio/wav' };
      expect(await failing(enrolment.create({ model: MODEL, preferredName: NAME, audio }))).toMatchObject({
        code: 'sample-refused',
        retry: 'never',
      });
    });

    test('a wrong key is refused at both doors', async () => {
      const wrong = { ...target, apiKey: 'sk-00000000000000000000000000000000' };
      const refused = { code: 'key-refused', retry: 'never' };
      const listing = createEnrolmentClient({ ...wrong, limiter: GATE }).list({ pageSize: 1, pageIndex: 0 });
      expect(await failing(listing)).toMatchObject(refused);
      const opening = openSession({ ...wrong, model: MODEL, settings: { ...settings(), mode: 'commit' } });
      expect(await failing(opening)).toMatchObject(refused);
    });
  });
}

function failing(promise: Promise<unknown>): Promise<PipelineError> {
  return promise.then(
    () => expect.fail('should have been refused'),
    (error: PipelineError) => error,
  );
}
