import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import {
  afterwards,
  CHARACTER_MODEL,
  call,
  connect,
  createInput,
  dataUri,
  enrolled,
  KEY,
  session,
  speechLike,
  start,
  TOKEN_MODEL,
  wav,
} from './rig.ts';

const quick = { limits: { enrollPerSecond: 1000 } };

test('a voice is created, listed newest first, spoken with and deleted', async () => {
  const simulator = await start({ ...quick, now: () => Date.UTC(2025, 7, 12, 10, 50, 9, 984) });
  const { status, body, headers } = await call(simulator, createInput());
  expect(status).toBe(200);
  expect(headers.get('x-simulated-by')).toBe('narration-pipeline');
  expect(body).toEqual({
    output: {
      voice: expect.stringMatching(/^qwen-tts-vc-mara-voice-20250812105009984-[0-9a-f]{4}$/),
      target_model: TOKEN_MODEL,
    },
    usage: { count: 1 },
    request_id: expect.any(String),
  });
  const second = await enrolled(simulator, { preferred_name: 'tom' });
  const listed = (await call(simulator, { action: 'list' })).body.output?.voice_list;
  const first = { voice: body.output?.voice, gmt_create: '2025-08-12 10:50:09', target_model: TOKEN_MODEL };
  expect(listed).toEqual([{ ...first, voice: second }, first]);
  const paged = await call(simulator, { action: 'list', page_size: 1, page_index: 1 });
  expect(paged.body.output?.voice_list).toEqual([first]);
  expect((await call(simulator, { action: 'delete', voice: second })).body.usage).toEqual({ count: 0 });
  expect((await call(simulator, { action: 'delete', voice: second })).body).toMatchObject({
    code: 'BadRequest.VoiceNotFound',
    message: `Voice '${second}' not found.`,
  });
  expect(simulator.metrics()).toMatchObject({ enroll: { calls: 6, throttled: 0 }, voices: 1 });
});

test('a thousand creations within 90 days are free; later ones are billed, or refused to an account that pays nothing', async () => {
  const simulator = await start({ limits: { enrollPerSecond: 1000, freeVoices: 2 } });
  const made = () => simulator.metrics().createdVoices;
  const first = await enrolled(simulator);
  await call(simulator, { action: 'delete', voice: first });
  expect((await call(simulator, createInput({ preferred_name: 'a-b' }))).status).toBe(400);
  await enrolled(simulator);
  expect(made()).toEqual({ free: 2, billed: 0 });
  await enrolled(simulator);
  expect(made()).toEqual({ free: 2, billed: 1 });
  simulator.set({ limits: { freeOnly: true } });
  expect(await call(simulator, createInput())).toMatchObject({
    status: 403,
    body: { code: 'AllocationQuota.FreeTierOnly' },
  });
  simulator.set({ limits: { freeVoices: 1000, freeOnly: false } });
  await enrolled(simulator);
  simulator.advanceClock(90 * 86_400);
  await enrolled(simulator);
  expect(made()).toEqual({ free: 3, billed: 2 });
  await simulator.reset();
  await enrolled(simulator);
  expect(made()).toEqual({ free: 1, billed: 0 });
});

describe('refusals', () => {
  const silence = new Int16Array(5 * 24_000);
  const good = speechLike({});
  const stereo = Int16Array.from({ length: good.length * 2 }, (_, i) => good[i >> 1]!);
  test.each([
    ['a name with a dash', { preferred_name: 'a-b' }, 'InvalidParameter'],
    ['a name of 17', { preferred_name: 'a'.repeat(17) }, 'InvalidParameter'],
    ['no name', { preferred_name: undefined }, 'BadRequest.EmptyInput'],
    ['an unknown model', { target_model: 'x' }, 'InvalidParameter'],
    ['no audio', { audio: undefined }, 'BadRequest.EmptyInput'],
    ['a URL', { audio: { data: 'https://example.com/a.wav' } }, 'BadRequest.InputDownloadFailed'],
    ['bare base64', { audio: { data: 'UklGRg==' } }, 'InvalidParameter'],
    ['broken base64', { audio: { data: 'data:audio/wav;base64,%%%' } }, 'InvalidParameter'],
    ['10 MB', { audio: { data: dataUri(Buffer.alloc(7.6 * 1024 * 1024)) } }, 'InvalidParameter'],
    ['no audio at all', { audio: { data: dataUri(Buffer.from('hello, world')) } }, 'Audio.DecoderError'],
    ['a low rate', { audio: { data: dataUri(wav(good, { rateHz: 8000 })) } }, 'Audio.AudioRateError'],
    [
      '16 kHz for a qwen3 model',
      { audio: { data: dataUri(wav(good, { rateHz: 16_000 })) }, target_model: CHARACTER_MODEL },
      'Audio.AudioRateError',
    ],
    [
      'over 60 s',
      { audio: { data: dataUri(wav(speechLike({ seconds: 61, rateHz: 16_000 }), { rateHz: 16_000 })) } },
      'Audio.DurationLimitError',
    ],
    ['2 s', { audio: { data: dataUri(wav(speechLike({ seconds: 2 }))) } }, 'Audio.PreprocessError'],
    ['silence', { audio: { data: dataUri(wav(silence)) } }, 'Audio.PreprocessError'],
    ['stereo', { audio: { data: dataUri(wav(stereo, { channels: 2 })) } }, 'Audio.PreprocessError'],
    ['a transcript far too long', { text: 'word '.repeat(100) }, 'Audio.PreprocessError'],
    ['a language by name', { language: 'English' }, 'InvalidParameter'],
    ['an unknown action', { action: 'update' }, 'InvalidParameter'],
    ['a page below zero', { action: 'list', page_index: -1 }, 'InvalidParameter'],
    ['a page too large', { action: 'list', page_size: 1_000_001 }, 'InvalidParameter'],
  ])('%s', async (_name, over, code) => {
    const simulator = await start();
    const { status, body } = await call(simulator, createInput(over));
    expect({ status, code: body.code }).toEqual({ status: 400, code });
    expect(body).toEqual({ code, message: expect.any(String), request_id: expect.any(String) });
    expect(simulator.metrics().voices).toBe(0);
  });

  test('bodies that are no request', async () => {
    const simulator = await start();
    expect((await call(simulator, '{not json')).body.code).toBe('BadRequest.IllegalInput');
    expect((await call(simulator, '{}')).body.code).toBe('BadRequest.EmptyModel');
    expect((await call(simulator, '{"model":"qwen-voice-enrollment"}')).body.code).toBe('BadRequest.EmptyInput');
    expect((await call(simulator, {}, { model: 'cosyvoice-v3-flash' })).body.message).toBe('Model not exist.');
  });

  test('a full account', async () => {
    const simulator = await start({ limits: { voices: 1 } });
    await enrolled(simulator);
    const { status, body } = await call(simulator, createInput());
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'Throttling.AllocationQuota' });
  });
});

test('MP3 passes unheard without a decoder, and is judged with one', async () => {
  const mp3 = dataUri(Buffer.concat([Buffer.from('ID3'), Buffer.alloc(100, 7)]), 'audio/mpeg');
  const deaf = await start();
  expect((await call(deaf, createInput({ audio: { data: mp3 } }))).status).toBe(200);
  const pcm = speechLike({ seconds: 1 });
  const hearing = await start({
    decodeSample: async () => ({
      pcm,
      sampleRateHz: 24_000,
      channels: 1,
      sourceSampleRateHz: 44_100,
      durationSeconds: 1,
    }),
  });
  expect((await call(hearing, createInput({ audio: { data: mp3 } }))).body.code).toBe('Audio.PreprocessError');
  const failing = await start({ decodeSample: () => Promise.reject(new Error('Invalid data')) });
  expect((await call(failing, createInput({ audio: { data: mp3 } }))).body.code).toBe('Audio.DecoderError');
});

test('ten calls a second over create, list and delete; the eleventh is throttled', async () => {
  const simulator = await start();
  const calls = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      call(simulator, i % 2 ? { action: 'list' } : { action: 'delete', voice: 'nobody' }),
    ),
  );
  const throttled = calls.filter(({ status }) => status === 429);
  expect(throttled).toHaveLength(2);
  expect(throttled[0]?.body).toMatchObject({
    code: 'Throttling.RateQuota',
    message: 'Requests rate limit exceeded, please try again later.',
  });
  const url = simulator.httpBaseUrl.replace('/api/v1', '/simulator/metrics');
  expect(await (await fetch(url)).json()).toMatchObject({
    enroll: { calls: 12, throttled: 2, maxInAnySecond: 12 },
    realtime: { sessions: 0, maxAtOnce: 0, responses: 0, throttled: 0, maxInAnyMinute: 0 },
    voices: 0,
  });
});

describe('keys', () => {
  test('no key, a wrong key, a wrong path', async () => {
    const simulator = await start({ apiKeys: [KEY] });
    expect((await call(simulator, {}, { key: '' })).body.message).toBe('No API-key provided.');
    expect(await call(simulator, {}, { key: 'other' })).toMatchObject({ status: 401, body: { code: 'InvalidApiKey' } });
    const response = await fetch(`${simulator.httpBaseUrl}/nothing`, { headers: { authorization: `Bearer ${KEY}` } });
    expect(response.status).toBe(404);
    expect(response.headers.get('x-simulated-by')).toBe('narration-pipeline');
  });

  test('a temporary key opens HTTP and the socket until it expires', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const simulator = await start({ apiKeys: [KEY], now: () => nowMs });
    const token = async (query: string, key = KEY) => {
      const headers = { authorization: `Bearer ${key}` };
      const response = await fetch(`${simulator.httpBaseUrl}/tokens${query}`, { method: 'POST', headers });
      return { status: response.status, body: (await response.json()) as { token: string; expires_at: number } };
    };
    const { body } = await token('');
    expect(body).toEqual({ token: expect.stringMatching(/^st-/), expires_at: nowMs / 1000 + 60 });
    expect((await token('?expire_in_seconds=1801')).status).toBe(400);
    expect((await token('', body.token)).status).toBe(401);
    expect((await call(simulator, { action: 'list' }, { key: body.token })).status).toBe(200);
    const client = await connect(simulator, { key: body.token });
    await client.wait('session.created');
    nowMs += 60_000;
    expect((await call(simulator, { action: 'list' }, { key: body.token })).status).toBe(401);
    await expect(connect(simulator, { key: body.token })).rejects.toMatchObject({ status: 401 });
  });
});

describe('state', () => {
  const folder = async () => {
    const path = await mkdtemp(join(tmpdir(), 'simulator-'));
    afterwards(() => rm(path, { recursive: true, force: true }));
    return path;
  };

  test('voices survive a restart and sound the same', async () => {
    const stateDir = await folder();
    const speak = async (voice: string, simulator: Awaited<ReturnType<typeof start>>) => {
      const client = await session(simulator, { voice });
      client.say('The same words.');
      await client.wait('response.done');
      return client.pcm();
    };
    const before = await startSimulator({ voiceEngine: 'tones', stateDir });
    const voice = await enrolled(before);
    const heard = await speak(voice, before);
    await before.close();
    const after = await start({ stateDir });
    expect(after.metrics().voices).toBe(1);
    expect(await speak(voice, after)).toEqual(heard);
    await after.reset();
    expect((await call(after, { action: 'list' })).body.output?.voice_list).toEqual([]);
    expect(await readdir(stateDir)).toEqual(['voices.json']);
  });

  test('a damaged state is an error that names the file', async () => {
    const stateDir = await folder();
    await writeFile(join(stateDir, 'voices.json'), '{"voices":[{"voice":1}]}');
    await expect(startSimulator({ voiceEngine: 'tones', stateDir })).rejects.toMatchObject({
      code: 'store-damaged',
      message: expect.stringContaining('voices.json'),
    });
  });

  test('a voice enrolled elsewhere is spoken with only when asked to', async () => {
    const voice = 'qwen-tts-vc-tom-voice-20250812105009984-838b';
    const simulator = await start({ behaviour: { adoptVoices: true } });
    const client = await session(simulator, { voice });
    client.say('Hello.');
    await client.wait('response.done');
  });
});

test('a port in use', async () => {
  const simulator = await start();
  const port = Number(new URL(simulator.httpBaseUrl).port);
  const error = await startSimulator({ voiceEngine: 'tones', port }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PipelineError);
  expect(error).toMatchObject({ code: 'port-unavailable', retry: 'never' });
});

test('close ends open sessions, waiting handshakes and stalled responses', async () => {
  const simulator = await start({
    faults: [
      { kind: 'stall', nth: 1 },
      { kind: 'slow-handshake', nth: 2, delayMs: 60_000 },
    ],
  });
  const client = await session(simulator, { voice: await enrolled(simulator) });
  client.say('Hello there.');
  await client.wait('response.audio.delta');
  const waiting = connect(simulator);
  waiting.catch(() => {});
  await simulator.close();
  expect((await client.closed).code).toBe(1006);
  await expect(waiting).rejects.toThrow();
  await simulator.close();
});
