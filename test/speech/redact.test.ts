/** The key never shows: not in a message, a stack or a cause of anything that can go wrong on the wire. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { RateLimiter } from '../../src/limits.ts';
import { quoteUntrusted, redact } from '../../src/speech/dashscope/redact.ts';
import { createEnrolmentClient } from '../../src/speech/dashscope-realtime/enrolment.ts';
import { openSession } from '../../src/speech/dashscope-realtime/session.ts';
import { createSessionPool } from '../../src/speech/dashscope-realtime/session-pool.ts';
import { greet, type Peer, type Script, type ScriptedServer, startServer } from './server.ts';

/** Not of the usual form, so that only knowing the key can hide it. */
const KEY = 'Zebra/0123456789+crossing=';
const FORMS = [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64'), 'Zebra', 'crossing'];

const SETTINGS = { voice: 'v', mode: 'commit' } as const;
const GATE: RateLimiter = { acquire: async () => () => undefined, pauseFor: async () => undefined };

let server: ScriptedServer | undefined;

afterEach(() => server?.close());

/** All that could be printed of an error: every string in it, its stack and its causes. */
function everythingOf(error: unknown, depth = 0): string {
  if (depth > 6 || typeof error !== 'object' || error === null) return String(error);
  const names = [...Object.getOwnPropertyNames(error), 'name'];
  return names.map((name) => `${name}: ${everythingOf(Reflect.get(error, name), depth + 1)}`).join('\n');
}

async function expectSecret(promise: Promise<unknown>): Promise<void> {
  const error = await promise.then(
    () => expect.fail('should have failed'),
    (failure: unknown) => failure,
  );
  const everything = everythingOf(error);
  expect(everything).toContain('stack: PipelineError');
  for (const form of FORMS) expect(everything).not.toContain(form);
}

function echo(text: string | undefined): Record<string, string> {
  return { code: 'InvalidApiKey', message: `Bad key ${text} (${KEY}, ${encodeURIComponent(KEY)})`, request_id: KEY };
}

test.each<[string, (response: ServerResponse, request: IncomingMessage) => void]>([
  [
    '401 that echoes it',
    (response, { headers }) => response.writeHead(401).end(JSON.stringify(echo(headers.authorization))),
  ],
  ['400 with it as the code', (response) => response.writeHead(400).end(JSON.stringify({ code: KEY, message: KEY }))],
  ['a page that holds it', (response) => response.end(`<html>${KEY}`)],
  ['a redirect to it', (response) => response.writeHead(302, { location: `http://x/${KEY}` }).end()],
  ['a cut line', (response) => response.destroy()],
])('enrolment, %s', async (_name, answer) => {
  server = await startServer({ onRequest: (request, response) => answer(response, request) });
  const enrolment = createEnrolmentClient({ httpBaseUrl: server.httpBaseUrl, apiKey: KEY, limiter: GATE });
  await expectSecret(enrolment.list({ pageSize: 1, pageIndex: 0 }));
});

const speaking = (onCommit: (peer: Peer) => void): Script => ({ onSession: (peer) => greet(peer, onCommit) });

test.each<[string, Script]>([
  [
    'a handshake that echoes it',
    {
      onUpgrade(socket, { headers }) {
        const body = JSON.stringify(echo(headers.authorization));
        socket.end(`HTTP/1.1 401 No\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
      },
    },
  ],
  ['a handshake that is no HTTP', { onUpgrade: (socket) => socket.end(`${KEY}\r\n\r\n`) }],
  ['an error event', speaking((peer) => peer.send({ type: 'error', error: { code: KEY, message: `Bearer ${KEY}` } }))],
  ['a close reason', speaking((peer) => peer.socket.close(1007, KEY))],
  ['a frame that is not JSON', speaking((peer) => peer.socket.send(KEY))],
  ['an event of that type', speaking((peer) => peer.send({ type: 'response.done', [KEY]: KEY }))],
  ['a cut line', speaking((peer) => peer.socket.terminate())],
])('speech, %s', async (_name, script) => {
  server = await startServer(script);
  const { realtimeUrl } = server;
  const speak = async () => {
    const session = await openSession({ realtimeUrl, apiKey: KEY, model: 'm', settings: SETTINGS });
    await session.speak({ text: 'Hello.', onAudio: () => undefined });
  };
  await expectSecret(speak());
});

test('a host that is not there, named with the key in it', async () => {
  server = await startServer({});
  await server.close();
  const httpBaseUrl = server.httpBaseUrl.replace('//', `//user:${encodeURIComponent(KEY)}@`);
  const enrolment = createEnrolmentClient({ httpBaseUrl: `${httpBaseUrl}?key=${KEY}#`, apiKey: KEY, limiter: GATE });
  await expectSecret(enrolment.list({ pageSize: 1, pageIndex: 0 }));
  const realtimeUrl = `${server.realtimeUrl}?key=${encodeURIComponent(KEY)}`;
  await expectSecret(openSession({ realtimeUrl, apiKey: KEY, model: 'm', settings: SETTINGS }));
});

test.each(['Zebra crossing', 'Zebra\n', 'Zebraé', ''])('a key that no header can carry: %j', async (apiKey) => {
  const code = apiKey === '' ? 'key-missing' : 'key-refused';
  const creations = [
    () => createEnrolmentClient({ apiKey, httpBaseUrl: 'http://x', limiter: GATE }),
    () => createSessionPool({ apiKey, realtimeUrl: 'ws://x', maxSessions: 1 }),
  ];
  for (const create of creations) {
    expect(create).toThrow(expect.objectContaining({ code, retry: 'never' }));
    expect(create).not.toThrow('Zebra');
  }
});

test('keys of the usual form are masked even when they are not ours', () => {
  const text = 'sk-1234567890abcdef and st-abcdef123 and Bearer xyz';
  expect(redact(text, KEY)).toBe('*** and *** and Bearer ***');
});

test('a key is hidden before the text is cut short', () => {
  const quoted = quoteUntrusted(`${'x'.repeat(290)}${KEY}`, KEY);
  expect(quoted).not.toContain('Zebra');
});

test('no usual spelling of the key shows, alone or in a header', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const base64url = (text: string): string => Buffer.from(text).toString('base64url');
  const spellings = [
    ...[KEY, `Bearer ${KEY}`, `user:${KEY}`, `{"authorization":"Bearer ${KEY}"}`].flatMap((text) => [
      base64(text),
      base64url(text),
      encodeURIComponent(base64(text)),
      base64(text).replaceAll('/', '\\/'),
    ]),
    encodeURIComponent(encodeURIComponent(KEY)),
    KEY.replace(/./g, (character) => `%${character.charCodeAt(0).toString(16)}`),
    KEY.replace(/./g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`),
    JSON.stringify(JSON.stringify(KEY.replaceAll('/', '\\/'))),
    KEY.replaceAll('+', '&#43;').replaceAll('/', '&#x2F;'),
  ];
  for (const spelling of spellings) {
    const shown = redact(`before ${spelling} after`, KEY);
    expect(shown).toMatch(/^before .*\*\*\*.* after$/);
    // What is left of base64 is what was before and behind the key.
    expect(shown.length).toBeLessThan(70);
    for (const part of ['Zebra', 'ossing', spelling.slice(-14, -6)]) expect(shown).not.toContain(part);
  }
});

const LONG = 'qwK7f3Zp-9Lm2Xc_8Vb4Nn6Qa1Ws5Ed0';
const BYTES = [...Buffer.from(LONG)];
const BASE64 = Buffer.from(`Bearer ${LONG}`).toString('base64');
const hex = (byte: number): string => byte.toString(16);

test.each<[string, string]>([
  ['base64 in lines', BASE64.replace(/(.{20})/g, '$1\r\n')],
  ['base64 in lines in an address', BASE64.replace(/(.{20})/g, '$1 ')],
  ['base64 of UTF-16', Buffer.from(`-Key "${LONG}"`, 'utf16le').toString('base64')],
  ['hexadecimal UTF-16', Buffer.from(LONG, 'utf16le').toString('hex')],
  ['base64 of base64', Buffer.from(BASE64).toString('base64')],
  ['base64 of base64 of base64url', Buffer.from(Buffer.from(`x:${LONG}`).toString('base64url')).toString('base64')],
  ['hexadecimal digits', Buffer.from(LONG).toString('hex')],
  ['capital ones', Buffer.from(LONG).toString('hex').toUpperCase()],
  ['a dump of a buffer', BYTES.map(hex).join(' ')],
  ['a fingerprint', BYTES.map(hex).join(':')],
  ['an array of C', BYTES.map((byte) => `0x${hex(byte)}`).join(', ')],
  ['an array of numbers', JSON.stringify(BYTES)],
  ['octal escapes', BYTES.map((byte) => `\\${byte.toString(8)}`).join('')],
  ['escapes of code points', BYTES.map((byte) => `\\u{${hex(byte)}}`).join('')],
  ['escapes of old browsers', BYTES.map((byte) => `%u00${hex(byte)}`).join('')],
  ['two lines', `${LONG.slice(0, 15)}\n${LONG.slice(15)}`],
  ['a mail', `${LONG.slice(0, 10)}=\r\n${LONG.slice(10)}`],
  ['an invisible character', `${LONG.slice(0, 10)}\u200b${LONG.slice(10)}`],
  ['a page that may be wrapped', `${LONG.slice(0, 10)}<wbr>${LONG.slice(10)}`],
  ['UTF-16', [...LONG].join('\0')],
  ['UTF-16 in JSON', JSON.stringify([...LONG].join('\0'))],
  ['UTF-16 in an address', [...Buffer.from(LONG, 'utf16le')].map((byte) => `%${hex(byte).padStart(2, '0')}`).join('')],
  ['UTF-16 in a string', [...Buffer.from(LONG, 'utf16le')].map((byte) => `\\x${hex(byte).padStart(2, '0')}`).join('')],
  ['base64 in lines, escaped', encodeURIComponent(BASE64.replace(/(.{10})/g, '$1\r\n'))],
  ['lines in JSON', JSON.stringify(LONG.replace(/(.{8})/g, '$1\n'))],
  ['lines of a page', LONG.replace(/(.{8})/g, '$1<br/>\n')],
  ['lines of a page as numbers', LONG.replace(/(.{8})/g, '$1&#10;&nbsp;')],
  ['full-width letters', String.fromCharCode(...BYTES.map((byte) => byte + 0xfee0))],
  ['two chunks of a log', JSON.stringify([LONG.slice(0, 16), LONG.slice(16)])],
  ['its beginning', LONG.slice(0, 24)],
  ['its end', LONG.slice(8)],
])('a key is masked as %s', (_name, form) => {
  for (const shown of [redact(`said ${form} end`, LONG), quoteUntrusted(`said ${form} end`, LONG)]) {
    expect(shown).toContain('***');
    expect(shown.length).toBeLessThan(30);
    expect(shown).toMatch(/^said .* end$/s);
  }
});

test('a short key, and words beside a key, change nothing else', () => {
  expect(redact('a ny thing 71 77 4b', 'any')).toBe('a ny thing 71 77 4b');
  expect(redact('qwK7f3Zp is a name', LONG)).toBe('qwK7f3Zp is a name');
  const text = `${'words and <wbr> more "a", "b" '.repeat(2_000)}`;
  expect(redact(text, LONG)).toBe(text);
});
