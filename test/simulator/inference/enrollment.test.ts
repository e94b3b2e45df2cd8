import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import type { InferenceSettings } from '../../../src/simulator/inference/settings.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { afterwards, call, connect, createInput, dataUri, KEY, speechLike, start, wav } from '../rig.ts';
import {
  AUDIO_30,
  CHARACTERS,
  createVoice,
  enroll,
  failure,
  open,
  SAMPLE,
  speak,
  TOKENS,
  taskOf,
  voiceOf,
} from './rig.ts';

const NOW = Date.UTC(2026, 10, 28, 10, 50, 9);
const at16k = (pcm: Int16Array, channels = 1) => dataUri(wav(pcm, { rateHz: 16_000, channels }));

test('create, query, list, update, delete: bodies and counters', async () => {
  let now = NOW;
  const simulator = await start({ now: () => now, inference: { voiceCallsPerSecond: 100 } });
  const created = await enroll(simulator, createVoice());
  expect(created).toEqual({
    status: 200,
    body: {
      output: { voice_id: expect.stringMatching(/^cosyvoice-v3-flash-mara-[0-9a-f]{32}$/) },
      usage: { count: 1 },
      request_id: expect.any(String),
    },
  });
  const voice = created.body.output?.voice_id ?? '';
  const dates = { gmt_create: '2026-11-28 10:50:09', gmt_modified: '2026-11-28 10:50:09' };
  expect((await enroll(simulator, { action: 'query_voice', voice_id: voice })).body).toEqual({
    output: { ...dates, target_model: CHARACTERS, status: 'OK', resource_link: expect.stringMatching(/^https:/) },
    usage: { count: 1 },
    request_id: expect.any(String),
  });
  const other = await voiceOf(simulator, { prefix: 'tom', target_model: TOKENS });
  expect((await enroll(simulator, { action: 'list_voice' })).body.output).toEqual({
    voice_list: [other, voice].map((voice_id) => ({ voice_id, ...dates, status: 'OK' })),
  });
  const listed = async (over: object) => {
    const { body } = await enroll(simulator, { action: 'list_voice', ...over });
    return body.output?.voice_list?.map(({ voice_id }) => voice_id);
  };
  expect(await listed({ prefix: 'mara' })).toEqual([voice]);
  expect(await listed({ page_size: 1, page_index: 1 })).toEqual([voice]);
  now += 1000;
  expect((await enroll(simulator, { action: 'update_voice', voice_id: voice, url: SAMPLE })).body.output).toEqual({});
  expect((await enroll(simulator, { action: 'query_voice', voice_id: voice })).body.output).toMatchObject({
    gmt_create: dates.gmt_create,
    gmt_modified: '2026-11-28 10:50:10',
  });
  expect((await enroll(simulator, { action: 'delete_voice', voice_id: voice })).body.output).toEqual({});
  for (const action of ['query_voice', 'update_voice', 'delete_voice']) {
    expect((await enroll(simulator, { action, voice_id: voice, url: SAMPLE })).body.code).toBe(
      'BadRequest.VoiceNotFound',
    );
  }
  expect(simulator.metrics()).toMatchObject({
    enroll: { calls: 0 },
    voices: 0,
    inference: { voices: 1, enroll: { calls: 12, created: 2, listed: 3, queried: 2, updated: 1, deleted: 1 } },
  });
});

test('the first family on the same path is as it was, with voices and counters of its own', async () => {
  const simulator = await start({ limits: { voices: 1 }, inference: { voices: 1 } });
  await voiceOf(simulator);
  expect((await call(simulator, createInput())).status).toBe(200);
  expect((await enroll(simulator, createVoice())).body).toMatchObject({ code: 'Throttling.AllocationQuota' });
  expect((await call(simulator, { action: 'list' })).body.output?.voice_list).toHaveLength(1);
  expect(simulator.metrics()).toMatchObject({
    enroll: { calls: 2 },
    voices: 1,
    inference: { voices: 1, enroll: { calls: 2 } },
  });
});

describe('refusals', () => {
  const good = speechLike({ seconds: 6, rateHz: 16_000 });
  test.each<[string, Record<string, unknown>, number, string]>([
    ['no action', { action: undefined }, 400, 'InvalidParameter'],
    ["the first family's action", { action: 'create' }, 400, 'InvalidParameter'],
    ['no model', { target_model: undefined }, 400, 'InvalidParameter'],
    ['an unknown model', { target_model: 'x' }, 404, 'ModelNotFound'],
    ["the first family's model", { target_model: 'qwen-tts-vc-realtime-2025-08-20' }, 404, 'ModelNotFound'],
    ['no prefix', { prefix: undefined }, 400, 'InvalidParameter'],
    ['a prefix of 10', { prefix: 'a'.repeat(10) }, 400, 'InvalidParameter'],
    ['an upper-case prefix', { prefix: 'Mara' }, 400, 'InvalidParameter'],
    ['an underscore', { prefix: 'a_b' }, 400, 'InvalidParameter'],
    ['no url', { url: undefined }, 400, 'InvalidParameter'],
    ['audio instead of url', { url: undefined, audio: { data: SAMPLE } }, 400, 'InvalidParameter'],
    ['a public URL', { url: 'https://example.com/a.wav' }, 400, 'BadRequest.InputDownloadFailed'],
    ['the temporary store', { url: 'oss://a/b.wav' }, 400, 'InvalidParameter'],
    ['bare base64', { url: 'UklGRg==' }, 400, 'InvalidParameter'],
    ['hints that are no list', { language_hints: 'zh' }, 400, 'InvalidParameter'],
    ['a prompt of 2.9 s', { max_prompt_audio_length: 2.9 }, 400, 'InvalidParameter'],
    ['a prompt of 30.1 s', { max_prompt_audio_length: 30.1 }, 400, 'InvalidParameter'],
    ['enable_preprocess as text', { enable_preprocess: 'true' }, 400, 'InvalidParameter'],
    ['no sound file', { url: dataUri(Buffer.from('hello, world')) }, 430, 'Audio.DecoderError'],
    ['over 10 MB', { url: dataUri(Buffer.alloc(10 * 1024 * 1024 + 1)) }, 430, 'Audio.FileSizeExceed'],
    ['8 kHz', { url: dataUri(wav(good, { rateHz: 8000 })) }, 430, 'Audio.AudioRateError'],
    ['silence', { url: at16k(new Int16Array(96_000)) }, 430, 'Audio.AudioSilentError'],
    ['4 s', { url: at16k(speechLike({ seconds: 4, rateHz: 16_000 })) }, 430, 'Audio.AudioSilentError'],
    ['over 60 s', { url: at16k(speechLike({ seconds: 61, rateHz: 16_000 })) }, 500, 'InternalError'],
    ['a page below zero', { action: 'list_voice', page_index: -1 }, 400, 'InvalidParameter'],
    ['a page of 1001', { action: 'list_voice', page_size: 1001 }, 400, 'InvalidParameter'],
    ['a query for nothing', { action: 'query_voice' }, 400, 'InvalidParameter'],
  ])('%s', async (_name, over, status, code) => {
    const simulator = await start();
    const { status: seen, body } = await enroll(simulator, createVoice(over));
    expect({ status: seen, code: body.code }).toEqual({ status, code });
    expect(body).toEqual({ code, message: expect.any(String), request_id: expect.any(String) });
    expect(simulator.metrics().inference.voices).toBe(0);
  });

  test('no input; no key', async () => {
    const simulator = await start({ apiKeys: [KEY] });
    expect((await enroll(simulator, undefined)).status).toBe(400);
    expect((await enroll(simulator, createVoice(), 'sk-bad')).status).toBe(401);
  });

  test('edges that are allowed: stereo, 16 kHz, prompts of 3 and 30 s, a wrong hint', async () => {
    const simulator = await start();
    const stereo = Int16Array.from({ length: good.length * 2 }, (_, i) => good[i >> 1]!);
    await voiceOf(simulator, { url: at16k(stereo, 2), max_prompt_audio_length: 3, prefix: '123456789' });
    await voiceOf(simulator, { language_hints: ['xx'], max_prompt_audio_length: 30, enable_preprocess: true });
  });
});

test('only the prompt of a sample shapes the voice: 10 s unless max_prompt_audio_length says more', async () => {
  const simulator = await start();
  const tail = (pitchHz: number) => {
    const [first, rest] = [
      speechLike({ seconds: 10, rateHz: 16_000 }),
      speechLike({ pitchHz, seconds: 10, rateHz: 16_000 }),
    ];
    const pcm = new Int16Array(first.length + rest.length);
    pcm.set(first);
    pcm.set(rest, first.length);
    return at16k(pcm);
  };
  const sound = async (over: Record<string, unknown>) => {
    const voice = await voiceOf(simulator, over);
    return (await speak(await open(simulator), { texts: ['Hello there.'], voice })).audio;
  };
  const [low, high] = [tail(120), tail(240)];
  expect((await sound({ url: low })).equals(await sound({ url: high }))).toBe(true);
  const longer = { max_prompt_audio_length: 20 };
  expect((await sound({ url: low, ...longer })).equals(await sound({ url: high, ...longer }))).toBe(false);
});

test('the first family knows nothing of these models', async () => {
  const simulator = await start();
  expect((await call(simulator, createInput({ target_model: CHARACTERS }))).body.message).toMatch(/target_model/);
  expect(await (await connect(simulator, { model: CHARACTERS })).closed).toMatchObject({ code: 1000 });
});

test('a voice speaks with exactly its own model', async () => {
  const simulator = await start();
  const voice = await voiceOf(simulator, { target_model: AUDIO_30 });
  for (const model of [TOKENS, 'qwen-audio-3.0-tts-plus', CHARACTERS]) {
    const failed = await failure(await open(simulator), [taskOf().run(model, { voice })]);
    expect(failed.message).toBe('[tts:]Engine return error code: 418');
  }
  await speak(await open(simulator), { model: AUDIO_30, texts: ['Hello.'], voice });
});

describe('settings', () => {
  const status = async (simulator: Awaited<ReturnType<typeof start>>, voice: string) =>
    (await enroll(simulator, { action: 'query_voice', voice_id: voice })).body.output?.status;

  test('deployingPolls, deployedAs, deployingVoice', async () => {
    const simulator = await start({ inference: { deployingPolls: 2 } });
    const voice = await voiceOf(simulator);
    expect(await failure(await open(simulator), [taskOf().run(CHARACTERS, { voice })])).toMatchObject({
      message: /418/,
    });
    simulator.set({ inference: { deployingVoice: 'silent' } });
    expect((await speak(await open(simulator), { texts: ['Hello.'], voice })).audio).toHaveLength(0);
    expect(await status(simulator, voice)).toBe('DEPLOYING');
    expect((await enroll(simulator, { action: 'list_voice' })).body.output?.voice_list?.[0]?.status).toBe('DEPLOYING');
    expect(await status(simulator, voice)).toBe('OK');
    expect((await speak(await open(simulator), { texts: ['Hello.'], voice })).audio.length).toBeGreaterThan(0);
    simulator.set({ inference: { deployingPolls: 1, deployedAs: 'UNDEPLOYED', deployingVoice: 'refused' } });
    const bad = await voiceOf(simulator);
    expect([await status(simulator, bad), await status(simulator, bad)]).toEqual(['DEPLOYING', 'UNDEPLOYED']);
    expect(await failure(await open(simulator), [taskOf().run(CHARACTERS, { voice: bad })])).toMatchObject({
      message: /418/,
    });
  });

  test.each<[Partial<InferenceSettings>, Record<string, unknown>, object]>([
    [
      { badSample: '500' },
      { url: dataUri(Buffer.from('hello')) },
      { status: 500, body: { code: 'InternalError', message: 'audio preprocess server error' } },
    ],
    [{ dataUri: false }, {}, { status: 400, body: { message: 'url error, please check url' } }],
    [
      { retired: [CHARACTERS], retiredForm: 'access-denied' },
      {},
      { status: 403, body: { code: 'Endpoint.AccessDenied' } },
    ],
    [{ voices: 0 }, {}, { status: 400, body: { code: 'Throttling.AllocationQuota' } }],
    [{ voiceCallsPerSecond: 0 }, {}, { status: 429, body: { code: 'Throttling.RateQuota' } }],
  ])('%j', async (inference, over, answer) => {
    const simulator = await start({ inference });
    expect(await enroll(simulator, createVoice(over))).toMatchObject(answer);
  });

  test('ten calls a second, apart from the first family; listCap; resourceLink', async () => {
    const simulator = await start({ inference: { listCap: 2, resourceLink: false } });
    const [voice = ''] = await Promise.all([voiceOf(simulator), voiceOf(simulator), voiceOf(simulator)]);
    expect((await enroll(simulator, { action: 'list_voice', page_size: 100 })).body.output?.voice_list).toHaveLength(2);
    expect((await enroll(simulator, { action: 'query_voice', voice_id: voice })).body.output).not.toHaveProperty(
      'resource_link',
    );
    const more = await Promise.all(Array.from({ length: 7 }, () => enroll(simulator, { action: 'list_voice' })));
    expect(more.map(({ status }) => status).filter((status) => status === 429)).toHaveLength(2);
    expect((await call(simulator, { action: 'list' })).status).toBe(200);
    expect(simulator.metrics().inference.enroll).toMatchObject({ calls: 12, throttled: 2, maxInAnySecond: 12 });
  });

  test('adoptVoices: a voice of the form of its model speaks without enrolment', async () => {
    const simulator = await start({ behaviour: { adoptVoices: true } });
    await speak(await open(simulator), { texts: ['Hello.'], voice: `${CHARACTERS}-mara-0123` });
    const failed = await failure(await open(simulator), [taskOf().run(CHARACTERS, { voice: `${TOKENS}-mara-0123` })]);
    expect(failed.message).toMatch(/418/);
  });
});

test('faults: 500, 429, an empty 400, and a voice whose answer is lost', async () => {
  const simulator = await start({
    faults: [
      { kind: 'http-5xx', nth: 1 },
      { kind: 'http-429', nth: 2 },
      { kind: 'empty-body-400', nth: 3 },
      { kind: 'lost-answer', nth: 1 },
    ],
  });
  expect((await enroll(simulator, createVoice())).status).toBe(500);
  expect((await enroll(simulator, createVoice())).status).toBe(429);
  expect(await enroll(simulator, createVoice())).toEqual({ status: 400, body: {} });
  await expect(enroll(simulator, createVoice())).rejects.toThrow();
  expect((await enroll(simulator, { action: 'list_voice' })).body.output?.voice_list).toHaveLength(1);
});

test('an unused voice vanishes after a year', async () => {
  const simulator = await start();
  await voiceOf(simulator);
  simulator.advanceClock(366 * 86_400);
  expect(simulator.metrics().inference.voices).toBe(0);
});

describe('state', () => {
  test('voices survive a restart and sound the same; a file that is not ours is an error', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'simulator-'));
    afterwards(() => rm(stateDir, { recursive: true }));
    const first = await startSimulator({ voiceEngine: 'tones', stateDir });
    const voice = await voiceOf(first);
    const before = (await speak(await open(first), { texts: ['Hello.'], voice })).audio;
    await first.close();
    expect(await readdir(stateDir)).toEqual(['inference-voices.json']);
    const second = await start({ stateDir });
    expect((await speak(await open(second), { texts: ['Hello.'], voice })).audio.equals(before)).toBe(true);
    await writeFile(join(stateDir, 'inference-voices.json'), '{"voices":[{}]}');
    await expect(startSimulator({ voiceEngine: 'tones', stateDir })).rejects.toBeInstanceOf(PipelineError);
  });
});
