/** Webhooks on real sockets: signed, sent once, retried, also after restarts, and by one of several watchers. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Claims } from '../../src/watch/claim.ts';
import type { InboxEvent } from '../../src/watch/events.ts';
import { startWebhooks, type WebhookOptions, type Webhooks } from '../../src/web/webhook-delivery.ts';
import { readEndpoints } from '../../src/web/webhook-endpoints.ts';
import { Outbox } from '../../src/web/webhook-outbox.ts';
import { readSecrets, signedHeaders } from '../../src/web/webhook-signature.ts';
import { SECRET, startEndpoint, type TestEndpoint } from './webhook-endpoint.ts';

const accepted = (path: string, version = 'v1'): InboxEvent => ({
  type: 'inbox.accepted',
  path,
  title: 'The Harbour',
  version,
  segments: 3,
  price: null,
});

let own: string;
let notices: string[];
const running: Webhooks[] = [];
const endpoints: TestEndpoint[] = [];

beforeEach(async () => {
  own = await mkdtemp(join(tmpdir(), 'webhooks-'));
  notices = [];
  for (const name of ['tmp', 'claims']) await mkdir(join(own, name));
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
  for (const one of endpoints.splice(0)) await one.close();
  await rm(own, { recursive: true, force: true });
});

const startOne = async (...of: Parameters<typeof startEndpoint>): Promise<TestEndpoint> => {
  const started = await startEndpoint(...of);
  endpoints.push(started);
  return started;
};

const start = (urls: string[], more: Partial<WebhookOptions> = {}): Webhooks => {
  const endpoints = readEndpoints(urls);
  const secrets = readSecrets(SECRET);
  if ('problem' in endpoints || 'problem' in secrets) throw new Error('wrong rig');
  const timings = { retryDelaysMs: [30, 60, 120], pollMs: 50, timeoutMs: 1_000 };
  const options = { ownFolder: own, ...endpoints, ...secrets, claims: new Claims(), timings, ...more };
  const webhooks = startWebhooks({ ...options, notice: (message) => notices.push(message) });
  running.push(webhooks);
  return webhooks;
};

const end = async (webhooks: Webhooks): Promise<void> => {
  running.splice(running.indexOf(webhooks), 1);
  await webhooks.close();
};

describe('webhooks', () => {
  it('wait without a word until the watcher has made its folder', async () => {
    const { url, received } = await startOne();
    await rm(own, { recursive: true });
    const webhooks = start([url]);
    await sleep(200);
    for (const name of ['', 'tmp', 'claims']) await mkdir(join(own, name));
    webhooks.enqueue(accepted('a.yaml'));
    await expect.poll(() => received.length).toBe(1);
    expect(notices).toEqual([]);
  });

  it('send each event once to every endpoint, signed, with type, timestamp and data', async () => {
    const [one, two] = [await startOne(), await startOne()];
    const webhooks = start([one.url, two.url]);
    webhooks.enqueue(accepted('a.yaml'));
    webhooks.enqueue({ type: 'inbox.state', path: 'a.yaml', state: 'queued', status: 'queued' });
    webhooks.enqueue({ type: 'inbox.rejected', path: 'b.yaml', version: 'x', errors: 'line 1' });
    webhooks.enqueue({ type: 'inbox.attention', path: 'c.yaml', version: 'x', why: 'needs attention: help' });
    webhooks.enqueue({ type: 'inbox.budget', day: '2026-11-22', spent: { amount: 1, currency: 'CNY' }, limit: 5 });
    await expect.poll(() => [one.received.length, two.received.length]).toEqual([4, 4]);
    expect(one.received.map(({ body }) => body.type)).toEqual([
      'inbox.accepted',
      'inbox.rejected',
      'inbox.attention',
      'inbox.budget',
    ]);
    expect([...one.received, ...two.received].every(({ isSigned }) => isSigned)).toBe(true);
    expect(one.received[0]?.body).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { path: 'a.yaml', title: 'The Harbour', segments: 3, id: expect.stringMatching(/^[0-9a-f]{24}$/) },
    });
    expect(one.received.map(({ id }) => id)).toEqual(two.received.map(({ id }) => id));
    expect(new Set(one.received.map(({ id }) => id)).size).toBe(4);
  });

  it('are retried after growing delays with the same ID, and report once that an endpoint fails and recovers', async () => {
    let failing = 3;
    const one = await startOne((response) => response.writeHead(failing-- > 0 ? 500 : 200).end());
    start([one.url]).enqueue(accepted('a.yaml'));
    await expect.poll(() => one.received.length).toBe(4);
    expect(new Set(one.received.map(({ id }) => id)).size).toBe(1);
    const [a = 0, b = 0, c = 0, d = 0] = one.received.map(({ atMs }) => atMs);
    expect(b - a).toBeGreaterThan(29);
    expect(c - b).toBeGreaterThan(59);
    expect(d - c).toBeGreaterThan(119);
    await expect
      .poll(() => notices)
      .toEqual([
        expect.stringMatching(/^Webhook .*answered 500.*retried/),
        expect.stringMatching(/accepts messages again/),
      ]);
    expect(notices.join()).not.toContain('/hook');
  });

  it('a slow endpoint delays no other endpoint, and a bad message no other message', async () => {
    const slow = await startOne(() => undefined);
    const one = await startOne((response, { body }) =>
      response.writeHead(body.data['path'] === 'bad.yaml' ? 400 : 200).end(),
    );
    const webhooks = start([slow.url, one.url], { timings: { retryDelaysMs: [60_000], pollMs: 50, timeoutMs: 300 } });
    webhooks.enqueue(accepted('bad.yaml'));
    webhooks.enqueue(accepted('good.yaml'));
    await expect.poll(() => one.received.map(({ body }) => body.data['path'])).toEqual(['bad.yaml', 'good.yaml']);
    await expect.poll(() => notices.join('\n')).toMatch(/no response within 0.3 seconds/);
  });

  it('survive a restart and are not sent twice after one', async () => {
    let isUp = false;
    const one = await startOne((response) => response.writeHead(isUp ? 200 : 503).end());
    const first = start([one.url]);
    first.enqueue(accepted('a.yaml'));
    await expect.poll(() => one.received.length).toBeGreaterThan(0);
    await end(first);
    const before = one.received.length;
    isUp = true;
    const second = start([one.url]);
    await expect.poll(() => one.received.length).toBe(before + 1);
    expect(new Set(one.received.map(({ id }) => id)).size).toBe(1);
    // After a restart the watcher emits its events again; a changed book is a new event.
    second.enqueue(accepted('a.yaml'));
    second.enqueue(accepted('a.yaml', 'v2'));
    await expect.poll(() => one.received.length).toBe(before + 2);
    await end(second);
    expect(await readdir(join(own, 'outbox'))).toEqual([]);
  });

  it('one of two watchers of a folder sends for both, and the other takes over when it stops', async () => {
    const one = await startOne();
    const [first, second] = [start([one.url]), start([one.url])];
    for (const webhooks of [first, second]) webhooks.enqueue(accepted('a.yaml'));
    second.enqueue(accepted('b.yaml'));
    await expect.poll(() => new Set(one.received.map(({ id }) => id)).size).toBe(2);
    await new Promise((done) => setTimeout(done, 300));
    expect(one.received).toHaveLength(2);
    await end(first);
    second.enqueue(accepted('c.yaml'));
    await expect.poll(() => one.received.length).toBe(3);
  });

  it('a delivered message that a second watcher writes again is not sent again', async () => {
    const one = await startOne();
    const webhooks = start([one.url]);
    webhooks.enqueue(accepted('a.yaml'));
    await expect.poll(() => readdir(join(own, 'told')).catch(() => [])).toHaveLength(1);
    const { id, body } = one.received[0]!;
    const endpoint = (await readdir(join(own, 'told')))[0]!.replace(`-${id}`, '');
    // A watcher may check before the message is delivered and write it after.
    const late = { type: 'book.accepted', body: JSON.stringify(body), createdAtMs: 0, tries: 0, nextAtMs: 0 };
    await new Outbox(own).update({ id, endpoint, ...late });
    webhooks.enqueue(accepted('b.yaml'));
    await expect.poll(() => readdir(join(own, 'outbox'))).toEqual([]);
    expect(one.received.map((message) => message.id).filter((sent) => sent === id)).toHaveLength(1);
    expect(one.received).toHaveLength(2);
  });

  it('are dropped after the last delay, at once after 410, and never follow redirects', async () => {
    const elsewhere = await startOne();
    const failing = await startOne((response) => response.writeHead(307, { location: elsewhere.url }).end());
    const gone = await startOne((response) => response.writeHead(410).end());
    start([failing.url, gone.url]).enqueue(accepted('a.yaml'));
    await expect.poll(() => failing.received.length).toBe(4);
    await expect.poll(() => notices.filter((line) => line.includes('dropped'))).toHaveLength(2);
    expect(gone.received).toHaveLength(1);
    expect(elsewhere.received).toEqual([]);
    expect(notices.join('\n')).toContain('a redirect, which is not followed');
    await expect.poll(() => readdir(join(own, 'outbox'))).toEqual([]);
  });

  it('respect Retry-After', async () => {
    let busy = 1;
    const one = await startOne((response) => {
      if (busy-- > 0) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.writeHead(200).end();
    });
    start([one.url]).enqueue(accepted('a.yaml'));
    await expect.poll(() => one.received.length, { timeout: 5_000 }).toBe(2);
    const [a = 0, b = 0] = one.received.map(({ atMs }) => atMs);
    expect(b - a).toBeGreaterThan(999);
  });

  it('survive damaged files and a folder that cannot be written for a while', async () => {
    const one = await startOne();
    await writeFile(join(own, 'outbox'), 'in the way');
    const webhooks = start([one.url]);
    webhooks.enqueue(accepted('a.yaml'));
    await expect.poll(() => notices.join('\n')).toMatch(/cannot be written to the outbox/);
    await rm(join(own, 'outbox'));
    // The program may have created it by now.
    await mkdir(join(own, 'outbox'), { recursive: true });
    await writeFile(join(own, 'outbox', 'junk.json'), '{"half":');
    await expect.poll(() => one.received.length).toBe(1);
    await expect.poll(() => readdir(join(own, 'outbox'))).toEqual([]);
  });
});

describe('secrets and URLs', () => {
  it("sign like the specification's own example", () => {
    // From the reference libraries' tests (standard-webhooks, "sign" with a known secret).
    const secrets = readSecrets('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    if ('problem' in secrets) throw new Error(secrets.problem);
    const of = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(signedHeaders({ ...of, ...secrets })).toEqual({
      'webhook-id': of.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('two secrets make two signatures, so that a secret can be rotated', async () => {
    const old = Buffer.alloc(24, 1).toString('base64');
    const secrets = readSecrets(`${SECRET}, ${old}`);
    if ('problem' in secrets) throw new Error(secrets.problem);
    const { 'webhook-signature': signature = '' } = signedHeaders({ id: 'i', seconds: 1, body: '', ...secrets });
    expect(signature.split(' ')).toHaveLength(2);
  });

  it.each(['short', 'whsec_äöü', Buffer.alloc(23).toString('base64'), Buffer.alloc(65).toString('base64'), ' , '])(
    'refuse the secret %j without repeating it',
    (text) => {
      const read = readSecrets(text);
      expect('problem' in read ? read.problem : text).not.toContain(text);
    },
  );

  it.each(['hooks.example.com', 'ftp://example.com', 'https://user:geheim@example.com/x'])('refuse %j', (text) => {
    const read = readEndpoints([text]);
    expect('problem' in read && read.problem).toBeTruthy();
    expect(JSON.stringify(read)).not.toContain('geheim');
  });
});
