/** What the program relies on, asked of a server with `POST /v1/audio/speech` that clones: the simulator, or a real one. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PipelineError } from '../../../src/errors.ts';
import type { Engine, SpokenSample } from '../../../src/speech/engine.ts';

/** The other end. */
export interface OwnTarget {
  engine: Engine;
  model: string;
  simulated: boolean;
  close: () => Promise<void>;
}

const SAMPLE = new URL('../../../manifests/hello/voices/narrator.wav', import.meta.url);

/** Runs the contract against what `open` opens. */
export function ownServerContract(name: string, open: () => Promise<OwnTarget>): void {
  describe(`the contract of an own server, ${name}`, { timeout: 300_000 }, () => {
    let target: OwnTarget;
    let sample: SpokenSample;
    let voiceId = '';

    beforeAll(async () => {
      target = await open();
      sample = { bytes: await readFile(SAMPLE), mediaType: 'audio/wav' };
      const made = await target.engine.enrolment.create({ model: target.model, preferredName: 'c', audio: sample });
      voiceId = made.voiceId;
      expect(made.simulated).toBe(target.simulated);
    }, 300_000);

    afterAll(async () => {
      await target?.engine.speaker.close();
      await target?.close();
    });

    const speak = async (text: string, seed: number) => {
      const pieces: Buffer[] = [];
      const request = { model: target.model, voiceId, languageType: 'English', sampleRateHz: 24_000 };
      const take = await target.engine.speaker.speak(
        { ...request, text, seed, sample: async () => sample },
        { onAudio: (chunk) => void pieces.push(Buffer.from(chunk)) },
      );
      return { take, pcm: Buffer.concat(pieces) };
    };

    test('the ID of a voice follows from its sample', async () => {
      const create = (audio: SpokenSample, transcript?: string) =>
        target.engine.enrolment.create({ model: target.model, preferredName: 'd', audio, transcript });
      expect((await create(sample)).voiceId).toBe(voiceId);
      expect((await create(sample, 'Its words.')).voiceId).not.toBe(voiceId);
      expect(voiceId).toMatch(/^sample-[0-9a-f]{16}$/);
    });

    test('text after text, each whole', async () => {
      for (const text of ['The lamp went out.', 'Who is there?']) {
        const { take, pcm } = await speak(text, 5);
        expect(take).toMatchObject({ byteLength: pcm.length, simulated: target.simulated, seed: 5 });
        expect(pcm.length / 48_000).toBeGreaterThan(0.3);
      }
      expect(target.engine.speaker.stats()).toMatchObject({ spoken: 2, throttled: 0 });
    });

    test('a missing voice cannot be deleted', async () => {
      const failing = target.engine.enrolment.delete('nobody').catch((error: PipelineError) => error);
      expect(await failing).toMatchObject({ code: 'voice-not-found', retry: 'never' });
    });

    test('a model that is not there', async () => {
      const request = { model: 'no/such-model', voiceId, languageType: 'English', sampleRateHz: 24_000, text: 'A.' };
      const failing = target.engine.speaker.speak(
        { ...request, sample: async () => sample },
        { onAudio: () => undefined },
      );
      expect(await failing.catch((error: PipelineError) => error)).toMatchObject({
        code: 'model-unknown',
        retry: 'never',
      });
    });
  });
}
