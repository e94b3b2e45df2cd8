/** An S3 that says nothing: how long it is waited for, by whom. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silenceSdkNotice } from '../../src/config/config.ts';
import { Bucket } from '../../src/store/s3/bucket.ts';
import { patientRetries } from '../../src/store/s3/retry-strategy.ts';
import { openWire, type Wire } from '../chaos/proxy.ts';
import { type S3Server, startS3Server } from './s3-server.ts';

let server: S3Server;
let wire: Wire;
const opened: (() => unknown)[] = [];
beforeEach(async () => {
  silenceSdkNotice();
  server = await startS3Server();
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  wire = await openWire({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  await wire.close();
  await server.close();
  vi.unstubAllEnvs();
});

type Options = ConstructorParameters<typeof Bucket>[1];
const at = (port: number, options?: Options): Bucket =>
  new Bucket(
    { bucket: 'books', prefix: 'x/', endpoint: `http://127.0.0.1:${port}`, region: 'eu-test-1', pathStyle: true },
    options,
  );

it('is waited for a moment by a process that stops, and no longer by what is asked then', async () => {
  const stop = new AbortController();
  const bucket = at(wire.port, { stop: stop.signal, times: { stopMs: 300 } });
  await bucket.put('a', 'sound');
  wire.swallow();
  const waiting = ['b', 'c'].map((name) =>
    bucket.put(name, 'sound').then(
      () => 'done',
      (error: unknown) => error,
    ),
  );
  await sleep(100);
  const from = performance.now();
  stop.abort();
  for (const end of await Promise.all(waiting)) expect(end).toMatchObject({ code: 'store-unreachable' });
  expect(performance.now() - from).toBeGreaterThan(290);
  await expect(bucket.put('d', 'sound')).rejects.toMatchObject({ code: 'store-unreachable' });
  await expect(bucket.getText('a')).rejects.toMatchObject({ code: 'store-unreachable' });
  expect(performance.now() - from).toBeLessThan(5_000);
});

it('is waited for as long as it answers, and not while nothing is asked', async () => {
  const stop = new AbortController();
  const bucket = at(wire.port, { stop: stop.signal, times: { stopMs: 2_000 } });
  stop.abort();
  await bucket.put('a', 'sound');
  await sleep(2_500);
  // Slowly: the answers to others count, too.
  server.trouble = async () => {
    await sleep(500);
    return undefined;
  };
  await Promise.all(
    ['b', 'c', 'd', 'e', 'f'].map((name, index) => sleep(700 * index).then(() => bucket.put(name, 'sound'))),
  );
  expect(server.objects.size).toBe(6);
});

/** Connections to the server, of which the first never passes a byte on. */
async function deadFirst(): Promise<number> {
  let count = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    count += 1;
    if (count === 1) return void socket.resume();
    const to = connect(wire.port, '127.0.0.1').on('error', () => undefined);
    sockets.add(to);
    socket.pipe(to).pipe(socket);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  opened.push(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return (proxy.address() as AddressInfo).port;
}

it('is asked again over another connection when nothing passes over the first', async () => {
  const bucket = at(await deadFirst(), { times: { silenceMs: 300 } });
  const from = performance.now();
  await bucket.put('a', 'sound');
  expect(performance.now() - from).toBeLessThan(8_000);
});

it('may take its time with an upload that goes on', async () => {
  const target = await openWire({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
  opened.push(() => target.close());
  const bucket = at(target.port, { times: { silenceMs: 1_500 } });
  const put = bucket.put('a', Buffer.alloc(16 * 1024 * 1024));
  // It stands still for a moment, again and again, and takes longer than one silence may.
  for (let step = 0; step < 5; step++) {
    target.swallow();
    await sleep(500);
    target.heal();
    await sleep(5);
  }
  await put;
  expect(server.counts.get('PutObject')).toBe(1);
});

it('that has answered before may be away for 50 s; at a wrong address it is told soon', async () => {
  for (const [hasAnswered, least, most] of [
    [true, 50_000, 56_000],
    [false, 500, 15_000],
  ] as const) {
    let nowMs = 0;
    const pause = async (ms: number): Promise<void> => {
      nowMs += ms + 10;
    };
    const retries = patientRetries(
      { patience: { hasAnswered: () => hasAnswered, over: new AbortController().signal }, onStrain: () => undefined },
      { now: () => nowMs, pause },
    );
    const asked = { errorType: 'TRANSIENT' } as const;
    if (!('acquireInitialRetryToken' in retries)) throw new Error('another kind of strategy');
    let token = await retries.acquireInitialRetryToken('');
    const trying = async (): Promise<never> => {
      for (;;) token = await retries.refreshRetryTokenForRetry(token, asked);
    };
    await expect(trying()).rejects.toThrow('No retry token');
    expect(nowMs).toBeGreaterThan(least);
    expect(nowMs).toBeLessThan(most);
  }
});
