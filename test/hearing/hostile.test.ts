/** Both recognisers, against a server that answers badly: every failure is told, ends in time, and never shows the key. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import { createOwnRecogniser } from '../../src/hearing/own-recogniser.ts';
import type { Hearing, Recogniser } from '../../src/hearing/recogniser.ts';
import { createServiceRecogniser } from '../../src/hearing/service-recogniser.ts';

const KEY = 'hearing-key-0123456789-abcdef';
const sound = { pcm: new Uint8Array(4_800), sampleRateHz: 24_000, language: 'en' };

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
let answer: Answer;
let asked = 0;
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    asked += 1;
    answer(response, request);
  });
});
let address = '';
beforeAll(async () => {
  address = await listening(server);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function listening(some: Server): Promise<string> {
  await new Promise<void>((resolve) => some.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(some.address() as AddressInfo).port}`;
}

const ENGINES = {
  'the service': (at: string, timeoutMs = 10_000) =>
    createServiceRecogniser({ httpBaseUrl: `${at}/api/v1`, apiKey: KEY, timeoutMs }),
  "one's own server": (at: string, timeoutMs = 10_000) =>
    createOwnRecogniser({ url: `${at}/v1`, apiKey: KEY, model: 'm', timeoutMs }),
};

async function failure(of: Promise<unknown>): Promise<PipelineError> {
  const error: unknown = await of.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PipelineError);
  const shown = inspect(error, { depth: 10, showHidden: true });
  expect(shown).not.toContain(KEY);
  expect(shown).not.toContain(Buffer.from(KEY).toString('base64').slice(0, 20));
  return error as PipelineError;
}

const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
const raw =
  (body: string | Buffer, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
const echo =
  (status: number): Answer =>
  (response, request) =>
    void response
      .writeHead(status, { 'content-type': 'text/plain' })
      .end(`refused: ${request.headers.authorization}, ${Buffer.from(KEY).toString('base64')}`);

const FAILURES: [name: string, answer: Answer, code: string, retry: unknown][] = [
  ['401 that echoes the key', echo(401), 'key-refused', 'never'],
  ['400 that echoes the key', echo(400), 'service-refused', 'never'],
  ['500 that echoes the key', echo(500), 'service-failed', 'backoff'],
  ['a redirect', (response) => void response.writeHead(307, { location: `${address}/else` }).end(), '', undefined],
  ['429 for a second', json({}, 429, { 'retry-after': '1' }), 'throttled', undefined],
  ['429 until a date', json({}, 429, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }), 'throttled', undefined],
  ['429 for nonsense', json({}, 429, { 'retry-after': '-5 apples' }), 'throttled', undefined],
  [
    'a slow drip',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    },
    'service-unreachable',
    'backoff',
  ],
  ['no answer', () => undefined, 'service-unreachable', 'backoff'],
  ['a cut connection', (response) => void response.socket!.destroy(), 'service-unreachable', 'backoff'],
  [
    'an answer that ends early',
    (response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"text":"half');
      setTimeout(() => response.socket!.destroy(), 20);
    },
    'service-unreachable',
    'backoff',
  ],
  [
    'chunks without a length',
    (response) => void response.socket!.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nno\r\n'),
    'service-unreachable',
    'backoff',
  ],
  ['no HTTP', (response) => void response.socket!.end('\0\x01\x02 what?'), 'service-unreachable', 'backoff'],
  [
    'a gzip bomb',
    raw(gzipSync(Buffer.alloc(64 * 1024 * 1024, 32)), { 'content-encoding': 'gzip' }),
    'protocol-violation',
    'never',
  ],
  ['more than 4 MB', raw(JSON.stringify({ text: 'a'.repeat(5_000_000) })), 'protocol-violation', 'never'],
  ['a deep nest', raw('['.repeat(100_000)), 'protocol-violation', 'never'],
  ['an empty body', raw(''), '', undefined],
  ['null', json(null), 'protocol-violation', 'never'],
  ['a list', json([{ text: 'a' }]), 'protocol-violation', 'never'],
  ['a text that is a number', json({ text: 5, output: { text: 5 } }), 'protocol-violation', 'never'],
];

/** Times of words that are none. */
const TIMES: [start: unknown, end: unknown][] = [
  [-1, 1],
  [2, 1],
  ['0', '1'],
  [null, 1],
  [undefined, undefined],
  [{}, []],
];

describe.each(Object.entries(ENGINES))('%s', (name, open) => {
  it.each(FAILURES)('%s', async (what, badly, code, retry) => {
    answer = badly;
    asked = 0;
    const isEndless = what === 'a slow drip' || what === 'no answer';
    const recogniser: Recogniser = open(address, isEndless ? 200 : undefined);
    if (what === 'an empty body' && name !== 'the service') {
      expect(await recogniser.hear(sound).catch(() => ({ text: '' }))).toMatchObject({ text: '' });
      return;
    }
    const error = await failure(recogniser.hear(sound));
    if (code !== '') expect(error.code).toBe(code);
    if (retry !== undefined) expect(error.retry).toEqual(retry);
    if (what === '429 for a second' && name !== 'the service') expect(error.retry).toEqual({ afterMs: 1_000 });
    if (what.startsWith('429')) expect(error.retry).toEqual({ afterMs: expect.any(Number) });
    expect(asked).toBe(1);
  });

  it('has no times that are none, also not infinite ones', async () => {
    const words = TIMES.map(([start, end]) => ({ word: 'a', text: 'a', start, end, begin_time: start, end_time: end }));
    const endless = '{"word":"a","text":"a","start":1,"end":1e999,"begin_time":1,"end_time":1e999}';
    const list = `[${JSON.stringify(words).slice(1, -1)},${endless},null,7,"a",[]]`;
    answer = raw(
      `{"text":"a a a","words":${list},"segments":[{"words":7},null],"sentence":{"text":"a a a","words":${list}}}`,
    );
    const heard: Hearing = await open(address).hear(sound);
    expect(heard.text).toBe('a a a');
    expect(heard.words).toBeUndefined();
  });

  it('is another protocol, or none at all', async () => {
    const plain = createTcpServer((socket) => socket.on('error', () => undefined).end('220 mail\r\n'));
    const at = await listening(plain);
    expect(await failure(open(at).hear(sound))).toMatchObject({ code: 'service-unreachable', retry: 'backoff' });
    const error = await failure(open(at.replace('http:', 'https:')).hear(sound));
    expect(error).toMatchObject({ code: 'service-unreachable', retry: 'backoff' });
    plain.close();
  });
});

describe('answers in other shapes', () => {
  it('times in segments, beside an empty list of words', async () => {
    const word = { word: ' Hello', start: 0.1, end: 0.4 };
    answer = json({ text: 'Hello', words: [], segments: [{ words: [word] }] });
    const { words } = await ENGINES["one's own server"](address).hear(sound);
    expect(words).toEqual([{ text: 'Hello', startSeconds: 0.1, endSeconds: 0.4 }]);
  });

  it('a byte order mark before JSON', async () => {
    answer = raw('\uFEFF{"text":"Hello"}');
    expect(await ENGINES["one's own server"](address).hear(sound)).toEqual({ text: 'Hello', simulated: false });
  });

  it('several sentences of the service, of which one is apart', async () => {
    const piece = (text: string, begin_time: number) => ({
      text,
      words: [{ text: text.slice(0, -1), punctuation: '.', begin_time, end_time: begin_time + 200 }],
    });
    const sentences = [piece('Hello.', 0), piece('Goodbye.', 500)];
    answer = json({ output: { text: 'Hello. Goodbye.', sentence: sentences[0], sentences } });
    const heard = await ENGINES['the service'](address).hear(sound);
    expect(heard).toMatchObject({ text: 'Hello. Goodbye.' });
    expect(heard.words).toEqual([
      { text: 'Hello', startSeconds: 0, endSeconds: 0.2 },
      { text: 'Goodbye', startSeconds: 0.5, endSeconds: 0.7 },
    ]);
  });

  it('a key that no header can carry is refused before anything is sent', () => {
    const make = () => createOwnRecogniser({ url: address, apiKey: `${KEY}\n`, model: 'm' });
    expect(make).toThrow(/^PIPELINE_HEARING_KEY contains/);
    expect(make).not.toThrow(KEY);
  });
});
