/** A book with `engine: openai-speech`: run, run again, another server, and a server that ignores the sample. */
import { cp } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { makeRig, queueInRedis, type Rig, SAMPLES } from './rig.ts';

queueInRedis();

const KEY = 'Zebra/0123456789+crossing=';
const PROBE = 'One, two, three.';
/** Each voice says it first: it shows the pace. */
const PACE = 'The rain fell, but nobody was out.';
let rig: Rig;
let simulator: Simulator;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  rig = await makeRig();
  await cp(SAMPLES, rig.path('voices'), { recursive: true });
  // Words, not tones: a server that does not name itself is heard like a person, and tones are no speech.
  simulator = await startSimulator({ apiKeys: [KEY] });
  env = { PIPELINE_SPEECH_URL: simulator.openaiSpeechUrl, PIPELINE_SPEECH_KEY: KEY };
  await rig.write(
    'book.yaml',
    `book: {title: Own, language: en}
engine: openai-speech
model: Qwen/Qwen3-TTS-12Hz-1.7B-Base
characters:
  narrator: {sample: voices/narrator.wav, transcript: Words of the sample.}
  Mara: {sample: voices/mara.mp3}
chapters:
  - title: One
    text: |
      The lamp went out.

      [Mara] Who is there?
output: {formats: [wav]}
`,
  );
});
afterEach(async () => {
  await simulator.close();
  await rig.destroy();
});

it('is spoken once; nothing of a simulator is used for another server', { timeout: 60_000 }, async () => {
  const first = await rig.runJson(['book.yaml'], env);
  expect(first.code, first.stderr + first.stdout).toBe(0);
  expect([...simulator.spokenTexts()].sort()).toEqual([
    [PROBE, 1],
    ['The lamp went out.', 1],
    [PACE, 2],
    ['Who is there?', 1],
  ]);
  const before = JSON.stringify([...simulator.spokenTexts()]);
  const again = await rig.runJson(['book.yaml'], env);
  expect(again.code).toBe(0);
  expect(JSON.stringify([...simulator.spokenTexts()])).toBe(before);
  // The same address, but another server: it does not name itself the simulator.
  simulator.set({ openaiSpeech: { namesItself: false } });
  const other = await rig.run(['plan', 'book.yaml', '--json'], env);
  expect(JSON.parse(other.stdout)).toMatchObject({ voices: { enroll: 2, reuse: 0 }, segments: { synthesize: 2 } });
  const real = await rig.runJson(['book.yaml'], env);
  expect(real.code).toBe(0);
  expect([...simulator.spokenTexts().values()].sort()).toEqual([2, 2, 2, 4]);
  const plans = [first, again, other, real].map(({ stdout, stderr }) => stdout + stderr).join();
  for (const part of ['Zebra', 'crossing']) expect(plans).not.toContain(part);
});

it('ends before its first line when the server ignores the sample', { timeout: 60_000 }, async () => {
  simulator.set({ openaiSpeech: { ignoresRefAudio: true } });
  const { code, stdout, stderr } = await rig.run(['run', 'book.yaml'], env);
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain('ignores the sample (ref_audio)');
  expect([...simulator.spokenTexts()]).toEqual([[PROBE, 1]]);
});

it('says how the real server speaks after a simulated run', { timeout: 60_000 }, async () => {
  const { code, stdout } = await rig.run(['run', 'book.yaml', '--simulate']);
  expect(code, stdout).toBe(0);
  expect(stdout).toContain('For the real voices, set PIPELINE_SPEECH_URL and omit --simulate.');
});

it('needs an address, and a server that answers', { timeout: 60_000 }, async () => {
  const none = await rig.run(['run', 'book.yaml']);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('PIPELINE_SPEECH_URL');
  const away = { PIPELINE_SPEECH_URL: 'http://127.0.0.1:9/v1' };
  const gone = await rig.run(['run', 'book.yaml'], away);
  expect(gone.code).toBe(3);
  const plan = await rig.run(['plan', 'book.yaml'], away);
  expect(plan.code).toBe(0);
  expect(plan.stderr).toContain('could not be asked');
});
