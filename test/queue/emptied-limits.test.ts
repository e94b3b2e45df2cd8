/** The limits of an account survive a Redis that is emptied or starts again from older data, and a first run does not wait. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { type Limits, openLimits } from '../../src/queue/limits/limits.ts';
import { openQueue, type QueueConnection } from '../../src/queue/redis/connection.ts';
import { startRedis } from './redis-server.ts';

const server = await startRedis();
afterAll(() => server?.stop());

const CALLS = 6;
const TOKENS = 1_000;

/** Two machines on one account. */
async function openTwo(account: string): Promise<{ one: Limits; other: Limits; close(): Promise<void> }> {
  const open = () => openQueue({ redisUrl: server!.url, cacheDir: '/nowhere', prefix: `test-${account}` });
  const connections: QueueConnection[] = [await open(), await open()];
  const [one, other] = connections.map((connection) =>
    openLimits(connection, {
      account,
      callsPerMinute: () => CALLS,
      callsPerSecond: () => null,
      tokensPerMinute: () => TOKENS,
      sessionsAtOnce: 1,
    }),
  ) as [Limits, Limits];
  const close = async (): Promise<void> => {
    one.close();
    other.close();
    for (const connection of connections) await connection.close();
  };
  return { one, other, close };
}

/** How Redis loses what it knew. */
const LOSSES = [
  {
    name: 'is emptied',
    before: async () => undefined,
    lose: (operator: Redis) => operator.flushall(),
    // Nothing is let through until all have put back what is theirs.
    pauseMs: 1_500,
  },
  {
    name: 'starts again from older data',
    before: () => server!.save!(),
    lose: () => server!.restart!({ awayMs: 0, fromSaved: true }),
    pauseMs: 4_000,
  },
];

describe.skipIf(server?.restart === undefined).each(LOSSES)('when Redis $name', ({ before, lose, pauseMs }) => {
  test('the calls of a minute are not given again, whichever process asks first', async () => {
    const { one, other, close } = await openTwo(randomUUID());
    const operator = new Redis(server!.url);
    operator.on('error', () => undefined);
    const stop = new AbortController();
    let passed = 0;
    const call = async (limits: Limits): Promise<void> => {
      const counted = await limits.callLimiter('model').acquire(stop.signal);
      passed += 1;
      counted();
    };
    try {
      await call(other);
      await before();
      for (let n = 1; n < CALLS - 1; n++) await call(one);
      await lose(operator);
      // The one that has made few calls asks first, and more often than is allowed.
      const calls = Array.from({ length: CALLS }, (_, n) => call(n < 4 ? other : one).catch(() => undefined));
      await new Promise((resolve) => setTimeout(resolve, pauseMs + 2_500));
      expect(passed).toBe(CALLS);
      stop.abort();
      await Promise.all(calls);
    } finally {
      operator.disconnect();
      await close();
    }
  });

  test('neither are its tokens, the sessions that are open, nor the work that is being done', async () => {
    const { one, other, close } = await openTwo(randomUUID());
    const operator = new Redis(server!.url);
    operator.on('error', () => undefined);
    const stop = new AbortController();
    try {
      // Each process has asked once, so it knows Redis.
      (await other.tokenLimiter('model')!.reserve(10)).settle(10);
      await (await other.sessionSlots.acquire())();
      await other.singleFlight.run('another line', async () => undefined);
      await before();
      (await one.tokenLimiter('model')!.reserve(900)).settle(900);
      const release = await one.sessionSlots.acquire();
      let done = (): void => undefined;
      let work: Promise<void> | undefined;
      await new Promise<void>((begun) => {
        const speak = () =>
          new Promise<void>((resolve) => {
            done = resolve;
            begun();
          });
        work = one.singleFlight.run('a line', speak);
      });
      await lose(operator);
      const passed: string[] = [];
      const asked = [
        other
          .tokenLimiter('model')!
          .reserve(300, stop.signal)
          .then(() => passed.push('tokens')),
        other.sessionSlots.acquire(stop.signal).then(() => passed.push('session')),
        other.singleFlight.run('a line', async () => passed.push('work'), stop.signal),
      ];
      await new Promise((resolve) => setTimeout(resolve, pauseMs + 1_500));
      expect(passed).toEqual([]);
      await release();
      done();
      await work;
      await Promise.all([asked[1], asked[2]]);
      stop.abort();
      await Promise.allSettled(asked);
    } finally {
      operator.disconnect();
      await close();
    }
  });
});

describe.skipIf(server?.restart === undefined)('an empty Redis', () => {
  test('lets a first run, and one that made no calls, through at once', async () => {
    const { one, other, close } = await openTwo(randomUUID());
    const from = performance.now();
    for (let n = 0; n < CALLS; n++) (await (n < 3 ? one : other).callLimiter('model').acquire())();
    // They are paced, a second apart, and wait for no window.
    expect(performance.now() - from).toBeLessThan(CALLS * 1_000 + 1_000);
    await close();
  });
});
