import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { PipelineError } from '../../src/errors.ts';
import type { RateLimiter } from '../../src/limits.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { createEnrolmentClient } from '../../src/speech/dashscope-realtime/enrolment.ts';
import { speechLike, wav } from '../simulator/rig.ts';
import { type ScriptedServer, startServer } from './server.ts';

const MODEL = 'qwen-tts-vc-realtime-2025-08-20';
const SAMPLE = { bytes: Uint8Array.from([1, 2, 3, 4]), mediaType: 'audio/wav' };
const CREATED = {
  output: { voice: 'qwen-tts-vc-ada_1-voice-20250812105009984-838b', target_model: MODEL },
  usage: { count: 1 },
};

let server: ScriptedServer | undefined;

afterEach(() => server?.close());

/** A rate limiter that never waits and keeps a record. */
function recordingLimiter() {
  const record = { passes: 0, pausedMs: [] as number[], countedAfterMs: [] as number[] };
  const limiter: RateLimiter = {
    acquire: async () => {
      record.passes += 1;
      const passedAt = performance.now();
      return () => record.countedAfterMs.push(performance.now() - passedAt);
    },
    pauseFor: async (ms) => {
      record.pausedMs.push(ms);
    },
  };
  return { limiter, record };
}

type Answer = (
  response: ServerResponse,
  body: { model: string; input: Record<string, unknown> },
  request: IncomingMessage,
) => void;

async function client(answer: Answer, timeoutMs?: number) {
  server = await startServer({
    onRequest: (request, response, body) => answer(response, body === '' ? {} : JSON.parse(body), request),
  });
  const { limiter, record } = recordingLimiter();
  const made = createEnrolmentClient({
    httpBaseUrl: server.httpBaseUrl,
    apiKey: 'sk-test',
    limiter: limiter,
    ...(timeoutMs && { timeoutMs }),
  });
  return { enrolment: made, record };
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const failing = (promise: Promise<unknown>): Promise<PipelineError> =>
  promise.then(
    () => expect.fail('should have been refused'),
    (error: PipelineError) => error,
  );

const create = { model: MODEL, preferredName: 'ada_1', audio: SAMPLE };

test('create sends what the documents say and gives the voice', async () => {
  const seen: { body?: unknown; request?: IncomingMessage } = {};
  const { enrolment, record } = await client((response, body, request) => {
    Object.assign(seen, { body, request });
    json(response, 200, CREATED);
  });
  const voice = await enrolment.create({ ...create, transcript: 'Well.', language: 'en' });
  expect(voice).toEqual({ voiceId: CREATED.output.voice, simulated: false });
  expect(seen.request?.method).toBe('POST');
  expect(seen.request?.url).toBe('/api/v1/services/audio/tts/customization');
  expect(seen.request?.headers.authorization).toBe('Bearer sk-test');
  expect(seen.body).toEqual({
    model: 'qwen-voice-enrollment',
    input: {
      action: 'create',
      target_model: MODEL,
      preferred_name: 'ada_1',
      audio: { data: 'data:audio/wav;base64,AQIDBA==' },
      text: 'Well.',
      language: 'en',
    },
  });
  expect(record.passes).toBe(1);
  expect(enrolment.counts()).toEqual({ enroll: 1, list: 0, delete: 0 });
});

test('a sample can be an https address, which the service fetches itself, and no other', async () => {
  const inputs: Record<string, unknown>[] = [];
  const { enrolment } = await client((response, { input }) => {
    inputs.push(input);
    json(response, 200, CREATED);
  });
  const url = 'https://example.org/ada.wav';
  await enrolment.create({ ...create, audio: { url } });
  expect(inputs.map(({ audio }) => audio)).toEqual([{ data: url }]);
  for (const wrong of ['http://example.org/ada.wav', 'file:///etc/passwd', 'ada.wav']) {
    expect(await failing(enrolment.create({ ...create, audio: { url: wrong } }))).toMatchObject({
      code: 'sample-refused',
    });
  }
  expect(inputs).toHaveLength(1);
});

describe('a call counts at the service', () => {
  test('once its answer begins to arrive', async () => {
    const { enrolment, record } = await client((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      setTimeout(() => response.end(JSON.stringify(CREATED)), 200);
    });
    const creating = enrolment.create(create);
    await expect.poll(() => record.countedAfterMs.length).toBe(1);
    expect(record.countedAfterMs[0]).toBeLessThan(200);
    await creating;
  });

  test('or a moment after it was sent, when the answer is long in coming', async () => {
    const { enrolment, record } = await client((response) => setTimeout(() => json(response, 200, CREATED), 3_000));
    const creating = enrolment.create(create);
    await expect.poll(() => record.countedAfterMs.length, { timeout: 10_000 }).toBe(1);
    expect(record.countedAfterMs[0]).toBeGreaterThanOrEqual(595);
    expect(record.countedAfterMs[0]).toBeLessThan(3_000);
    await creating;
  });

  test('or a moment after the line broke', async () => {
    const { enrolment, record } = await client((response) => response.destroy());
    expect(await failing(enrolment.create(create))).toMatchObject({ code: 'service-unreachable' });
    await expect.poll(() => record.countedAfterMs.length, { timeout: 10_000 }).toBeGreaterThan(0);
  });
});

test('clones that take long: ten in any second by the count of the service, and all are made', async () => {
  const simulator = await startSimulator({ voiceEngine: 'tones', speed: { cloneMs: 700 } });
  const limits = openLimits(
    { redis: undefined, prefix: 'test' },
    { account: 'a', enrollPerSecond: 10, sessionsAtOnce: 1 },
  );
  const enrolment = createEnrolmentClient({
    ...simulator,
    apiKey: 'sk-test',
    limiter: limits.enrollLimiter('qwen-voice-enrollment'),
  });
  const audio = { bytes: wav(speechLike({ seconds: 4, rateHz: 16_000 }), { rateHz: 16_000 }), mediaType: 'audio/wav' };
  try {
    await Promise.all(
      Array.from({ length: 25 }, (_, index) => enrolment.create({ model: MODEL, preferredName: `v_${index}`, audio })),
    );
    const { enroll, voices } = simulator.metrics();
    expect(voices).toBe(25);
    expect(enroll).toMatchObject({ calls: 25, throttled: 0 });
    expect(enroll.maxInAnySecond).toBeLessThanOrEqual(10);
  } finally {
    limits.close();
    await simulator.close();
  }
});

test('delete names the voice', async () => {
  let input: unknown;
  const { enrolment } = await client((response, body) => {
    input = body.input;
    json(response, 200, { usage: { count: 0 }, request_id: 'r' });
  });
  await enrolment.delete('some-voice');
  expect(input).toEqual({ action: 'delete', voice: 'some-voice' });
  expect(enrolment.counts()).toEqual({ enroll: 0, list: 0, delete: 1 });
});

describe('finding a voice by its name', () => {
  const row = (name: string, minute: string, model = MODEL) => ({
    voice: `qwen-tts-vc-${name}-voice-202508121050${minute}-838b`,
    gmt_create: `2025-08-12 10:${minute}:00`,
    target_model: model,
  });

  const listing = (rows: ReturnType<typeof row>[]) =>
    client((response, { input }) => {
      const size = Number(input.page_size);
      const from = Number(input.page_index) * size;
      json(response, 200, { output: { voice_list: rows.slice(from, from + size) }, usage: { count: 0 } });
    });

  test('the newest of its name and model', async () => {
    const { enrolment } = await listing([
      row('ada_1', '10'),
      row('ada_1', '30'),
      row('ada_1', '20'),
      row('ada_11', '40'),
      row('my_ada_1', '50'),
      row('ada_1', '55', 'qwen3-tts-vc-realtime-2026-01-15'),
    ]);
    const found = await enrolment.findByName({ preferredName: 'ada_1', model: MODEL });
    expect(found).toMatchObject({ voiceId: row('ada_1', '30').voice, createdAt: '2025-08-12 10:30:00' });
    expect(enrolment.counts().list).toBe(1);
  });

  test('on a later page', async () => {
    const others = Array.from({ length: 1_000 }, () => row('other', '10'));
    const { enrolment, record } = await listing([...others, row('ada_1', '30')]);
    expect(await enrolment.findByName({ preferredName: 'ada_1', model: MODEL })).toBeDefined();
    expect(enrolment.counts().list).toBe(2);
    expect(record.passes).toBe(2);
  });

  test('not at all, and from a list that never ends', async () => {
    const { enrolment } = await listing([row('other', '10')]);
    expect(await enrolment.findByName({ preferredName: 'ada_1', model: MODEL })).toBeUndefined();
    await server?.close();
    const page = Array.from({ length: 1_000 }, () => row('other', '10'));
    const endless = await client((response) => json(response, 200, { output: { voice_list: page } }));
    expect(await endless.enrolment.findByName({ preferredName: 'ada_1', model: MODEL })).toBeUndefined();
    expect(endless.enrolment.counts().list).toBe(2);
  });
});

describe('a list in pages smaller than asked for', () => {
  const voices = Array.from({ length: 25 }, (_, index) => ({
    voice: `qwen-tts-vc-v${index}-voice-20250812105009984-838b`,
    gmt_create: '2025-08-12 10:10:00',
    target_model: MODEL,
  }));
  const wanted = { preferredName: 'v24', model: MODEL };

  test.each<[string, (size: number, index: number) => object, number]>([
    ['counted in its own pages', (_size, index) => ({ voice_list: voices.slice(index * 10, index * 10 + 10) }), 3],
    ['counted in the pages asked for', (size, index) => ({ voice_list: voices.slice(index * size).slice(0, 10) }), 3],
    ['with a total', (_size, index) => ({ voice_list: voices.slice(index * 10, index * 10 + 10), total_count: 25 }), 3],
    [
      'with a sign of more',
      (_size, index) => ({ voice_list: voices.slice(index * 10, index * 10 + 10), has_more: index < 2 }),
      3,
    ],
    [
      'that begin again at the end',
      (_size, index) => ({ voice_list: voices.slice((index % 3) * 10, (index % 3) * 10 + 10) }),
      3,
    ],
  ])('%s is read to its end', async (_name, page, calls) => {
    const { enrolment } = await client((response, { input }) =>
      json(response, 200, { output: page(Number(input.page_size), Number(input.page_index)) }),
    );
    expect(await enrolment.findByName(wanted)).toMatchObject({ voiceId: voices[24]?.voice });
    expect(enrolment.counts().list).toBe(calls);
  });

  test.each<[string, object, number]>([
    ['no sign', {}, 4],
    ['a total', { total_count: 25 }, 3],
  ])('with %s: all voices', async (_name, sign, calls) => {
    const { enrolment } = await client((response, { input }) => {
      const from = Number(input.page_index) * 10;
      json(response, 200, { output: { voice_list: voices.slice(from, from + 10), ...sign } });
    });
    expect(await enrolment.listAll()).toHaveLength(25);
    expect(enrolment.counts().list).toBe(calls);
  });

  test('that never ends, is bounded', async () => {
    let next = 0;
    const { enrolment } = await client((response) => {
      next += 1;
      json(response, 200, { output: { voice_list: [{ ...voices[0], voice: `qwen-tts-vc-w-voice-${next}` }] } });
    });
    expect(await enrolment.findByName(wanted)).toBeUndefined();
    expect(enrolment.counts().list).toBe(205);
  });
});

test.each<[string, object, string, RegExp]>([
  ['a known code', { code: 'InvalidApiKey', message: 'Invalid API-key provided.' }, 'key-refused', /Invalid API-key/],
  [
    'an unknown code',
    { code: 'Voice.Odd', message: 'No such luck.', request_id: 'r-1' },
    'service-refused',
    /No such luck.*r-1/,
  ],
  ['words alone', { message: 'The sample is unacceptable.' }, 'service-refused', /unacceptable/],
  ['a number', { code: 400, message: 'The sample is unacceptable.', output: null }, 'service-refused', /unacceptable/],
  [
    'the names of a gateway',
    { success: false, errorCode: 'InvalidApiKey', errorMessage: 'Invalid API-key provided.' },
    'key-refused',
    /Invalid API-key/,
  ],
  [
    'no success',
    { success: false, errorMessage: 'The sample is unacceptable.', output: {} },
    'service-refused',
    /unacc/,
  ],
])(
  'a refusal with status 200 and %s is a refusal, told with its words, and made nothing',
  async (_name, body, code, words) => {
    const { enrolment } = await client((response) => json(response, 200, body));
    const failure = await failing(enrolment.create(create));
    expect(failure).toMatchObject({ code, retry: 'never' });
    expect(failure.message).toMatch(words);
  },
);

test('a voice in the answer was made, whatever stands beside it', async () => {
  const { enrolment } = await client((response) => json(response, 200, { ...CREATED, code: 'Odd', message: 'Odd.' }));
  expect(await enrolment.create(create)).toMatchObject({ voiceId: CREATED.output.voice });
});

test.each<[string, (text: string) => Buffer]>([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  // Headers that a proxy left, made up or forgot.
  ['gzip', Buffer.from],
  ['br', Buffer.from],
  ['utf-8', Buffer.from],
  ['none', Buffer.from],
  ['', gzipSync],
])('an answer packed with %s and with a byte order mark is read', async (packing, pack) => {
  const { enrolment } = await client((response, { input }) => {
    const isCreate = input.action === 'create';
    const body = isCreate ? CREATED : { code: 'InvalidParameter', message: 'No such page.' };
    response.writeHead(isCreate ? 200 : 400, { 'content-encoding': packing });
    response.end(pack(`\uFEFF${JSON.stringify(body)}`));
  });
  expect(await enrolment.create(create)).toMatchObject({ voiceId: CREATED.output.voice });
  expect((await failing(enrolment.listAll())).message).toContain('No such page.');
});

test('a throttle pauses the account and says for how long', async () => {
  const { enrolment, record } = await client((response) =>
    json(response, 429, { code: 'Throttling.RateQuota', message: 'Requests rate limit exceeded.', request_id: 'r' }),
  );
  expect(await failing(enrolment.create(create))).toMatchObject({ code: 'throttled', retry: { afterMs: 1_500 } });
  expect(record.pausedMs).toEqual([1_500]);
  expect(enrolment.counts().enroll).toBe(1);
});

test('a full voice quota is no throttle, although the code says so', async () => {
  const { enrolment, record } = await client((response) =>
    json(response, 429, { code: 'Throttling.AllocationQuota', message: 'Maximum voice-clone voice limit exceeded.' }),
  );
  expect(await failing(enrolment.create(create))).toMatchObject({ code: 'voice-quota-full', retry: 'never' });
  expect(record.pausedMs).toEqual([]);
});

test.each<[string, Answer, string, PipelineError['retry']]>([
  ['an empty refusal', (response) => json(response, 400, {}), 'service-refused', 'backoff'],
  ['a proxy page', (response) => response.writeHead(502).end('<html>'), 'service-failed', 'backoff'],
  ['a redirect', (response) => response.writeHead(307, { location: '/elsewhere' }).end(), 'service-refused', 'never'],
  ['200 with no JSON', (response) => response.end('<html>'), 'protocol-violation', 'backoff'],
  ['200 with a list', (response) => response.end('[]'), 'protocol-violation', 'backoff'],
  ['200 without a voice', (response) => json(response, 200, { output: {} }), 'protocol-violation', 'backoff'],
  [
    'a voice for another model',
    (response) => json(response, 200, { output: { voice: 'v', target_model: 'other' } }),
    'protocol-violation',
    'backoff',
  ],
  [
    'a body that breaks off',
    (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"output":', () => response.destroy());
    },
    'service-unreachable',
    'backoff',
  ],
  ['no answer but a closed line', (response) => response.destroy(), 'service-unreachable', 'backoff'],
  ['5 MB', (response) => response.end('x'.repeat(5_000_000)), 'protocol-violation', 'backoff'],
])('%s is a named failure', async (_name, answer, code, retry) => {
  const { enrolment } = await client(answer);
  expect(await failing(enrolment.create(create))).toMatchObject({ code, retry });
});

test('a redirect is not followed', async () => {
  const paths: (string | undefined)[] = [];
  const { enrolment } = await client((response, _body, request) => {
    paths.push(request.url);
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  await failing(enrolment.create(create));
  expect(paths).toHaveLength(1);
});

test('an answer that never comes ends in time, an abort ends it at once', async () => {
  const late = await client(() => undefined, 50);
  expect(await failing(late.enrolment.create(create))).toMatchObject({ code: 'service-unreachable', retry: 'backoff' });
  await server?.close();
  const controller = new AbortController();
  const aborted = await client(() => controller.abort());
  expect(await failing(aborted.enrolment.create(create, { signal: controller.signal }))).toMatchObject({
    code: 'interrupted',
  });
});

test('a sample over the limit is refused before anything is sent', async () => {
  const { enrolment, record } = await client((response) => json(response, 200, CREATED));
  const big = { bytes: new Uint8Array(7_500_000), mediaType: 'audio/wav' };
  expect(await failing(enrolment.create({ ...create, audio: big }))).toMatchObject({
    code: 'sample-refused',
    retry: 'never',
  });
  expect(record.passes).toBe(0);
  expect(enrolment.counts().enroll).toBe(0);
  const fits = { bytes: new Uint8Array(7_499_900), mediaType: 'audio/wav' };
  await enrolment.create({ ...create, audio: fits });
});

test('the simulator is known by its header', async () => {
  const { enrolment } = await client((response) => {
    response.setHeader('x-simulated-by', 'test');
    json(response, 200, CREATED);
  });
  expect(await enrolment.create(create)).toMatchObject({ simulated: true });
});

test('a base that is no URL is refused at once', () => {
  const { limiter } = recordingLimiter();
  expect(() => createEnrolmentClient({ httpBaseUrl: 'ftp://x', apiKey: 'k', limiter: limiter })).toThrow(
    expect.objectContaining({ code: 'service-unreachable', retry: 'never' }),
  );
});
