import { afterEach, describe, expect, test } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import { openTaskSession, type TaskSession } from '../../../src/speech/dashscope-inference/session.ts';
import type { SpeakRequest } from '../../../src/speech/engine.ts';
import { PCM, serveTasks, speakWell, type TaskPeer, type TaskScript, type TaskServer } from './server.ts';

const REQUEST: SpeakRequest = {
  model: 'qwen-audio-3.0-tts-flash',
  voiceId: 'qwen-audio-3.0-tts-flash-ada-0123',
  languageType: 'en',
  sampleRateHz: 24_000,
  text: 'The lamp went out. Who is there?',
};

let server: TaskServer | undefined;
const open: TaskSession[] = [];

afterEach(async () => {
  for (const session of open.splice(0)) session.destroy();
  await server?.close();
});

async function connected(script: TaskScript, options: { idleTimeoutMs?: number } = {}): Promise<TaskSession> {
  server = await serveTasks(script);
  const { inferenceUrl } = server;
  const { signal } = new AbortController();
  const session = await openTaskSession({ inferenceUrl, apiKey: 'sk-test', model: REQUEST.model, signal, ...options });
  open.push(session);
  return session;
}

async function collect(session: TaskSession, of: Partial<SpeakRequest> & { signal?: AbortSignal } = {}) {
  const pieces: Buffer[] = [];
  const { signal, ...request } = of;
  const take = await session.speak(
    { ...REQUEST, ...request },
    { onAudio: (piece) => void pieces.push(piece), signal, wantsWords: true },
  );
  return { take, pieces, audio: Buffer.concat(pieces) };
}

const failing = (promise: Promise<unknown>): Promise<PipelineError> =>
  promise.then(
    () => expect.fail('should have failed'),
    (error: PipelineError) => error,
  );

/** The failure of a task whose server answers finish-task as told. */
async function failureOf(onFinish: (peer: TaskPeer) => void, options?: { idleTimeoutMs?: number }) {
  const session = await connected({ onFinish }, options);
  const error = await failing(collect(session));
  expect(session.usable).toBe(false);
  return error;
}

const FIRST = 'The lamp went out.';

describe('what is sent', () => {
  test('one run-task, the whole text once and the end at once, all with one id', async () => {
    const session = await connected({ onFinish: speakWell });
    const { take } = await collect(session, { seed: 7, direction: 'Softly.' });
    expect(server?.sent.map(({ action, text }) => [action, text])).toEqual([
      ['run-task', undefined],
      ['continue-task', REQUEST.text],
      ['finish-task', undefined],
    ]);
    expect(new Set(server?.sent.map(({ taskId }) => taskId))).toEqual(new Set([take.responseId]));
    expect(server?.sent[0]).toMatchObject({ model: REQUEST.model });
    expect(server?.sent[0]?.parameters).toEqual({
      text_type: 'PlainText',
      voice: REQUEST.voiceId,
      format: 'pcm',
      sample_rate: 24_000,
      volume: 50,
      rate: 1,
      pitch: 1,
      enable_ssml: false,
      word_timestamp_enabled: true,
      seed: 7,
      language_hints: ['en'],
      instruction: 'Softly.',
    });
    expect(take).toMatchObject({ seed: 7, usage: { characters: 7 }, simulated: false, sessionId: session.id });
  });

  test('no language, seed or direction where there is none', async () => {
    const session = await connected({ onFinish: speakWell });
    const { take } = await collect(session, { languageType: 'Auto' });
    for (const name of ['language_hints', 'seed', 'instruction'])
      expect(server?.sent[0]?.parameters).not.toHaveProperty(name);
    expect(take).not.toHaveProperty('seed');
  });

  test('no text before the task has started', async () => {
    const session = await connected({ onRun: () => undefined }, { idleTimeoutMs: 50 });
    expect(await failing(collect(session))).toMatchObject({ code: 'session-lost', retry: 'backoff' });
    expect(server?.sent.map(({ action }) => action)).toEqual(['run-task']);
  });
});

describe('audio', () => {
  test('a sample that is split over two frames is put together', async () => {
    const whole = Buffer.from(Array.from({ length: 480 }, (_, index) => index % 251));
    const cuts = [0, 1, 2, 101, 101, 300, 480];
    const frames = cuts.slice(1).map((end, index) => whole.subarray(cuts[index], end));
    const session = await connected({ onFinish: (peer) => speakWell(peer, frames) });
    const { take, pieces, audio } = await collect(session);
    expect(audio.equals(whole)).toBe(true);
    expect(pieces.every(({ length }) => length > 0 && length % 2 === 0)).toBe(true);
    expect(take.byteLength).toBe(480);
  });

  test('an odd number of bytes altogether is no take', async () => {
    const error = await failureOf((peer) => speakWell(peer, [PCM, Buffer.alloc(3)]));
    expect(error).toMatchObject({ code: 'take-incomplete', retry: 'backoff' });
    expect(error.message).toContain('middle of a sample');
  });

  test('none at all is a silent response with its usage', async () => {
    expect(await failureOf((peer) => speakWell(peer, []))).toMatchObject({
      code: 'take-incomplete',
      usage: { characters: 7 },
      message: expect.stringContaining('without any audio'),
    });
  });

  test('before the task has started it is not ours', async () => {
    const session = await connected({
      onRun(peer) {
        peer.audio(PCM);
        peer.send('task-started');
      },
    });
    expect(await failing(collect(session))).toMatchObject({ code: 'protocol-violation', retry: 'backoff' });
  });

  test('after the end it ends the connection, not the take', async () => {
    const session = await connected({
      onFinish(peer) {
        speakWell(peer);
        peer.audio(PCM);
      },
    });
    expect((await collect(session)).audio).toHaveLength(PCM.length);
    await session.closed;
    expect(session.usable).toBe(false);
  });

  test('waits for a sink that is slow, and ends with the error of one that fails', async () => {
    const session = await connected({ onFinish: (peer) => speakWell(peer, [PCM, PCM, PCM]) }, { idleTimeoutMs: 250 });
    let atOnce = 0;
    let most = 0;
    let waitMs = 400;
    const slow = async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      atOnce -= 1;
      waitMs = 1;
    };
    await session.speak(REQUEST, { onAudio: slow, wantsWords: false });
    expect(most).toBe(1);
    const full = new PipelineError({ code: 'disk-full', message: 'full', retry: 'never' });
    const failed = session.speak(REQUEST, { onAudio: () => Promise.reject(full), wantsWords: false });
    expect(await failing(failed)).toBe(full);
    expect(session.usable).toBe(false);
  });
});

describe('the end', () => {
  test('a sentence that has not ended is no take', async () => {
    const error = await failureOf((peer) => {
      peer.begin(0, REQUEST.text);
      peer.audio(PCM);
      peer.finish();
    });
    expect(error).toMatchObject({ code: 'take-incomplete', retry: 'backoff' });
  });

  test('a missing number among the sentences is no take', async () => {
    const error = await failureOf((peer) => {
      for (const index of [0, 2]) {
        peer.begin(index);
        peer.audio(PCM);
        peer.end(index);
      }
      peer.finish();
    });
    expect(error).toMatchObject({ code: 'take-incomplete', message: expect.stringContaining('sentences') });
  });

  test('a sentence that is left out without a word is no take', async () => {
    const error = await failureOf((peer) => {
      peer.begin(0, FIRST);
      peer.audio(PCM);
      peer.end(0, FIRST);
      peer.finish();
    });
    expect(error).toMatchObject({ code: 'take-incomplete', retry: 'backoff' });
    // The message goes into logs, which do not hold the book.
    expect(error.message).not.toMatch(/lamp|there/i);
  });

  test('a last sentence without its text is no reason to doubt, and results may lie at the top of the payload', async () => {
    const session = await connected({
      onFinish(peer) {
        const top = (type: string, index: number, original?: string) =>
          peer.send('result-generated', { type, sentence: { index, words: [] }, original_text: original });
        top('sentence-begin', 0, FIRST);
        peer.audio(PCM);
        top('sentence-end', 0, FIRST);
        top('sentence-begin', 1);
        peer.audio(PCM);
        top('sentence-end', 1);
        peer.finish({});
      },
    });
    const { take } = await collect(session);
    expect(take).toMatchObject({ byteLength: 960, usage: undefined });
  });

  test('another task says nothing of ours, and its end is not our end', async () => {
    const foreign = { taskId: '00000000-0000-4000-8000-000000000000' };
    const session = await connected({
      onFinish(peer) {
        peer.send('result-generated', { output: { type: 'sentence-begin', sentence: { index: 0 } } }, foreign);
        peer.begin(0, peer.text);
        peer.send('task-finished', { usage: { characters: 999 } }, foreign);
        peer.send('task-failed', {}, { ...foreign, header: { error_code: 'InternalError', error_message: 'x' } });
        peer.audio(PCM);
        peer.end(0, peer.text);
        setTimeout(() => peer.finish(), 20);
      },
    });
    expect((await collect(session)).take).toMatchObject({ byteLength: 480, usage: { characters: 7 } });
  });

  test('messages of another task are no sign of life', async () => {
    let timer: NodeJS.Timeout | undefined;
    const error = await failureOf(
      (peer) => {
        timer = setInterval(() => peer.send('task-finished', {}, { taskId: 'another' }), 5);
      },
      { idleTimeoutMs: 60 },
    );
    clearInterval(timer);
    expect(error).toMatchObject({ code: 'session-lost' });
  });

  test.each([1000, 1005, 1006, 1007, 1011])('a close with %d before it leaves no take', async (code) => {
    const error = await failureOf((peer) => {
      peer.begin(0, peer.text);
      peer.audio(PCM);
      peer.end(0, peer.text);
      if (code === 1006) peer.socket.terminate();
      else if (code === 1005) peer.socket.close();
      else peer.socket.close(code);
    });
    expect(error).toMatchObject({ code: 'session-lost', retry: 'backoff' });
  });

  test.each([
    [1007, 'Model not found (qwen-audio-3.0-tts-flash)!', 'model-unknown', 'never'],
    [1007, 'Requests rate limit exceeded, please try again later.', 'throttled', { afterMs: 5_000 }],
    [1011, 'You exceeded your current requests list.', 'throttled', { afterMs: 5_000 }],
    [1011, 'Internal server error', 'service-failed', 'backoff'],
  ])('a close with %d "%s" means %s', async (code, reason, meaning, retry) => {
    expect(await failureOf((peer) => peer.socket.close(code, reason))).toMatchObject({ code: meaning, retry });
  });

  test.each([
    ['CLIENT_ERROR', 'request timeout after 23 seconds.', 'session-lost', 'backoff'],
    ['InvalidParameter', '[tts:]Engine return error code: 418', 'voice-not-found', 'never'],
    ['InvalidParameter', '[cosyvoice:]Engine return error code: 411', 'voice-not-found', 'never'],
    ['InvalidParameter', 'Request voice is invalid!', 'voice-not-found', 'never'],
    ['InvalidParameter', 'Please ensure input text is valid.', 'text-refused', 'never'],
    [
      'InvalidParameter',
      "Missing required parameter 'payload.model'! Please follow the protocol!",
      'service-refused',
      'never',
    ],
    ['InvalidParameter', 'Text request limit violated, expected 1.', 'service-refused', 'never'],
    ['', 'SSML text is not supported at the moment!', 'service-refused', 'never'],
    ['DataInspectionFailed', 'Input data may contain inappropriate content.', 'text-refused', 'never'],
    ['Arrearage', 'Access denied.', 'account-blocked', 'never'],
    ['ModelNotFound', 'Model not found.', 'model-unknown', 'never'],
    ['Endpoint.AccessDenied', 'No access.', 'model-unknown', 'never'],
    ['Throttling.RateQuota', 'Requests rate limit exceeded.', 'throttled', { afterMs: 5_000 }],
    ['', 'Allocated quota exceeded, please increase your quota limit.', 'throttled', { afterMs: 5_000 }],
    ['', 'Request rate increased too quickly.', 'throttled', { afterMs: 10_000 }],
    ['InternalError', 'x', 'service-failed', 'backoff'],
    ['ServiceUnavailable', 'x', 'service-failed', 'backoff'],
    ['InvalidParameter', '[tts:]Engine return error code: 500', 'service-failed', 'backoff'],
    ['NoSuchCodeYet', 'x', 'service-refused', 'backoff'],
  ])('task-failed %s "%s" means %s', async (code, message, meaning, retry) => {
    const error = await failureOf((peer) => peer.fail(code, message));
    expect(error).toMatchObject({ code: meaning, retry });
  });

  test.each([
    ['no JSON', 'nonsense'],
    ['no event', '{"header":{}}'],
    ['no object', '[]'],
  ])('a text frame with %s breaks the protocol', async (_what, frame) => {
    expect(await failureOf((peer) => peer.socket.send(frame))).toMatchObject({ code: 'protocol-violation' });
  });

  test('unknown events are ignored', async () => {
    const session = await connected({
      onFinish(peer) {
        peer.send('task-warmed-up', { output: 'x' });
        speakWell(peer);
      },
    });
    expect((await collect(session)).take.byteLength).toBe(480);
  });
});

describe('usage', () => {
  const usages = (model: string, ...all: (Record<string, unknown> | undefined)[]) =>
    connected({
      onFinish(peer) {
        peer.begin(0, peer.text);
        peer.audio(PCM);
        for (const usage of all.slice(0, -1))
          peer.send('result-generated', { output: { type: 'sentence-synthesis', sentence: { index: 0 } }, usage });
        peer.end(0, peer.text);
        peer.finish(all.at(-1) ?? {});
      },
    }).then(async (session) => (await collect(session, { model })).take.usage);

  test('is cumulative: the last one counts, wherever it comes', async () => {
    expect(await usages(REQUEST.model, { characters: 5 }, { characters: 9 })).toEqual({ characters: 9 });
  });

  test('in the middle only', async () => {
    expect(await usages(REQUEST.model, { characters: 5 }, undefined)).toEqual({ characters: 5 });
  });

  const both = { characters: 9, input_tokens: 3, output_tokens: 4 };
  test('of both kinds: the one that the model is billed by', async () => {
    expect(await usages(REQUEST.model, both)).toEqual({ characters: 9 });
  });

  test('in tokens, with or without their sum', async () => {
    const tokens = { total_tokens: 7, input_tokens: 3, output_tokens: 4 };
    expect(await usages('qwen-audio-3.1-tts-flash', both)).toEqual(tokens);
  });
});

describe('giving up', () => {
  test('an abort ends the connection at once', async () => {
    const stopping = new AbortController();
    const session = await connected({
      onFinish(peer) {
        peer.begin(0, peer.text);
        stopping.abort();
      },
    });
    expect(await failing(collect(session, { signal: stopping.signal }))).toMatchObject({ code: 'interrupted' });
    await session.closed;
  });

  test('a service that falls silent is given up', async () => {
    const error = await failureOf((peer) => peer.begin(0, peer.text), { idleTimeoutMs: 40 });
    expect(error).toMatchObject({ code: 'session-lost', retry: 'backoff' });
  });

  test('a handshake that takes too long', async () => {
    server = await serveTasks({ onUpgrade: () => undefined });
    const { inferenceUrl } = server;
    const { signal } = new AbortController();
    const opening = openTaskSession({ inferenceUrl, apiKey: 'sk-test', model: 'm', signal, handshakeTimeoutMs: 40 });
    expect(await failing(opening)).toMatchObject({ code: 'service-unreachable', retry: 'backoff' });
  });

  test.each([
    ['401 Unauthorized', '{"code":"InvalidApiKey","message":"Invalid API-key provided."}', 'key-refused', 'never'],
    ['403 Forbidden', '{"code":"Endpoint.AccessDenied","message":"x"}', 'model-unknown', 'never'],
    ['404 Not Found', '{"code":"ModelNotFound","message":"x"}', 'model-unknown', 'never'],
    ['429 Too Many Requests', '{}', 'throttled', { afterMs: 5_000 }],
    ['503 Service Unavailable', '', 'service-failed', 'backoff'],
  ])('a handshake that is refused with %s', async (head, body, code, retry) => {
    server = await serveTasks({
      onUpgrade: (socket) =>
        socket.end(`HTTP/1.1 ${head}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
    });
    const { inferenceUrl } = server;
    const { signal } = new AbortController();
    const opening = openTaskSession({ inferenceUrl, apiKey: 'sk-test', model: 'm', signal });
    expect(await failing(opening)).toMatchObject({ code, retry });
  });
});
