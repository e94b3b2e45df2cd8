/** Every command besides `run` with a server of one's own: doctor, voices, watch, workers and retry. */
import { cp, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { ownAccount } from '../../src/account.ts';
import { ownServerCheck } from '../../src/cli/doctor/own-server-check.ts';
import { serviceOfSubmission } from '../../src/composition/own-server.ts';
import { readConfig } from '../../src/config/config.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { startRedis } from '../queue/redis-server.ts';
import { makeRig, type Rig, SAMPLES } from './rig.ts';

const redis = await startRedis();
let rig: Rig;
let simulator: Simulator;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  simulator = await startSimulator({ voiceEngine: 'tones' });
  env = { PIPELINE_SPEECH_URL: simulator.openaiSpeechUrl };
});
afterAll(async () => {
  await simulator.close();
  await redis?.stop();
});
beforeEach(async () => {
  rig = await makeRig();
  await cp(SAMPLES, rig.path('voices'), { recursive: true });
  await rig.write(
    'book.yaml',
    `book: {title: Own, language: en}
engine: openai-speech
model: Qwen/Qwen3-TTS-12Hz-1.7B-Base
characters:
  narrator: {sample: voices/narrator.wav, transcript: Words of the sample.}
chapters:
  - title: One
    text: |
      The lamp went out.

      Nobody had seen it go.
output: {formats: [wav]}
`,
  );
});
afterEach(async () => {
  await rig.destroy();
  await simulator.reset();
});

type Setting = NonNullable<Parameters<Simulator['set']>[0]['openaiSpeech']>;
const GOOD: Setting = { profile: 'vllm-omni', ignoresRefAudio: false, model: 'Qwen/Qwen3-TTS-12Hz-1.7B-Base' };

describe('doctor', () => {
  it.each<[string, Setting, NodeJS.ProcessEnv, object]>([
    ['a server that clones', {}, {}, { state: 'ok', found: expect.stringContaining('uses the sample') }],
    [
      'one that ignores samples',
      { ignoresRefAudio: true },
      {},
      { state: 'warn', fix: expect.stringContaining('Base checkpoint') },
    ],
    [
      'a model that cannot clone',
      { model: 'Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice' },
      {},
      { state: 'warn', fix: expect.stringContaining('Base checkpoint') },
    ],
    [
      'CrispASR',
      { profile: 'crispasr' },
      { PIPELINE_SPEECH_PROFILE: 'crispasr' },
      { state: 'ok', found: expect.stringContaining('vivian'), fix: expect.stringContaining('voice: NAME') },
    ],
    [
      'nobody there',
      {},
      { PIPELINE_SPEECH_URL: 'http://127.0.0.1:9/v1' },
      { state: 'warn', fix: expect.stringContaining('PIPELINE_SPEECH_URL') },
    ],
  ])('%s', async (_name, openaiSpeech, more, finding) => {
    simulator.set({ openaiSpeech: { ...GOOD, ...openaiSpeech } });
    expect(await ownServerCheck(readConfig({}, { ...env, ...more }))).toMatchObject(finding);
    simulator.set({ openaiSpeech: GOOD });
  });

  test('says nothing of a server that is not set up', async () => {
    expect(await ownServerCheck(readConfig({}, {}))).toBeUndefined();
  });
});

test('voices: the server keeps none that were cloned, and lists its own', { timeout: 60_000 }, async () => {
  const listed = await rig.run(['voices', 'list'], env);
  expect(listed.stdout).toContain('vivian');
  expect(listed.stdout).toContain('keeps no cloned voices');
  const json = JSON.parse((await rig.run(['voices', 'list', '--json'], env)).stdout) as { voices: object[] };
  expect(json.voices[0]).toMatchObject({ voice: 'vivian', state: 'server' });
  const enrolled = await rig.run(['voices', 'enroll', 'voices/narrator.wav', '--model', 'Qwen/any'], env);
  expect([enrolled.code, enrolled.stderr]).toEqual([2, expect.stringContaining('sample: FILE')]);
  const checked = await rig.run(['voices', 'check', 'voices/narrator.wav', '--json'], env);
  expect(JSON.parse(checked.stdout)).toMatchObject({ ok: true, model: 'openai-speech' });
});

test('watch makes a dropped book', { timeout: 120_000 }, async () => {
  await mkdir(rig.path('inbox'));
  const watching = rig.start(['watch', 'inbox'], env);
  await watching.line('Watching');
  await mkdir(rig.path('ready'));
  for (const name of ['book.yaml', 'voices']) await rename(rig.path(name), rig.path('ready', name));
  await rename(rig.path('ready'), rig.path('inbox', 'own'));
  await expect
    .poll(() => readdir(rig.path('inbox', 'done', 'Own')).catch(() => []), { timeout: 60_000 })
    .toContain('01 - One.wav');
  watching.child.kill('SIGTERM');
  expect((await watching.done).code).toBe(0);
  expect(simulator.spokenTexts().get('The lamp went out.')).toBe(1);
});

test.skipIf(redis === undefined)(
  'a worker makes a submitted book, and retry what failed',
  { timeout: 120_000 },
  async () => {
    const shared = { ...env, REDIS_URL: redis!.url };
    simulator.set({ faults: [{ kind: 'content-refusal', text: 'Nobody' }] });
    const worker = rig.start(['worker'], shared);
    await worker.line('is ready');
    const submitted = await rig.run(['run', 'book.yaml', '--detach', '--json'], shared);
    const { id } = JSON.parse(submitted.stdout.trim().split('\n').at(-1) ?? '') as { id: string };
    expect((await rig.run(['status', id, '--follow'], shared)).code).toBe(1);
    simulator.set({ faults: [] });
    // A key of the service beside it does not hide whose book it is.
    const retried = await rig.run(['retry', id], { ...shared, DASHSCOPE_API_KEY: 'sk-1' });
    expect(retried.code, retried.stderr).toBe(0);
    expect((await rig.run(['status', id, '--follow'], shared)).code).toBe(0);
    worker.child.kill('SIGTERM');
    expect((await worker.done).code).toBe(0);
    expect([...simulator.spokenTexts()]).toContainEqual(['The lamp went out.', 1]);
    expect(JSON.parse(String(await readFile(rig.path('out', 'Own', 'report.json'))))).toMatchObject({ complete: true });
  },
);

test('the account of a submission is found among the own server and the service', async () => {
  const config = readConfig({}, { ...env, DASHSCOPE_API_KEY: 'sk-1' });
  const { url = '', profile } = config.ownServer;
  const own = ownAccount({ url, profile, simulated: true });
  expect((await serviceOfSubmission(config, own.id)).account.id).toBe(own.id);
  expect((await serviceOfSubmission(config, 'another')).account.profile).toBeUndefined();
});
