/** Cloning on CrispASR: recordings are uploaded under the name of their content. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../../src/simulator/server.ts';
import { createOpenAiSpeechEngine } from '../../../src/speech/openai-speech/engine.ts';
import type { OpenAiSpeechOptions } from '../../../src/speech/openai-speech/options.ts';
import { speechLike, wav } from '../../simulator/rig.ts';

const MODEL = 'Qwen/Qwen3-TTS-12Hz-1.7B-Base';
const SAMPLE = { bytes: wav(speechLike({ seconds: 4, rateHz: 16_000 }), { rateHz: 16_000 }), mediaType: 'audio/wav' };
const REQUEST = { model: MODEL, preferredName: 'mara', audio: SAMPLE, transcript: 'These are the words that I say.' };
const STATED = { consent: 'She agreed.', marking: 'in the imprint' };

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

async function open(options: Partial<OpenAiSpeechOptions> = STATED) {
  simulator ??= await startSimulator({ voiceEngine: 'tones', openaiSpeech: { profile: 'crispasr' } });
  return createOpenAiSpeechEngine({ url: simulator.openaiSpeechUrl, profile: 'crispasr', simulated: true, ...options });
}
const uploads = () => simulator?.metrics().openaiSpeech.voices.uploads;
const speak = (engine: Awaited<ReturnType<typeof open>>, voiceId: string) =>
  engine.speaker.speak(
    { model: MODEL, voiceId, languageType: 'en', sampleRateHz: 24_000, text: 'The lamp was out.' },
    { onAudio: () => undefined },
  );

test('a recording is uploaded once, whoever asks, and speaks; a lost one is told before a text is sent', async () => {
  const one = await open();
  const { voiceId } = await one.enrolment.create(REQUEST);
  const another = await open();
  expect((await another.enrolment.create(REQUEST)).voiceId).toBe(voiceId);
  expect(uploads()).toBe(1);
  expect((await speak(another, voiceId)).byteLength).toBeGreaterThan(10_000);

  expect(await one.enrolment.delete(voiceId)).toEqual({ simulated: true });
  const later = await open();
  await expect(speak(later, voiceId)).rejects.toMatchObject({ code: 'voice-not-found' });
  expect(later.speaker.stats().commits).toBe(0);
  await expect(one.enrolment.delete(voiceId)).rejects.toMatchObject({ code: 'voice-not-found' });
  expect([one, another].map(({ enrolment }) => enrolment.counts().enroll)).toEqual([1, 0]);
});

test('refused before anything is sent: no consent, and a recording that is no WAV', async () => {
  simulator = undefined;
  const silent = await open({ marking: 'in the imprint' });
  await expect(silent.enrolment.create(REQUEST)).rejects.toMatchObject({
    code: 'service-refused',
    message: expect.stringContaining('PIPELINE_SPEECH_CONSENT'),
  });
  const audio = { bytes: SAMPLE.bytes, mediaType: 'audio/mpeg' };
  await expect((await open()).enrolment.create({ ...REQUEST, audio })).rejects.toMatchObject({
    code: 'sample-refused',
    message: expect.stringContaining('WAV'),
  });
  expect(uploads()).toBe(0);
});

test('a server that takes no uploads: the way on is its folder', async () => {
  const bare = createServer((request, response) => {
    if (request.url === '/v1/models') response.end(JSON.stringify({ data: [{ id: MODEL }] }));
    else if (request.method === 'GET') response.end('{"voices":[]}');
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => bare.listen(0, '127.0.0.1', done));
  try {
    const url = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/v1`;
    const { enrolment } = createOpenAiSpeechEngine({ url, profile: 'crispasr', ...STATED });
    await expect(enrolment.create(REQUEST)).rejects.toMatchObject({
      code: 'service-refused',
      message: expect.stringMatching(/--voice-dir.*voice: NAME/),
    });
  } finally {
    bare.close();
  }
});
