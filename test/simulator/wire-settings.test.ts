/** Settings for what the wire may do: a client of the pipeline copes with each of them. */
import { afterEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import type { SimulatorOptions } from '../../src/simulator/settings.ts';
import { createEnrolmentClient } from '../../src/speech/dashscope-realtime/enrolment.ts';
import { createSessionPool } from '../../src/speech/dashscope-realtime/session-pool.ts';
import { speechLike, wav } from './rig.ts';

const MODEL = 'qwen3-tts-vc-realtime-2026-01-15';
const TEXT = 'The boat came in. It was late, and it was cold! Nobody waited for it.';
const SAMPLE = { bytes: wav(speechLike({ seconds: 12 })), mediaType: 'audio/wav' };

let simulator: Simulator;
afterEach(() => simulator.close());

async function open(options: SimulatorOptions = {}) {
  simulator = await startSimulator({ voiceEngine: 'tones', ...options });
  const limiter = { acquire: async () => () => undefined, pauseFor: async () => undefined };
  const enrolment = createEnrolmentClient({ ...simulator, apiKey: 'any', limiter });
  const pool = createSessionPool({ ...simulator, apiKey: 'any', maxSessions: 2, rampMs: 0, listenMs: 100 });
  const create = (preferredName: string) => enrolment.create({ model: MODEL, preferredName, audio: SAMPLE });
  const speak = async (voiceId: string, text: string, languageType = 'English') => {
    const pieces: Buffer[] = [];
    const request = { model: MODEL, voiceId, languageType, sampleRateHz: 24_000, text };
    const take = await pool.speak(request, { onAudio: (piece) => void pieces.push(piece) }).finally(() => pool.close());
    return { take, bytes: Buffer.concat(pieces).length };
  };
  return { enrolment, create, speak };
}

test.each<[string, SimulatorOptions]>([
  ['split commits', { behaviour: { splitCommits: true, responsePauseMs: 20 } }],
  ['odd pieces', { behaviour: { oddDeltas: true } }],
])('%s: the take is complete', async (_name, options) => {
  const { create, speak } = await open(options);
  const { voiceId } = await create('ada');
  const { take, bytes } = await speak(voiceId, TEXT);
  expect(take).toMatchObject({ byteLength: bytes, usage: { characters: TEXT.length } });
  expect(take.shortCount).toBeUndefined();
});

test.each(['Cherry', 'Serena', 'Ethan', 'Chelsie'])('the stock voice %s answers 411', async (voice) => {
  const { speak } = await open();
  await expect(speak(voice, TEXT)).rejects.toMatchObject({ code: 'voice-not-found', message: /411/ });
});

test('a commit over the limit is refused', async () => {
  const { create, speak } = await open({ limits: { commitCharacters: 20 } });
  const { voiceId } = await create('ada');
  await expect(speak(voiceId, TEXT)).rejects.toMatchObject({ code: 'service-refused' });
});

test('pages of the list are capped, and all voices are found', async () => {
  const { create, enrolment } = await open({ limits: { voicesPerPage: 2 } });
  for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name);
  expect(await enrolment.listAll()).toHaveLength(5);
});

test('a sample in Ogg is refused', async () => {
  const { enrolment } = await open();
  const audio = { bytes: Buffer.from('OggS'), mediaType: 'audio/ogg' };
  const refused = enrolment.create({ model: MODEL, preferredName: 'ada', audio });
  await expect(refused).rejects.toMatchObject({ code: 'sample-refused' });
});

test.each([8, 24])('a WAV sample of %s bits is refused, one of 16 is taken', async (bits) => {
  const { enrolment } = await open();
  const make = (of: number) =>
    enrolment.create({ model: MODEL, preferredName: 'ada', audio: { bytes: wavOf(of), mediaType: 'audio/wav' } });
  await expect(make(bits)).rejects.toMatchObject({ code: 'sample-refused' });
  await expect(make(16)).resolves.toMatchObject({ voiceId: expect.any(String) });
});

test('the language "auto" in lower case is refused', async () => {
  const { create, speak } = await open();
  const { voiceId } = await create('ada');
  await expect(speak(voiceId, TEXT, 'auto')).rejects.toMatchObject({ code: 'service-refused' });
});

/** Five seconds of a tone, mono at 24 kHz. */
function wavOf(bits: number): Buffer {
  const [rate, frames, bytes] = [24_000, 120_000, bits / 8];
  const wav = Buffer.alloc(44 + frames * bytes);
  wav.write('RIFF');
  wav.writeUInt32LE(36 + frames * bytes, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * bytes, 28);
  wav.writeUInt16LE(bytes, 32);
  wav.writeUInt16LE(bits, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(frames * bytes, 40);
  for (let frame = 0; frame < frames; frame++) {
    const value = Math.round(Math.sin((2 * Math.PI * 150 * frame) / rate) * 0.3 * (2 ** (bits - 1) - 1));
    wav.writeUIntLE(bits === 8 ? value + 128 : value & (2 ** bits - 1), 44 + frame * bytes, bytes);
  }
  return wav;
}
