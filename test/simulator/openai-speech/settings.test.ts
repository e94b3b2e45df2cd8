/** Every setting and fault of the servers with `POST /v1/audio/speech`, over the socket. */
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { FAULTS, type FaultKind } from '../../../src/simulator/faults.ts';
import { parseFault, parseSettingsPatch, readSettings } from '../../../src/simulator/parse-settings.ts';
import { estimatePitchHz } from '../../../src/simulator/pitch.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import type { SimulatorOptions } from '../../../src/simulator/settings.ts';
import { dataUri, start } from '../rig.ts';
import { CLONE, OTHER_SAMPLE, post, readEvents, readWav, SAMPLE, send, speak, TEXT, upload } from './rig.ts';

const withSettings = (openaiSpeech: SimulatorOptions['openaiSpeech']) => start({ openaiSpeech });
const withFault = (kind: FaultKind, more: object = {}) => start({ faults: [{ kind, times: 1, ...more }] });

describe('settings', () => {
  test('namesItself=false: no header on these paths, still one on the others', async () => {
    const simulator = await withSettings({ namesItself: false });
    for (const reply of [
      await speak(simulator),
      await send(simulator, '/health'),
      await speak(simulator, { input: '' }),
    ]) {
      expect(reply.headers.get('x-simulated-by')).toBeNull();
    }
    expect((await send(simulator, '/simulator/metrics')).headers.get('x-simulated-by')).not.toBeNull();
  });

  test('ignoresRefAudio: one voice for every sample, and no audio tokens', async () => {
    const simulator = await withSettings({ ignoresRefAudio: true });
    const one = await speak(simulator);
    expect(one.headers.get('x-vllm-omni-input-audio-tokens')).toBe('0');
    expect((await speak(simulator, { ref_audio: dataUri(OTHER_SAMPLE) })).bytes.equals(one.bytes)).toBe(true);
  });

  test('ignoresSampleRate: 24 kHz', async () => {
    const { bytes } = await speak(await withSettings({ ignoresSampleRate: true }), { sample_rate: 16_000 });
    expect(readWav(bytes).rateHz).toBe(24_000);
  });

  test('knowsSeed=false: not in the description, and without effect', async () => {
    const simulator = await withSettings({ knowsSeed: false });
    const { components } = (await send(simulator, '/openapi.json')).json() as Record<string, { schemas: object }>;
    expect(JSON.stringify(components?.schemas)).toContain('ref_text');
    expect(JSON.stringify(components?.schemas)).not.toContain('seed');
    expect((await speak(simulator)).bytes.equals((await speak(simulator)).bytes)).toBe(false);
  });

  test('honorsSeed=false: described, and without effect', async () => {
    const simulator = await withSettings({ honorsSeed: false });
    expect((await send(simulator, '/openapi.json')).bytes.toString()).toContain('seed');
    expect((await speak(simulator)).bytes.equals((await speak(simulator)).bytes)).toBe(false);
  });

  test('unknownFields=refuse: 400 with the name of the field', async () => {
    const simulator = await withSettings({ unknownFields: 'refuse' });
    expect((await speak(simulator)).status).toBe(200);
    expect((await speak(simulator, { reference_audio: 'x' })).json().error).toMatchObject({ param: 'reference_audio' });
  });

  test.each([
    ['unknown', 0xffff_ffff, 0xffff_ffff],
    ['zero', 0, 0],
    ['too-big', 1.5, 1.5],
  ] as const)('wavSizes=%s', async (wavSizes, riff, data) => {
    const { bytes } = await speak(await withSettings({ wavSizes }));
    const { riffSize, dataSize } = readWav(bytes);
    const size = (value: number, right: number) => (value === 1.5 ? Math.round(right * 1.5) : value);
    expect(riffSize).toBe(size(riff, bytes.length - 8));
    expect(dataSize).toBe(size(data, bytes.length - 44));
  });

  test('chunked: the same body without its length', async () => {
    const { headers, bytes } = await speak(await withSettings({ chunked: true }));
    expect(headers.get('content-length')).toBeNull();
    expect(headers.get('transfer-encoding')).toBe('chunked');
    expect(bytes.equals((await speak(await start())).bytes)).toBe(true);
  });

  test('workers=1, and CrispASR by itself: one after the other', async () => {
    for (const openaiSpeech of [{ workers: 1 }, { profile: 'crispasr' as const }]) {
      // Long enough for all three to arrive before the first is spoken.
      const simulator = await start({ openaiSpeech, speed: { firstAudioMs: 250 } });
      const startMs = performance.now();
      const call = { input: 'Hi.' };
      await Promise.all([1, 2, 3].map(() => post(simulator, '/v1/audio/speech', call)));
      const tookMs = performance.now() - startMs;
      expect(tookMs).toBeGreaterThanOrEqual(745);
      expect(simulator.metrics().openaiSpeech.speech.maxAtOnce).toBe(3);
    }
  });

  test('workers=0: vLLM-Omni speaks any number of calls at once, so one that stalls keeps nobody waiting', async () => {
    const simulator = await withFault('stall', { nth: 1 });
    const stalled = bytesUntilEnd(simulator, 300);
    await expect.poll(() => simulator.metrics().openaiSpeech.speech.spoken).toBe(1);
    expect((await speak(simulator)).status).toBe(200);
    await stalled;
  });

  test('retryAfterSeconds: the header of a 429, or none', async () => {
    const faults = [{ kind: 'throttle-event' as const }];
    const retryAfter = async (retryAfterSeconds: number) =>
      (await speak(await start({ faults, openaiSpeech: { retryAfterSeconds } }))).headers.get('retry-after');
    expect(await retryAfter(7)).toBe('7');
    expect(await retryAfter(Number.POSITIVE_INFINITY)).toBeNull();
  });

  test('maxNewTokens: long texts end early', async () => {
    const { bytes, headers } = await speak(await withSettings({ maxNewTokens: 20 }));
    expect(readWav(bytes).samples.length / 24_000).toBe(1.6);
    expect(headers.get('x-vllm-omni-output-tokens')).toBe('20');
  });

  test('maxInputCharacters', async () => {
    const simulator = await withSettings({ maxInputCharacters: 5 });
    expect((await speak(simulator, { input: 'Five.' })).status).toBe(200);
    expect((await speak(simulator, { input: 'Sixes.' })).status).toBe(400);
  });

  test('usageHeaders=false: no counts', async () => {
    const { headers } = await speak(await withSettings({ usageHeaders: false }));
    expect([...headers.keys()].filter((name) => name.startsWith('x-vllm'))).toEqual([]);
  });

  test('voiceList=objects', async () => {
    const { voices } = (await send(await withSettings({ voiceList: 'objects' }), '/v1/audio/voices')).json();
    expect(voices).toContainEqual({ name: 'vivian', format: 'gguf' });
  });

  test('existingVoice=refuse: 409', async () => {
    const simulator = await withSettings({ existingVoice: 'refuse' });
    const fields = { audio_sample: SAMPLE, consent: 'c', name: 'mara' };
    expect((await upload(simulator, '/v1/audio/voices', fields)).status).toBe(200);
    expect((await upload(simulator, '/v1/audio/voices', fields)).status).toBe(409);
  });

  test('speed: the first sound waits, and speech takes its time', async () => {
    const simulator = await start({ speed: { firstAudioMs: 50, timesRealtime: 20 } });
    for (const over of [{}, { stream: true, response_format: 'pcm' }]) {
      const startMs = performance.now();
      await speak(simulator, over);
      expect(performance.now() - startMs).toBeGreaterThan(150);
    }
  });
});

describe('faults', () => {
  test('speech-loading: 503 for n calls, or for a time, in which health says so, too', async () => {
    const counted = await withFault('speech-loading', { times: 2 });
    const statuses: number[] = [];
    for (let call = 0; call < 3; call++) statuses.push((await speak(counted)).status);
    expect(statuses).toEqual([503, 503, 200]);
    const timed = await withFault('speech-loading', { delayMs: 800 });
    expect((await speak(timed)).status).toBe(503);
    expect((await speak(timed)).status).toBe(503);
    expect((await send(timed, '/health')).status).toBe(503);
    await expect.poll(async () => (await send(timed, '/health')).status, { timeout: 5_000 }).toBe(200);
    expect((await speak(timed)).status).toBe(200);
  });

  test.each([
    ['throttle-event', 429],
    ['throttle-close', 429],
    ['speech-synthesis-failed', 500],
    ['error-event', 500],
    ['content-refusal', 400],
  ] as const)('%s: %i, once', async (kind, status) => {
    const simulator = await withFault(kind);
    expect((await speak(simulator)).status).toBe(status);
    expect((await speak(simulator)).status).toBe(200);
    expect(simulator.metrics().openaiSpeech.speech).toMatchObject({ refused: 1, throttled: status === 429 ? 1 : 0 });
  });

  test('speech-synthesis-failed has its code where codes are words', async () => {
    const openaiSpeech = { profile: 'crispasr' as const };
    const simulator = await start({ openaiSpeech, faults: [{ kind: 'speech-synthesis-failed' }] });
    const { json } = await post(simulator, '/v1/audio/speech', { input: TEXT });
    expect(json().error).toMatchObject({ code: 'synthesis_failed' });
  });

  test('speech-html-error, speech-redirect, speech-json-200, speech-wrong-type, speech-empty', async () => {
    const html = await speak(await withFault('speech-html-error'));
    expect(html).toMatchObject({ status: 502 });
    expect(html.headers.get('content-type')).toBe('text/html');
    expect(html.bytes.toString()).toMatch(/^<html>/);
    const redirect = await speak(await withFault('speech-redirect'));
    expect(redirect).toMatchObject({ status: 307 });
    expect(redirect.headers.get('location')).toBe('/v1/audio/speech');
    const json = await speak(await withFault('speech-json-200'));
    expect(json).toMatchObject({ status: 200 });
    expect(json.headers.get('content-type')).toBe('application/json');
    expect(json.json().error?.message).toMatch(/./);
    const typed = await speak(await withFault('speech-wrong-type'));
    expect(typed.headers.get('content-type')).toBe('text/plain');
    expect(readWav(typed.bytes).dataSize).toBe(typed.bytes.length - 44);
    expect(await speak(await withFault('speech-empty'))).toMatchObject({ status: 200, bytes: Buffer.alloc(0) });
  });

  test('finished-without-audio: a header and nothing behind it', async () => {
    const { bytes } = await speak(await withFault('finished-without-audio'));
    expect(bytes).toHaveLength(44);
    expect(readWav(bytes).dataSize).toBe(0);
  });

  test('close: the body ends early and cleanly, also a short one', async () => {
    const { status, headers, bytes } = await speak(await withFault('close', { frame: 2 }));
    expect(status).toBe(200);
    expect(headers.get('content-length')).toBeNull();
    expect(bytes).toHaveLength(44 + 2 * 15_360);
    expect(readWav(bytes).dataSize).toBeGreaterThan(bytes.length);
    const short = await speak(await withFault('close', { frame: 1000 }));
    expect(readWav(short.bytes).dataSize).toBeGreaterThan(short.bytes.length - 44);
  });

  test('drop: the connection is reset in the middle of the body', async () => {
    const got = await bytesUntilEnd(await withFault('drop', { frame: 3 }));
    expect(got).toMatchObject({ isComplete: false, length: 44 + 3 * 15_360 });
  });

  test('stall: nothing more comes, until the client gives up', async () => {
    const simulator = await withFault('stall', { frame: 1 });
    const got = await bytesUntilEnd(simulator, 60);
    expect(got).toMatchObject({ isComplete: false, length: 44 + 15_360 });
    expect((await speak(simulator)).status).toBe(200);
  });

  test('odd-delta: half a sample is missing', async () => {
    const { bytes } = await speak(await withFault('odd-delta'));
    expect(bytes.length % 2).toBe(1);
    expect((await speak(await withFault('odd-delta'), { response_format: 'pcm' })).bytes.length % 2).toBe(1);
  });

  test('speech-silence, speech-missing-words, speech-run-on: complete, but not the text', async () => {
    const plain = readWav((await speak(await start())).bytes).samples;
    const silence = readWav((await speak(await withFault('speech-silence'))).bytes).samples;
    expect(silence).toEqual(new Int16Array(plain.length));
    const missing = readWav((await speak(await withFault('speech-missing-words'))).bytes).samples;
    expect(missing.length / plain.length).toBeLessThan(0.6);
    expect(missing.length / plain.length).toBeGreaterThan(0.3);
    const runOn = readWav((await speak(await withFault('speech-run-on'))).bytes).samples;
    expect(runOn.length / plain.length).toBeGreaterThan(2.9);
  });

  test('wrong-voice and the other audible faults', async () => {
    const plain = readWav((await speak(await start())).bytes).samples;
    const wrong = readWav((await speak(await withFault('wrong-voice'))).bytes).samples;
    const octaves = Math.log2(estimatePitchHz(wrong, 24_000)! / estimatePitchHz(plain, 24_000)!);
    expect(Math.abs(octaves)).toBeGreaterThan(0.7);
    const cut = readWav((await speak(await withFault('truncated-tail'))).bytes).samples;
    expect(cut.length / plain.length).toBeCloseTo(0.7, 2);
  });

  test('speech-notice: an announcement first, which the headers of CrispASR tell', async () => {
    const plain = await speak(await start());
    const noticed = await speak(await withFault('speech-notice'));
    expect(noticed.bytes.length - plain.bytes.length).toBeGreaterThan(2 * 48_000);
    const crisp = await start({ openaiSpeech: { profile: 'crispasr' }, faults: [{ kind: 'speech-notice' }] });
    const { headers } = await post(crisp, '/v1/audio/speech', { input: TEXT });
    expect(headers.get('x-crispasr-spoken-disclaimer')).toBe('applied');
  });

  test('speech-model-swap: from then on another model at the same address', async () => {
    const openaiSpeech = { profile: 'crispasr' as const };
    const simulator = await start({ openaiSpeech, faults: [{ kind: 'speech-model-swap', nth: 2 }] });
    const backend = async () => (await send(simulator, '/health')).json()['backend'];
    const call = { input: TEXT, seed: 1 };
    const first = await post(simulator, '/v1/audio/speech', call);
    expect(await backend()).toBe('qwen3-tts-1.7b-base');
    expect((await post(simulator, '/v1/audio/speech', call)).bytes.equals(first.bytes)).toBe(false);
    expect(await backend()).toBe('kokoro');
    expect((await post(simulator, '/v1/audio/speech', call)).bytes.equals(first.bytes)).toBe(false);
    await simulator.reset();
    expect(await backend()).toBe('qwen3-tts-1.7b-base');
    const vllm = await withFault('speech-model-swap');
    const named = { model: 'Qwen/Qwen3-TTS-12Hz-1.7B-Base' };
    await speak(vllm, named);
    expect((await speak(vllm, named)).status).toBe(404);
  });

  test('in a stream: no last event, an error event, a cut', async () => {
    const stream = { stream: true, response_format: 'pcm' };
    const typesOf = async (kind: FaultKind) => {
      const { bytes } = await speak(await withFault(kind, { frame: 2 }), stream);
      return readEvents(bytes).map(({ type }) => type);
    };
    const noDone = await typesOf('speech-no-done');
    expect(noDone.length).toBeGreaterThan(3);
    expect(new Set(noDone)).toEqual(new Set(['speech.audio.delta']));
    expect(await typesOf('error-event')).toEqual(['speech.audio.delta', 'speech.audio.delta', 'speech.audio.error']);
    expect(await typesOf('close')).toEqual(['speech.audio.delta', 'speech.audio.delta']);
  });

  test('one item of a batch', async () => {
    const simulator = await start({ faults: [{ kind: 'error-event', text: 'bad' }] });
    const { input: _input, ...defaults } = CLONE;
    const items = [{ input: 'good' }, { input: 'bad' }];
    const { json } = await post(simulator, '/v1/audio/speech/batch', { ...defaults, items });
    expect(json()).toMatchObject({ succeeded: 1, failed: 1, results: [{ status: 'success' }, { status: 'error' }] });
  });

  test('of uploads: refused, throttled, or carried out without an answer', async () => {
    const fields = { audio_sample: SAMPLE, consent: 'c', name: 'mara' };
    const statusOf = async (kind: FaultKind) =>
      (await upload(await withFault(kind), '/v1/audio/voices', fields)).status;
    expect(await statusOf('http-5xx')).toBe(500);
    expect(await statusOf('http-429')).toBe(429);
    expect(await statusOf('empty-body-400')).toBe(400);
    const simulator = await withFault('lost-answer');
    await expect(upload(simulator, '/v1/audio/voices', fields)).rejects.toThrow();
    expect((await send(simulator, '/v1/audio/voices')).json()['voices']).toContain('mara');
  });
});

test('calls, characters, uploads and lists are counted, and texts by how often they were spoken', async () => {
  const simulator = await start();
  await speak(simulator);
  await speak(simulator, { input: '你好。' });
  await speak(simulator, { input: '' });
  await upload(simulator, '/v1/audio/voices', { audio_sample: SAMPLE, consent: 'c', name: 'mara' });
  await send(simulator, '/v1/audio/voices');
  await send(simulator, '/v1/audio/voices');
  await send(simulator, '/v1/audio/voices/mara', { method: 'DELETE' });
  expect(simulator.metrics()).toMatchObject({
    enroll: { calls: 0 },
    realtime: { responses: 0 },
    openaiSpeech: {
      speech: { calls: 3, spoken: 2, characters: TEXT.length + 3, refused: 1, throttled: 0, maxAtOnce: 1 },
      voices: { uploads: 1, lists: 2, deletes: 1 },
    },
  });
  expect(simulator.spokenTexts()).toEqual(
    new Map([
      [TEXT, 1],
      ['你好。', 1],
    ]),
  );
});

describe('are set', () => {
  test('while it runs', async () => {
    const simulator = await start();
    const set = await send(simulator, '/simulator/settings', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ openaiSpeech: { ignoresSampleRate: true, retryAfterSeconds: null } }),
    });
    expect(set.json()['openaiSpeech']).toMatchObject({ ignoresSampleRate: true, profile: 'vllm-omni' });
    expect(readWav((await speak(simulator, { sample_rate: 16_000 })).bytes).rateHz).toBe(24_000);
    simulator.set({ openaiSpeech: { ignoresSampleRate: false } });
    expect(readWav((await speak(simulator, { sample_rate: 16_000 })).bytes).rateHz).toBe(16_000);
  });

  test('on the command line, and typing errors are refused', () => {
    expect(readSettings('openaiSpeech', ['profile=crispasr', 'workers=none', 'chunked=true'])).toEqual({
      openaiSpeech: { profile: 'crispasr', workers: Number.POSITIVE_INFINITY, chunked: true },
    });
    expect(readSettings('openaiSpeech', ['profile=other'])).toMatchObject({
      problem: expect.stringMatching(/profile/),
    });
    expect(parseSettingsPatch({ openaiSpeech: { ignoreRefAudio: true } })).toHaveProperty('problem');
    expect(parseFault('speech-loading:times=2')).toEqual({ kind: 'speech-loading', times: 2 });
  });
});

test('a fault for speech calls does not strike a realtime response', () => {
  const kinds = Object.keys(FAULTS).filter((kind) => kind.startsWith('speech-'));
  expect(kinds.length).toBeGreaterThan(10);
  expect(kinds.every((kind) => FAULTS[kind as FaultKind] === 'speech-call')).toBe(true);
});

/** Reads a body byte by byte, and whether it was complete; after `patienceMs` the client gives up. */
async function bytesUntilEnd(simulator: Simulator, patienceMs = 5000) {
  const call = request(new URL('/v1/audio/speech', simulator.openaiSpeechUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  call.on('error', () => undefined);
  call.end(JSON.stringify(CLONE));
  const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage];
  let length = 0;
  response.on('data', (part: Buffer) => {
    length += part.length;
  });
  response.on('error', () => undefined);
  const timer = setTimeout(() => call.destroy(), patienceMs);
  await new Promise((resolve) => response.on('close', resolve));
  clearTimeout(timer);
  return { isComplete: response.complete, length };
}
