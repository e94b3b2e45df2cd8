/** The HTTP variant of the simulator: one body with an address, or events; and what its settings change. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Simulator } from '../../../src/simulator/server.ts';
import { SPEECH_HTTP_PATH } from '../../../src/speech/dashscope-inference/protocol.ts';
import { quickFfmpeg } from '../../quick-environment.ts';
import { KEY } from '../rig.ts';
import { CHARACTERS, ready, speak } from './rig.ts';

const TEXT = 'The lamp was out. Nobody had seen it go.';
const COUNTED = { text: TEXT, format: 'pcm', sample_rate: 24_000, seed: 7 };

async function call(simulator: Simulator, input: object, { sse = false, key = KEY, model = CHARACTERS } = {}) {
  return fetch(simulator.httpBaseUrl + SPEECH_HTTP_PATH, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(sse && { 'x-dashscope-sse': 'enable' }),
    },
    body: JSON.stringify({ model, input }),
  });
}

interface Event {
  code?: string;
  output?: {
    type?: string;
    finish_reason: string;
    sentence?: { index: number; words?: object[] };
    audio?: { data?: string; url?: string };
  };
  usage?: { characters: number };
}

/** As the documents say: the `data:` lines of an event belong together. */
async function eventsOf(response: Response): Promise<Event[]> {
  const blocks = (await response.text()).split('\n\n').filter((block) => block !== '');
  return blocks.map((block) => {
    const lines = block.split('\n').filter((line) => line.startsWith('data:'));
    return JSON.parse(lines.map((line) => line.slice('data:'.length)).join('\n')) as Event;
  });
}

const soundOf = (events: readonly Event[]) =>
  Buffer.concat(events.map(({ output }) => Buffer.from(output?.audio?.data ?? '', 'base64')));

test('the same speech as over the socket, at its address and in the events', async () => {
  const { simulator, voice, client } = await ready();
  const { audio } = await speak(client, { texts: [TEXT], voice, seed: 7 });
  const whole = (await (await call(simulator, { ...COUNTED, voice })).json()) as Event;
  expect(whole).toMatchObject({ output: { finish_reason: 'stop' }, usage: { characters: TEXT.length } });
  const fetched = await fetch(whole.output?.audio?.url ?? '');
  expect(Buffer.from(await fetched.arrayBuffer()).equals(audio)).toBe(true);

  const events = await eventsOf(
    await call(simulator, { ...COUNTED, voice, word_timestamp_enabled: true }, { sse: true }),
  );
  expect(soundOf(events).equals(audio)).toBe(true);
  expect(events.slice(0, -1).every(({ output }) => output?.finish_reason === 'null')).toBe(true);
  expect(events.at(-1)?.output).toMatchObject({ finish_reason: 'stop', audio: { url: expect.any(String) } });
  expect(events.filter(({ output }) => output?.type === 'sentence-end')).toHaveLength(2);
  expect(events.find(({ output }) => output?.type === 'sentence-end')?.output?.sentence?.words).toHaveLength(4);
  expect(simulator.metrics().inference.tasks).toMatchObject({ run: 3, finished: 3, failed: 0 });
});

test.each([
  [{ text: '' }, {}, 400],
  [{ sample_rate: 12_345 }, {}, 400],
  [{ voice: 'nobody' }, {}, 400],
  [{}, { key: '' }, 401],
  [{}, { model: 'no-model' }, 404],
] as const)('refused: %j %j', async (input, of, status) => {
  const { simulator, voice } = await ready();
  const response = await call(simulator, { ...COUNTED, voice, ...input }, of);
  expect({ status: response.status, body: await response.json() }).toEqual({
    status,
    body: expect.objectContaining({ code: expect.any(String), message: expect.any(String) }),
  });
});

describe('what the sources leave open', () => {
  test('sseLines=many: an event has several data lines', async () => {
    const { simulator, voice } = await ready({ inference: { sseLines: 'many' } });
    const response = await call(simulator, { ...COUNTED, voice }, { sse: true });
    const text = await response.clone().text();
    expect(text.split('\n\n')[0]?.match(/^data:/gm)?.length).toBeGreaterThan(5);
    expect((await eventsOf(response)).at(-1)?.output?.finish_reason).toBe('stop');
  });

  test('sseStop=false: the stream ends without an end', async () => {
    const { simulator, voice } = await ready({ inference: { sseStop: false } });
    const events = await eventsOf(await call(simulator, { ...COUNTED, voice }, { sse: true }));
    expect(events.some(({ output }) => output?.finish_reason === 'stop')).toBe(false);
  });

  test.each([
    ['missing', 404, 'NoSuchKey'],
    ['expired', 403, 'expired'],
  ] as const)('resultUrl=%s', async (resultUrl, status, words) => {
    const { simulator, voice } = await ready({ inference: { resultUrl } });
    const whole = (await (await call(simulator, { ...COUNTED, voice })).json()) as Event;
    const fetched = await fetch(whole.output?.audio?.url ?? '');
    expect([fetched.status, await fetched.text()]).toEqual([status, expect.stringContaining(words)]);
  });

  test('a fault is an error in a stream that began with 200, or a stream that breaks off', async () => {
    const { simulator, voice } = await ready({ faults: [{ kind: 'error-event', times: 1 }, { kind: 'close' }] });
    const failed = await call(simulator, { ...COUNTED, voice }, { sse: true });
    expect(failed.status).toBe(200);
    expect((await eventsOf(failed)).at(-1)).toMatchObject({ code: 'InternalError' });
    const cut = await eventsOf(await call(simulator, { ...COUNTED, voice }, { sse: true }));
    expect(cut.at(-1)?.output?.type).toBe('sentence-synthesis');
  });
});

test('opus: each frame is a page, and a decoder finds the right length', async () => {
  const { voice, client } = await ready();
  const opus = await speak(client, { texts: [TEXT], voice, format: 'opus' });
  expect(opus.frames.every(({ bytes }) => bytes.subarray(0, 4).toString() === 'OggS')).toBe(true);
  expect(opus.frames.filter(({ bytes }) => bytes.includes('OpusHead'))).toHaveLength(1);

  const pcm = await speak(client, { texts: [TEXT], voice });
  const { path } = await quickFfmpeg();
  const run = promisify(execFile)(
    path,
    ['-v', 'error', '-i', 'pipe:0', '-f', 's16le', '-ac', '1', '-ar', '24000', '-'],
    {
      encoding: 'buffer',
      maxBuffer: 1e8,
    },
  );
  run.child.stdin?.end(opus.audio);
  const { stdout, stderr } = await run;
  expect(stderr.toString()).toBe('');
  expect(Math.abs(stdout.length / pcm.audio.length - 1)).toBeLessThan(0.02);
});
