/** Each rule of an answer, from a server that breaks it. */
import { afterEach, describe, expect, it, test } from 'vitest';
import { SIMULATOR_HEADER } from '../../../src/speech/dashscope/protocol.ts';
import { createOpenAiSpeechEngine } from '../../../src/speech/openai-speech/engine.ts';
import {
  type Answer,
  KEY,
  MODEL,
  refusal,
  type Scripted,
  sound,
  speakOnce,
  speech,
  startScripted,
  wav,
} from './scripted.ts';

let server: Scripted | undefined;
afterEach(() => server?.close());
const start = async (...answers: Answer[]): Promise<Scripted> => {
  server = await startScripted(...answers);
  return server;
};

const PCM = sound();
const CUT = { code: 'take-incomplete', retry: 'backoff' };
const UNFIT = { code: 'service-refused', retry: 'never' };

describe('speech is whole only by every sign', () => {
  const chunked =
    (body: Buffer): Answer =>
    (response) => {
      response.writeHead(200, { 'content-type': 'audio/wav' });
      response.write(body.subarray(0, 1_001));
      response.end(body.subarray(1_001));
    };
  it.each([
    ['right sizes', speech(wav(PCM))],
    ['sizes of a stream', speech(wav(PCM, { riff: 0xffff_ffff, data: 0xffff_ffff }))],
    ['no sizes', speech(wav(PCM, { riff: 0, data: 0 }))],
    ['pieces of an odd length', chunked(wav(PCM))],
    [
      'a list after the sound',
      speech(Buffer.concat([wav(PCM, { riff: PCM.length + 36 + 12 }), Buffer.from('LIST\x04\0\0\0abcd')])),
    ],
    ['no media type', speech(wav(PCM), {}, 'application/octet-stream')],
  ] satisfies [string, Answer][])('accepts %s', async (_name, answer) => {
    const { take, error, pcm } = await speakOnce(await start(answer));
    expect(error).toBeUndefined();
    expect(take?.byteLength).toBe(PCM.length);
    expect(pcm.equals(PCM)).toBe(true);
  });

  it.each([
    ['a size that is too big', speech(wav(PCM, { riff: PCM.length + 136, data: PCM.length + 100 }))],
    ['only the size of the file too big', speech(wav(PCM, { riff: PCM.length + 136 }))],
    ['more sound than its size', speech(wav(PCM, { riff: 0, data: 1_000 }))],
    ['half a sample', speech(wav(PCM.subarray(0, -1), { riff: 0, data: 0 }))],
    ['no byte', speech(Buffer.alloc(0))],
    ['no sound', speech(wav(Buffer.alloc(0)))],
    ['no WAV file', speech(PCM)],
    ['a header that breaks off', speech(wav(PCM).subarray(0, 30))],
    ['another format', speech(wav(PCM), {}, 'audio/mpeg')],
    ['an error in JSON', refusal(200, { error: { message: 'Engine is not ready.' } })],
    [
      'a lost connection',
      (response) => {
        response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': 9_644 });
        response.write(wav(PCM).subarray(0, 5_000), () => response.destroy());
      },
    ],
    [
      'a lost connection in chunks',
      (response) => {
        response.writeHead(200, { 'content-type': 'audio/wav' });
        response.write(wav(PCM, { riff: 0, data: 0 }), () => response.destroy());
      },
    ],
    [
      'an end that nothing announces',
      (response) => {
        response.socket?.end(
          Buffer.concat([
            Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\n\r\n'),
            wav(PCM, { riff: 0, data: 0 }),
          ]),
        );
      },
    ],
    ['the limit of tokens', speech(wav(PCM), { 'x-vllm-omni-input-tokens': '9', 'x-vllm-omni-output-tokens': '2048' })],
    [
      'silence in the middle',
      (response) => {
        response
          .writeHead(200, { 'content-type': 'audio/wav', 'content-length': 9_644 })
          .write(wav(PCM).subarray(0, 99));
      },
    ],
  ] satisfies [string, Answer][])('discards %s', async (_name, answer) => {
    const { error } = await speakOnce(await start(answer), { idleTimeoutMs: 80 });
    expect(error).toMatchObject(CUT);
  });

  it.each([
    ['another rate', { rate: 22_050 }, '22050 Hz'],
    ['two channels', { channels: 2 }, '2 channels'],
    ['24 bits', { bits: 24 }, '24 bits'],
  ])('refuses %s', async (_name, header, words) => {
    const { error } = await speakOnce(await start(speech(wav(PCM, header))));
    expect(error).toMatchObject(UNFIT);
    expect(error?.message).toContain(words);
  });

  test('a strict server is asked for sound without a header', async () => {
    const { bodies, ...strict } = await start(speech(PCM, {}, 'audio/pcm'));
    const { take, pcm } = await speakOnce(strict, { profile: 'openai-strict' }, { seed: 5 });
    expect(pcm.equals(PCM)).toBe(true);
    expect(take?.seed).toBeUndefined();
    expect(bodies).toEqual([{ input: 'A lamp.', model: MODEL, voice: 'vivian', response_format: 'pcm' }]);
  });
});

describe('refusals', () => {
  const openai = (message: string, code: unknown = null, param: unknown = null) => ({
    error: { message, type: 'x', param, code },
  });
  it.each([
    [400, openai('Input text cannot be empty', 400), { code: 'service-refused', retry: 'never' }],
    [400, openai('too long', 'input_too_long'), { code: 'text-refused', retry: 'never' }],
    [400, openai('no consent', 'consent_required'), { code: 'service-refused', retry: 'never' }],
    [400, openai("Invalid speaker 'vivian'. Supported: ryan"), { code: 'voice-not-found', retry: 'never' }],
    [404, { success: false, error: "Voice 'x' not found" }, { code: 'voice-not-found', retry: 'never' }],
    [404, openai('The model `xxx` does not exist.', 404), { code: 'model-unknown', retry: 'never' }],
    [404, { detail: 'Not Found' }, { code: 'service-unreachable', retry: 'never' }],
    [401, openai('Unauthorized'), { code: 'key-refused', retry: 'never' }],
    [422, { detail: [{ msg: 'field required' }] }, { code: 'service-refused', retry: 'never' }],
    [413, '', { code: 'service-refused', retry: 'never' }],
    [400, openai('bad', null, 'ref_audio'), { code: 'sample-refused', retry: 'never' }],
    [429, openai('slow down'), { code: 'throttled', retry: { afterMs: 2_000 } }],
    [500, openai('x'), { code: 'service-failed', retry: 'backoff' }],
    [502, '<html>', { code: 'service-failed', retry: 'backoff' }],
    [408, {}, { code: 'service-failed', retry: 'backoff' }],
    [307, {}, { code: 'service-refused', retry: 'never' }],
  ])('%s %j', async (status, body, meaning) => {
    const { error } = await speakOnce(await start(refusal(status, body, { 'retry-after': '2', location: '/v1/x' })));
    expect(error).toMatchObject(meaning);
  });

  test('a page is a wrong address when it is the first answer, and passes when there was speech before', async () => {
    const page = speech(Buffer.from('<html>It works!</html>'), {}, 'text/html');
    const { error } = await speakOnce(await start(page));
    expect(error).toMatchObject({ code: 'service-unreachable', retry: 'never' });
    expect(error?.message).toContain('a web page answers');
    await server?.close();
    const { url } = await start(speech(wav(PCM)), page);
    const { speaker } = createOpenAiSpeechEngine({ url, profile: 'vllm-omni', acceptUnproven: true });
    const request = { model: MODEL, voiceId: 'vivian', languageType: 'Auto', sampleRateHz: 24_000, text: 'A.' };
    const say = () => speaker.speak(request, { onAudio: () => undefined });
    expect((await say()).byteLength).toBe(PCM.length);
    await expect(say()).rejects.toMatchObject(CUT);
    await speaker.close();
  });

  test('a failed synthesis is tried once more, and then told apart from a broken server', async () => {
    const failed = refusal(500, openai('failed', 'synthesis_failed'));
    const first = await speakOnce(await start(failed, speech(wav(PCM))));
    expect(first.take?.byteLength).toBe(PCM.length);
    expect(first.commits).toBe(2);
    await server?.close();
    const { error, commits } = await speakOnce(await start(failed));
    expect(error).toMatchObject(UNFIT);
    expect(commits).toBe(2);
  });

  test('a server that loads its model is waited for, but not forever', async () => {
    const loading = refusal(503, openai('loading'));
    const options = { loadingPollMs: 10, loadingLimitMs: 60 };
    const patient = { ...options, loadingLimitMs: 10_000 };
    expect((await speakOnce(await start(loading, loading, speech(wav(PCM))), patient)).take).toBeDefined();
    await server?.close();
    const { error } = await speakOnce(await start(loading), options);
    expect(error).toMatchObject({ code: 'service-failed', retry: 'backoff' });
  });

  test('an answer that does not begin', async () => {
    const { error } = await speakOnce(await start(() => undefined), { answerTimeoutMs: 60 });
    expect(error).toMatchObject({ code: 'service-unreachable', retry: 'backoff' });
  });

  test('nobody there', async () => {
    const { error } = await speakOnce({ url: 'http://127.0.0.1:9/v1' });
    expect(error).toMatchObject({ code: 'service-unreachable', retry: 'backoff' });
  });

  test('the key is sent, and never repeated', async () => {
    let sent: string | undefined;
    const echo: Answer = (response, _body, request) => {
      sent = request.headers.authorization;
      refusal(400, { error: { message: `No rights for ${sent}`, code: KEY } })(response, {}, request);
    };
    const { error } = await speakOnce(await start(echo));
    expect(sent).toBe(`Bearer ${KEY}`);
    expect(error?.message).toContain('***');
    for (const part of ['Zebra', 'crossing']) expect(String(error) + error?.stack).not.toContain(part);
  });

  test('an interruption ends the call', async () => {
    const stop = new AbortController();
    const { error } = await speakOnce(await start(() => stop.abort()), {}, {}, { signal: stop.signal });
    expect(error).toMatchObject({ code: 'interrupted' });
  });
});

describe('what no book may get', () => {
  test('a spoken notice', async () => {
    const applied = speech(wav(PCM), { 'x-crispasr-spoken-disclaimer': 'applied' });
    const { error, pcm } = await speakOnce(await start(applied), { profile: 'crispasr' });
    expect(error).toMatchObject(UNFIT);
    expect(error?.message).toContain('PIPELINE_SPEECH_MARKING');
    expect(pcm).toHaveLength(0);
  });

  test('a model that was changed while it spoke; nothing more is sent then', async () => {
    const other = JSON.stringify({ data: [{ id: 'Kokoro' }] });
    const scripted = await start((response, body, request) => {
      scripted.models = other;
      speech(wav(PCM))(response, body, request);
    });
    const engine = createOpenAiSpeechEngine({ url: scripted.url, profile: 'vllm-omni', acceptUnproven: true });
    const request = { model: MODEL, voiceId: 'vivian', languageType: 'Auto', sampleRateHz: 24_000, text: 'A.' };
    const listener = { onAudio: () => undefined };
    const failing = () => engine.speaker.speak(request, listener).catch((error: unknown) => error);
    // A code that ends a run: every line would meet it.
    const changed = { code: 'model-unknown', retry: 'never', message: expect.stringContaining('Kokoro') };
    expect(await failing()).toMatchObject(changed);
    expect(await failing()).toMatchObject(changed);
    expect(scripted.bodies).toHaveLength(1);
    scripted.models = JSON.stringify({ data: [{ id: MODEL }] });
    expect(engine.speaker.stats()).toMatchObject({ commits: 1, spoken: 0 });
  });

  test('another backend of CrispASR', async () => {
    const scripted = await start((response, body, request) => {
      scripted.health = '{"status":"ok","backend":"two"}';
      speech(wav(PCM))(response, body, request);
    });
    expect((await speakOnce(scripted, { profile: 'crispasr' })).error).toMatchObject({
      code: 'model-unknown',
      retry: 'never',
    });
  });

  test('a model that the server does not have: nothing is sent', async () => {
    const scripted = await start(speech(wav(PCM)));
    const { error } = await speakOnce(scripted, {}, { model: 'other' });
    expect(error).toMatchObject({ code: 'model-unknown', retry: 'never' });
    expect(error?.message).toContain(MODEL);
    expect(scripted.bodies).toEqual([]);
  });

  test('a simulator where none was, and the other way round', async () => {
    const simulated = speech(wav(PCM), { [SIMULATOR_HEADER]: 'pipeline' });
    expect((await speakOnce(await start(simulated), { simulated: false })).error).toMatchObject({
      code: 'service-unreachable',
      retry: 'never',
    });
    await server?.close();
    const scripted = await start(speech(wav(PCM)));
    expect((await speakOnce(scripted, { simulated: true })).error).toMatchObject({
      code: 'service-unreachable',
      retry: 'never',
    });
    expect(scripted.bodies).toEqual([]);
    // The address says nothing.
    expect((await speakOnce(scripted, { simulated: false })).take?.simulated).toBe(false);
  });
});

describe('more', () => {
  test('word times are asked for until the server refuses them', async () => {
    const none = refusal(400, { error: { message: 'word_timestamps requires --forced-aligner', code: 400 } });
    const scripted = await start(none, speech(wav(PCM)));
    const { take, commits } = await speakOnce(scripted);
    expect(scripted.bodies.map(({ word_timestamps: asked }) => asked)).toEqual([true, undefined]);
    expect(take?.words).toBeUndefined();
    expect(commits).toBe(2);
    await server?.close();
    const header = JSON.stringify([{ word: 'caf\u00e9', start_ms: 0, end_ms: 150 }]).replace('\u00e9', '\\u00e9');
    const told = await speakOnce(await start(speech(wav(PCM), { 'x-word-timestamps': header })));
    expect(told.take?.words).toEqual([{ text: 'café', startSeconds: 0, endSeconds: 0.15 }]);
  });

  test('one call at a time, the most urgent first, unless told otherwise', async () => {
    const most = async (maxCalls?: number) => {
      let busy = 0;
      let seen = 0;
      const order: unknown[] = [];
      const scripted = await start((response, body, request) => {
        order.push(body['input']);
        busy += 1;
        seen = Math.max(seen, busy);
        setTimeout(() => {
          busy -= 1;
          speech(wav(PCM))(response, body, request);
        }, 25);
      });
      const engine = createOpenAiSpeechEngine({
        url: scripted.url,
        profile: 'vllm-omni',
        acceptUnproven: true,
        maxCalls,
      });
      const request = { model: MODEL, voiceId: 'vivian', languageType: 'Auto', sampleRateHz: 24_000 };
      const speak = (text: string, priority: number) =>
        engine.speaker.speak({ ...request, text }, { onAudio: () => undefined, priority });
      await Promise.all([speak('a', 3), speak('b', 2), speak('c', 1)]);
      await scripted.close();
      return { seen, order };
    };
    expect(await most()).toEqual({ seen: 1, order: ['a', 'c', 'b'] });
    expect((await most(3)).seen).toBe(3);
  });
});
