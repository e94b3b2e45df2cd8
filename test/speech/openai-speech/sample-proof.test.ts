/** A server that ignores the sample is found out before a line is spoken. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import type { PipelineError } from '../../../src/errors.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/server.ts';
import { createOpenAiSpeechEngine } from '../../../src/speech/openai-speech/engine.ts';
import type { OpenAiSpeechOptions } from '../../../src/speech/openai-speech/options.ts';
import { MODEL } from './scripted.ts';

let simulator: Simulator;
let bytes: Buffer;
beforeAll(async () => {
  simulator = await startSimulator({ voiceEngine: 'tones' });
  bytes = await readFile('manifests/hello/voices/narrator.wav');
});
afterAll(() => simulator.close());

type Setting = NonNullable<Parameters<Simulator['set']>[0]['openaiSpeech']>;
const HONEST = { ignoresRefAudio: false, usageHeaders: true, honorsSeed: true };

async function meet(
  openaiSpeech: Setting,
  { transcript = 'Words.', ...options }: Partial<OpenAiSpeechOptions> & { transcript?: string | null } = {},
) {
  await simulator.reset();
  simulator.set({ openaiSpeech: { ...HONEST, ...openaiSpeech } });
  const engine = createOpenAiSpeechEngine({ url: simulator.openaiSpeechUrl, profile: 'vllm-omni', ...options });
  const sample = { bytes, mediaType: 'audio/wav', ...(transcript !== null && { transcript }) };
  const create = () =>
    engine.enrolment.create({ model: MODEL, preferredName: 'v', audio: sample, transcript: sample.transcript });
  const speak = (text: string) =>
    engine.speaker.speak(
      {
        model: MODEL,
        voiceId: `sample-${'0'.repeat(16)}`,
        languageType: 'English',
        sampleRateHz: 24_000,
        text,
        seed: 1,
        sample: async () => sample,
      },
      { onAudio: () => undefined },
    );
  const spoken = () => [...simulator.spokenTexts()].reduce((sum, [, times]) => sum + times, 0);
  return { engine, create, speak, spoken };
}

it.each([
  ['the tokens of the sample', {}, 'Words.', 1],
  ['the tokens, although the sample has no words', {}, null, 1],
  ['another sample, another sound', { usageHeaders: false }, 'Words.', 3],
] as const)('proven by %s', async (_name, setting, transcript, calls) => {
  const { create, spoken } = await meet(setting, { transcript });
  await create();
  await create();
  expect(spoken()).toBe(calls);
});

it.each([
  ['no token of the sample', { ignoresRefAudio: true }, 1],
  ['the same sound for another sample', { ignoresRefAudio: true, usageHeaders: false }, 2],
  ['nothing that can be compared', { ignoresRefAudio: true, usageHeaders: false, honorsSeed: false }, 3],
])('refused for %s, once for all', async (_name, setting, calls) => {
  const { create, speak, spoken } = await meet(setting);
  const failing = async (work: Promise<unknown>) => work.catch((error: PipelineError) => error);
  const first = await failing(create());
  expect(first).toMatchObject({ code: 'service-refused', retry: 'never' });
  expect((first as Error).message).toMatch(/ignores the sample|Nothing proves/);
  // Also when the voice was made by an earlier run.
  expect(await failing(speak('The first line.'))).toBe(first);
  expect(spoken()).toBe(calls);
  expect(simulator.spokenTexts().has('The first line.')).toBe(false);
});

test('nothing to compare, accepted by the operator', async () => {
  const { create } = await meet({ usageHeaders: false, honorsSeed: false }, { acceptUnproven: true });
  expect((await create()).voiceId).toMatch(/^sample-/);
});

test('a server that ignores the sample later: the take is discarded', async () => {
  const { create, speak } = await meet({});
  await create();
  simulator.set({ openaiSpeech: { ignoresRefAudio: true } });
  await expect(speak('A line.')).rejects.toMatchObject({ code: 'service-refused', retry: 'never' });
});

test('a sample for a strict server is refused with the way out, and nothing is sent', async () => {
  const { create, spoken } = await meet({}, { profile: 'openai-strict' });
  await expect(create()).rejects.toMatchObject({
    code: 'sample-refused',
    message: expect.stringContaining('voice: NAME'),
  });
  expect(spoken()).toBe(0);
});

test('the voices of the server are listed, by name or as objects', async () => {
  for (const voiceList of ['names', 'objects'] as const) {
    const { engine } = await meet({ voiceList });
    expect((await engine.enrolment.listAll()).every(({ voiceId }) => /^\w+$/.test(voiceId))).toBe(true);
    expect((await engine.enrolment.list({ pageSize: 1, pageIndex: 0 })).voices).toHaveLength(1);
  }
});
