import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { PipelineError } from '../../../src/errors.ts';
import type { RateLimiter } from '../../../src/limits.ts';
import { createTaskPool, type TaskPoolOptions } from '../../../src/speech/dashscope-inference/session-pool.ts';
import type { VoiceState } from '../../../src/speech/dashscope-inference/voice-state.ts';
import type { Speaker, SpeakListener, SpeakRequest } from '../../../src/speech/engine.ts';
import { serveTasks, speakWell, type TaskPeer, type TaskScript, type TaskServer } from './server.ts';

let server: TaskServer | undefined;
let pool: Speaker | undefined;

afterEach(async () => {
  await server?.close();
  await pool?.close();
  server = undefined;
  pool = undefined;
});

const FLASH = 'qwen-audio-3.0-tts-flash';

async function pooled(
  script: TaskScript,
  options: Partial<TaskPoolOptions> = {},
  deployed?: Parameters<typeof createTaskPool>[1],
): Promise<{ speaker: Speaker; server: TaskServer }> {
  server = await serveTasks(script);
  const { inferenceUrl } = server;
  pool = createTaskPool({ inferenceUrl, apiKey: 'sk-test', maxSessions: 2, rampMs: 0, ...options }, deployed);
  return { speaker: pool, server };
}

function say(from: Speaker, text: string, of: Partial<SpeakRequest> = {}, listener: Partial<SpeakListener> = {}) {
  const request = { model: FLASH, voiceId: 'ada', languageType: 'en', sampleRateHz: 24_000, text, ...of };
  return from.speak(request, { onAudio: () => undefined, ...listener });
}

const failing = (promise: Promise<unknown>): Promise<PipelineError> =>
  promise.then(
    () => expect.fail('should have failed'),
    (error: PipelineError) => error,
  );

/** Counts calls by model, and the pauses that were asked for. */
function countingLimiters() {
  const calls: string[] = [];
  const pauses: [string, number][] = [];
  const limiter = (model: string): RateLimiter => ({
    async acquire() {
      calls.push(model);
      return () => undefined;
    },
    async pauseFor(ms) {
      pauses.push([model, ms]);
    },
  });
  return { limiter, calls, pauses };
}

/** Fails the first `times` tasks with these words, and speaks the others. */
function failingFirst(times: number, message: string, code = 'InvalidParameter') {
  let tasks = 0;
  return (peer: TaskPeer) => {
    tasks += 1;
    if (tasks <= times) peer.fail(code, message);
    else speakWell(peer);
  };
}

describe('connections', () => {
  test('one is used for text after text, of any voice and model, with a new task each time', async () => {
    const { speaker, server } = await pooled({ onFinish: speakWell });
    const takes = [
      await say(speaker, 'One.'),
      await say(speaker, 'Two.', { voiceId: 'bob' }),
      await say(speaker, 'Three.', { model: 'cosyvoice-v3-flash', voiceId: 'cy', sampleRateHz: 16_000 }),
    ];
    expect(server.connections()).toBe(1);
    expect(new Set(takes.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(new Set(takes.map(({ responseId }) => responseId)).size).toBe(3);
    expect(speaker.stats()).toEqual({ open: 1, busy: 0, opened: 1, spoken: 3, commits: 3, throttled: 0 });
  });

  test('never two tasks at a time over one, and never more than allowed', async () => {
    const running = new Map<number, number>();
    let most = 0;
    const { speaker, server } = await pooled({
      onFinish(peer) {
        running.set(peer.connection, (running.get(peer.connection) ?? 0) + 1);
        most = Math.max(most, ...running.values());
        setTimeout(() => {
          running.set(peer.connection, 0);
          speakWell(peer);
        }, 5);
      },
    });
    await Promise.all(['1.', '2.', '3.', '4.', '5.'].map((text) => say(speaker, text)));
    expect(most).toBe(1);
    expect(server.connections()).toBe(2);
  });

  test('an idle one is closed in time', async () => {
    const { speaker } = await pooled({ onFinish: speakWell }, { idleCloseMs: 20 });
    await say(speaker, 'One.');
    await expect.poll(() => speaker.stats().open).toBe(0);
  });

  test('one that the service closed meanwhile is replaced without a word, and the text is sent once more', async () => {
    let commits = 0;
    const { speaker, server } = await pooled({
      onRun(peer) {
        if (peer.connection === 0 && commits === 2) peer.socket.terminate();
        else peer.send('task-started');
      },
      onFinish: speakWell,
    });
    const onCommit = () => {
      commits += 1;
    };
    await say(speaker, 'One.', {}, { onCommit });
    await say(speaker, 'Two.', {}, { onCommit });
    expect(commits).toBe(3);
    expect(server.connections()).toBe(2);
  });

  test('one that was lost after its task had started is a failure: the text may be billed', async () => {
    const { speaker } = await pooled({ onFinish: (peer) => peer.socket.terminate() });
    expect(await failing(say(speaker, 'One.'))).toMatchObject({ code: 'session-lost', retry: 'backoff' });
    expect(speaker.stats().commits).toBe(1);
  });

  test('is dropped after an abort and after a bad take', async () => {
    const { speaker, server } = await pooled({ onFinish: speakWell });
    const stopping = new AbortController();
    const stopped = say(speaker, 'One.', {}, { signal: stopping.signal, onAudio: () => stopping.abort() });
    expect(await failing(stopped)).toMatchObject({ code: 'interrupted' });
    await say(speaker, 'Two.', {}, { isGood: () => false });
    await say(speaker, 'Three.');
    expect(server.connections()).toBe(3);
  });

  test('is new when the caller asks for it', async () => {
    const { speaker, server } = await pooled({ onFinish: speakWell });
    await say(speaker, 'One.');
    await say(speaker, 'Two.', {}, { fresh: true });
    expect(server.connections()).toBe(2);
  });

  test('nothing is sent when the caller may not pay', async () => {
    const { speaker, server } = await pooled({ onFinish: speakWell });
    const onCommit = () => Promise.reject(new Error('no money'));
    await expect(say(speaker, 'One.', {}, { onCommit })).rejects.toThrow('no money');
    expect(server.sent).toEqual([]);
    expect(speaker.stats().commits).toBe(0);
  });
});

describe('limits', () => {
  test('a task is one call of its model; a handshake is none', async () => {
    const { limiter, calls } = countingLimiters();
    const { speaker } = await pooled({ onFinish: speakWell }, { limiter, maxSessions: 1 });
    await say(speaker, 'One.');
    await say(speaker, 'Two.');
    await say(speaker, 'Three.', { model: 'cosyvoice-v3-flash' });
    expect(calls).toEqual([FLASH, FLASH, 'cosyvoice-v3-flash']);
  });

  test('a task leaves last, after all that is done before it', async () => {
    const steps: string[] = [];
    const token = () => Object.assign(() => undefined, { depart: async () => void steps.push('departs') });
    const limiter: RateLimiter = { acquire: async () => token(), pauseFor: async () => undefined };
    const { speaker, server } = await pooled({ onFinish: speakWell }, { limiter: () => limiter });
    const onCommit = () => void steps.push('is recorded');
    await say(speaker, 'One.', {}, { onCommit });
    expect(steps).toEqual(['is recorded', 'departs']);
    expect(server.sent.length).toBeGreaterThan(0);
  });

  test.each<[string, TaskScript]>([
    ['a failed task', { onFinish: (peer) => peer.fail('Throttling.RateQuota', 'Requests rate limit exceeded') }],
    [
      'the reason of a close',
      { onFinish: (peer) => peer.socket.close(1011, 'You exceeded your current requests list') },
    ],
    [
      'a refused handshake',
      { onUpgrade: (socket) => socket.end('HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\n\r\n') },
    ],
  ])('a throttle as %s slows down every caller of the model', async (_what, script) => {
    const { limiter, pauses } = countingLimiters();
    const { speaker } = await pooled(script, { limiter });
    expect(await failing(say(speaker, 'One.'))).toMatchObject({ code: 'throttled', retry: { afterMs: 5_000 } });
    expect(pauses).toEqual([[FLASH, 5_000]]);
    expect(speaker.stats().throttled).toBe(1);
  });
});

describe('a voice that the service says it does not have', () => {
  const OK: VoiceState = { status: 'OK', model: FLASH, simulated: false };
  const asked = (...states: (VoiceState | PipelineError)[]) => {
    const voices: string[] = [];
    const deployed = async (voiceId: string) => {
      voices.push(voiceId);
      const state = states.shift();
      if (state === undefined || state instanceof Error) throw state ?? new Error('asked too often');
      return state;
    };
    return { voices, deployed };
  };
  const ENGINE_418 = '[tts:]Engine return error code: 418';

  test.each([ENGINE_418, 'Request voice is invalid!'])('%s: ready now, and the text is sent again', async (words) => {
    const { voices, deployed } = asked(OK);
    const { speaker } = await pooled({ onFinish: failingFirst(1, words) }, {}, deployed);
    await say(speaker, 'One.');
    expect(voices).toEqual(['ada']);
    expect(speaker.stats()).toMatchObject({ commits: 2, spoken: 1 });
  });

  test('but only once', async () => {
    const { voices, deployed } = asked(OK, OK);
    const { speaker } = await pooled({ onFinish: failingFirst(9, ENGINE_418) }, {}, deployed);
    expect(await failing(say(speaker, 'One.'))).toMatchObject({ code: 'voice-not-found', retry: 'never' });
    expect(voices).toHaveLength(1);
    expect(speaker.stats().commits).toBe(2);
  });

  test.each<[string, VoiceState, RegExp]>([
    ['was refused', { ...OK, status: 'UNDEPLOYED' }, /refused the voice \(UNDEPLOYED\): it will never speak/],
    ['is of another model', { ...OK, model: 'qwen-audio-3.1-tts-flash' }, /enrolled for qwen-audio-3\.1-tts-flash/],
  ])('and that %s', async (_what, state, said) => {
    const { deployed } = asked(state);
    const { speaker } = await pooled({ onFinish: failingFirst(1, ENGINE_418) }, {}, deployed);
    const message: unknown = expect.stringMatching(said);
    expect(await failing(say(speaker, 'One.'))).toMatchObject({ code: 'voice-not-found', retry: 'never', message });
    expect(speaker.stats().commits).toBe(1);
  });

  test('411 is worth two more tries', async () => {
    const words = '[tts:]Engine return error code: 411';
    const options = { elsewhereRetryMs: [5, 10] };
    const { speaker } = await pooled({ onFinish: failingFirst(2, words) }, options);
    await say(speaker, 'One.');
    expect(speaker.stats().commits).toBe(3);
    await speaker.close();
    await server?.close();
    const { speaker: second } = await pooled({ onFinish: failingFirst(3, words) }, options);
    expect(await failing(say(second, 'One.'))).toMatchObject({ code: 'voice-not-found', retry: 'never' });
    expect(second.stats().commits).toBe(3);
  });

  test('nothing is repeated once it was heard', async () => {
    const { deployed } = asked(OK);
    const script: TaskScript = {
      onFinish(peer) {
        peer.begin(0, peer.text);
        peer.audio(Buffer.alloc(480));
        peer.fail('InvalidParameter', ENGINE_418);
      },
    };
    const { speaker } = await pooled(script, {}, deployed);
    expect(await failing(say(speaker, 'One.'))).toMatchObject({ code: 'voice-not-found' });
    expect(speaker.stats().commits).toBe(1);
  });
});

test('a model that refuses word times is not asked for them again', async () => {
  const { speaker, server } = await pooled({
    onRun(peer) {
      if (peer.parameters['word_timestamp_enabled'] === true)
        peer.fail('InvalidParameter', 'word_timestamp_enabled is not supported.');
      else peer.send('task-started');
    },
    onFinish: speakWell,
  });
  await say(speaker, 'One.');
  await say(speaker, 'Two.');
  expect(speaker.stats()).toMatchObject({ commits: 3, spoken: 2 });
  expect(server.sent.filter(({ action }) => action === 'run-task')).toHaveLength(3);
});

describe('a model that takes tasks and says nothing', () => {
  const silent: TaskScript = { onFinish: () => undefined };

  test('is gone when the table does not have it', async () => {
    const { speaker } = await pooled(silent, { idleTimeoutMs: 150 });
    expect(await failing(say(speaker, 'One.', { model: 'qwen-audio-9' }))).toMatchObject({
      code: 'model-unknown',
      retry: 'never',
    });
  });

  test('is gone at the third silence when the table has it; one text goes at a time', async () => {
    const { speaker } = await pooled(silent, { idleTimeoutMs: 150 });
    const said = ['One.', 'Two.', 'Three.', 'Four.', 'Five.'].map((text) => failing(say(speaker, text)));
    const codes = (await Promise.all(said)).map(({ code }) => code);
    expect(codes).toEqual(['session-lost', 'session-lost', 'model-unknown', 'model-unknown', 'model-unknown']);
    expect(speaker.stats().commits).toBe(3);
  });

  test('is only slow when it was heard before', async () => {
    let tasks = 0;
    const { speaker } = await pooled(
      {
        onFinish(peer) {
          tasks += 1;
          if (tasks === 1) speakWell(peer);
        },
      },
      { idleTimeoutMs: 150 },
    );
    const model = 'qwen-audio-9';
    await say(speaker, 'One.', { model });
    expect(await failing(say(speaker, 'Two.', { model }))).toMatchObject({ code: 'session-lost', retry: 'backoff' });
  });

  test('is gone when a new connection is closed without a word', async () => {
    const { speaker } = await pooled({ onRun: (peer) => peer.socket.close(1000) });
    expect(await failing(say(speaker, 'One.', { model: 'qwen-audio-9' }))).toMatchObject({ code: 'model-unknown' });
    expect(await failing(say(speaker, 'One.'))).toMatchObject({ code: 'session-lost' });
  });
});

test('closing waits for the text in progress and takes no other', async () => {
  const { speaker } = await pooled({ onFinish: (peer) => void sleep(20).then(() => speakWell(peer)) });
  const speaking = say(speaker, 'One.');
  await expect.poll(() => speaker.stats().commits).toBe(1);
  const closing = speaker.close();
  expect(await failing(say(speaker, 'Two.'))).toMatchObject({ code: 'interrupted' });
  await closing;
  expect((await speaking).byteLength).toBe(480);
});
