/** The limits of an account survive a Redis that is emptied, and a first run does not wait. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { openQueue, type QueueConnection } from '../../src/queue/connection.ts';
import { type Limits, openLimits } from '../../src/queue/limits.ts';
import { startRedis } from './redis-server.ts';

const server = await startRedis();
afterAll(() => server?.stop());

const CALLS = 6;

/** Two machines on one account. */
async function openTwo(account: string): Promise<{ one: Limits; other: Limits; close(): Promise<void> }> {
  const open = () => openQueue({ redisUrl: server!.url, cacheDir: '/nowhere', prefix: `test-${randomUUID()}` });
  const connections: QueueConnection[] = [await open(), await open()];
  const [one, other] = connections.map((connection) =>
    openLimits(connection, { account, callsPerMinute: () => CALLS, callsPerSecond: () => null, sessionsAtOnce: 1 }),
  ) as [Limits, Limits];
  const close = async (): Promise<void> => {
    one.close();
    other.close();
    for (const connection of connections) await connection.close();
  };
  return { one, other, close };
}

describe.skipIf(server?.restart === undefined)('the calls of a minute', () => {
  test('are not given again when Redis is emptied, whichever process asks first', async () => {
    const { one, other, close } = await openTwo(randomUUID());
    const operator = new Redis(server!.url);
    const stop = new AbortController();
    let passed = 0;
    const call = async (limits: Limits): Promise<void> => {
      const counted = await limits.callLimiter('model').acquire(stop.signal);
      passed += 1;
      counted();
    };
    try {
      await call(other);
      for (let n = 1; n < CALLS - 1; n++) await call(one);
      await operator.flushall();
      // The one that has made few calls asks first, and more often than is allowed.
      const calls = Array.from({ length: CALLS }, (_, n) => call(n < 4 ? other : one).catch(() => undefined));
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect(passed).toBe(CALLS);
      stop.abort();
      await Promise.all(calls);
    } finally {
      operator.disconnect();
      await close();
    }
  });

  test('are there at once for a first run on an empty Redis, and for one that made none', async () => {
    const { one, other, close } = await openTwo(randomUUID());
    const from = performance.now();
    for (let n = 0; n < CALLS; n++) (await (n < 3 ? one : other).callLimiter('model').acquire())();
    // They are paced, a second apart, and wait for no window.
    expect(performance.now() - from).toBeLessThan(CALLS * 1_000 + 1_000);
    await close();
  });
});
