import { expect, test } from 'vitest';
import type { RateLimiter } from '../../src/limits.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { permanentKey, temporaryKeys } from '../../src/speech/dashscope/api-key.ts';
import { createEnrolmentClient } from '../../src/speech/dashscope-realtime/enrolment.ts';
import { openSession } from '../../src/speech/dashscope-realtime/session.ts';
import { greet, startServer } from './server.ts';

const KEY = 'sk-permanent-0123456789';
const OPEN: RateLimiter = { acquire: async () => () => undefined, pauseFor: async () => undefined };
const SETTINGS = { voice: 'v', mode: 'commit' } as const;

/** A service that hands out numbered temporary keys and writes down who came with which. */
async function watchfulServer(answer: (count: number) => { status: number; body: object } = good) {
  const seen: string[] = [];
  let tokens = 0;
  let refuseNext = 0;
  const server = await startServer({
    onRequest: (request, response) => {
      const path = new URL(request.url ?? '', 'http://x').pathname.replace('/api/v1', '');
      seen.push(`${path} ${request.headers.authorization}`);
      const isToken = path === '/tokens';
      const refused = !isToken && refuseNext-- > 0;
      const { status, body } = isToken
        ? answer(++tokens)
        : refused
          ? { status: 401, body: { code: 'InvalidApiKey', message: 'invalid access token or token expired' } }
          : { status: 200, body: { output: { voice_list: [] } } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    },
    onSession: (peer, request) => {
      seen.push(`socket ${request.headers.authorization}`);
      greet(peer, () => undefined);
    },
  });
  return { ...server, seen, refuse: (times: number) => (refuseNext = times) };
}

const good = (count: number) => ({ status: 200, body: { token: `st-${count}`, expires_at: 2_000_000_000 } });

test('the permanent key goes to /tokens and nowhere else, and one temporary key serves many calls', async () => {
  const server = await watchfulServer();
  try {
    const callKey = temporaryKeys({ httpBaseUrl: server.httpBaseUrl, apiKey: KEY, lifetimeSeconds: 60 });
    const client = createEnrolmentClient({ ...server, apiKey: KEY, callKey, limiter: OPEN });
    await Promise.all([0, 1, 2].map((pageIndex) => client.list({ pageSize: 1, pageIndex })));
    const session = await openSession({ ...server, apiKey: KEY, callKey, model: 'm', settings: SETTINGS });
    await session.finish();
    const enrol = '/services/audio/tts/customization Bearer st-1';
    expect(server.seen).toEqual([`/tokens Bearer ${KEY}`, enrol, enrol, enrol, 'socket Bearer st-1']);
  } finally {
    await server.close();
  }
});

test('a temporary key is renewed before it ends', async () => {
  const server = await watchfulServer();
  try {
    let nowMs = 0;
    const keys = temporaryKeys({ ...server, apiKey: KEY, lifetimeSeconds: 60, nowMs: () => nowMs });
    expect(await keys.current()).toBe('st-1');
    nowMs = 47_000;
    expect(await keys.current()).toBe('st-1');
    nowMs = 48_000;
    expect(await keys.current()).toBe('st-2');
  } finally {
    await server.close();
  }
});

test('a key that ended early is replaced once; a second refusal is the answer', async () => {
  const server = await watchfulServer();
  try {
    const callKey = temporaryKeys({ httpBaseUrl: server.httpBaseUrl, apiKey: KEY, lifetimeSeconds: 60 });
    const client = createEnrolmentClient({ ...server, apiKey: KEY, callKey, limiter: OPEN });
    server.refuse(1);
    await client.list({ pageSize: 1, pageIndex: 0 });
    expect(server.seen.at(-1)).toContain('st-2');
    server.refuse(2);
    await expect(client.list({ pageSize: 1, pageIndex: 0 })).rejects.toMatchObject({ code: 'key-refused' });
    // A permanent key is never tried twice.
    const plain = createEnrolmentClient({ ...server, apiKey: KEY, callKey: permanentKey(KEY), limiter: OPEN });
    const before = server.seen.length;
    server.refuse(1);
    await expect(plain.list({ pageSize: 1, pageIndex: 0 })).rejects.toMatchObject({ code: 'key-refused' });
    expect(server.seen.length).toBe(before + 1);
  } finally {
    await server.close();
  }
});

test.each([
  ['a refusal', { status: 401, body: { code: 'InvalidApiKey', message: `No such key ${KEY}` } }, 'key-refused'],
  ['a throttle', { status: 429, body: { code: 'Throttling.RateQuota', message: 'slow' } }, 'throttled'],
  ['no token', { status: 200, body: {} }, 'protocol-violation'],
  ['a token that breaks a header', { status: 200, body: { token: 'st-1\r\nx: y' } }, 'protocol-violation'],
])('%s in place of a temporary key is a failure that says so and hides the key', async (_name, answer, code) => {
  const server = await watchfulServer(() => answer);
  try {
    const keys = temporaryKeys({ ...server, apiKey: KEY, lifetimeSeconds: 60 });
    const error: Error = await keys.current().then(
      () => expect.fail('got a key'),
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ code });
    expect(error.message).not.toContain(KEY);
  } finally {
    await server.close();
  }
});

test('who gives up waiting does not end it for the others', async () => {
  const server = await watchfulServer();
  try {
    const keys = temporaryKeys({ ...server, apiKey: KEY, lifetimeSeconds: 60 });
    const impatient = new AbortController();
    const first = keys.current(impatient.signal);
    const second = keys.current();
    impatient.abort();
    await expect(first).rejects.toMatchObject({ code: 'interrupted' });
    expect(await second).toBe('st-1');
  } finally {
    await server.close();
  }
});

test('the simulator takes them until they expire', async () => {
  let now = 1_000_000;
  const simulator = await startSimulator({ apiKeys: [KEY], voiceEngine: 'tones', now: () => now });
  try {
    const callKey = temporaryKeys({ ...simulator, apiKey: KEY, lifetimeSeconds: 10 });
    const client = createEnrolmentClient({ ...simulator, apiKey: KEY, callKey, limiter: OPEN });
    await client.list({ pageSize: 1, pageIndex: 0 });
    // The service's clock runs ahead of ours: its key ends early for us, and is replaced.
    now += 11_000;
    await client.list({ pageSize: 1, pageIndex: 0 });
    expect(client.counts().list).toBe(3);
  } finally {
    await simulator.close();
  }
});
