/** Tokens a minute: in any window, over all machines, corrected by what was used. The windows are short here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import type { TokenLimiter, TokenReservation } from '../../src/limits.ts';
import { memoryTokenLimiter } from '../../src/queue/limits/tokens-memory.ts';
import { redisTokenLimiter } from '../../src/queue/limits/tokens-redis.ts';
import type { Speaker, SpokenTake } from '../../src/speech/engine.ts';
import { estimatedTokens, gateTokens } from '../../src/speech/token-gate.ts';
import { startRedis } from './redis-server.ts';

const RATE = { tokens: 1_000, windowMs: 1_000 };
const server = await startRedis();
const undo: (() => unknown)[] = [() => server?.stop()];
afterAll(async () => {
  for (const act of undo.reverse()) await act();
});

/** Limiters of so many processes of one account: the same one in memory, one with a connection of its own in Redis. */
type Open = (account: string, processes: number) => TokenLimiter[];

function contract(name: string, open: Open): void {
  describe(name, () => {
    test('no window has more than the limit, and hardly less is used', async () => {
      const limiters = open('window', 4);
      const spent: { atMs: number; tokens: number }[] = [];
      const take = async (index: number) => {
        const held = await limiters[index % 4]!.reserve(300);
        // Spoken for a moment, and a third less than estimated.
        await sleep(20);
        spent.push({ atMs: performance.now(), tokens: 200 });
        held.settle(200);
      };
      const startMs = performance.now();
      await Promise.all(Array.from({ length: 20 }, (_, index) => take(index)));
      const most = Math.max(
        ...spent.map(({ atMs }) =>
          spent.reduce((sum, other) => sum + (other.atMs >= atMs && other.atMs < atMs + 1_000 ? other.tokens : 0), 0),
        ),
      );
      expect(most).toBeLessThanOrEqual(RATE.tokens);
      // 4,000 tokens: four windows at the limit, of which the last need not end.
      expect(performance.now() - startMs).toBeLessThan(9_000);
      // A busy machine may pass a window by.
      expect(most).toBeGreaterThanOrEqual(400);
    });

    test('a take that is being spoken holds its tokens, however long', async () => {
      const [one, other] = open('held', 2) as [TokenLimiter, TokenLimiter];
      const held = await one.reserve(800);
      let next: TokenReservation | undefined;
      const waiting = other.reserve(300).then((reservation) => {
        next = reservation;
      });
      await sleep(1_300);
      expect(next).toBeUndefined();
      held.settle(undefined);
      const settledMs = performance.now();
      await waiting;
      expect(performance.now() - settledMs).toBeGreaterThan(950);
    });

    test('what was not sent, or not used, is free at once', async () => {
      const [one, other] = open('freed', 2) as [TokenLimiter, TokenLimiter];
      const [unsent, small] = [await one.reserve(400), await one.reserve(600)];
      const startMs = performance.now();
      unsent.settle(0);
      unsent.settle(900);
      (await other.reserve(400)).settle(400);
      small.settle(100);
      (await other.reserve(500)).settle(1);
      expect(performance.now() - startMs).toBeLessThan(2_500);
    });

    test('more than the whole limit goes alone', async () => {
      const [one] = open('large', 1) as [TokenLimiter];
      (await one.reserve(5_000)).settle(0);
    });

    test('an abort ends the wait, and the next one goes on', async () => {
      const [one, other] = open('abort', 2) as [TokenLimiter, TokenLimiter];
      const held = await one.reserve(1_000);
      const stop = new AbortController();
      const waiting = other.reserve(1, stop.signal);
      const next = other.reserve(1);
      stop.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
      held.settle(0);
      (await next).settle(0);
    });
  });
}

const closing = new AbortController();
undo.push(() => closing.abort());
contract('in memory', (_, processes) => {
  const limiter = memoryTokenLimiter(RATE, closing.signal);
  return Array.from({ length: processes }, () => limiter);
});
if (server === undefined) test.skip('in Redis: skipped, because there is no redis-server', () => undefined);
else {
  contract('in Redis', (account, processes) =>
    Array.from({ length: processes }, () => {
      const redis = new Redis(server.url);
      undo.push(() => redis.disconnect());
      return redisTokenLimiter({ redis, closing: closing.signal }, { key: `tokens:${account}`, rate: RATE });
    }),
  );
}

describe('a speaker within the limit', () => {
  const REQUEST = { model: 'm', voiceId: 'v', languageType: 'Auto', sampleRateHz: 24_000, text: 'One lamp.' };
  const usage = { total_tokens: 70, input_tokens: 10, output_tokens: 60 };
  const take = { sessionId: 's', responseId: 'r', usage, byteLength: 2, simulated: true } satisfies SpokenTake;
  const speaker = (commits: number, fails = false): Speaker => ({
    async speak(_request, { onCommit }) {
      for (let commit = 0; commit < commits; commit += 1) await onCommit?.();
      if (fails) throw new Error('lost');
      return take;
    },
    stats: () => ({ open: 0, busy: 0, opened: 0, spoken: 0, commits: 0, throttled: 0 }),
    close: async () => undefined,
  });
  const told: (number | undefined)[] = [];
  const limiter: TokenLimiter = {
    async reserve(tokens) {
      told.push(tokens);
      return { settle: (used) => void told.push(used) };
    },
  };
  const speak = async (of: Speaker) => {
    told.length = 0;
    await gateTokens(of, () => limiter)
      .speak(REQUEST, { onAudio: () => undefined })
      .catch(() => undefined);
    return told;
  };
  const estimate = estimatedTokens(REQUEST);

  test('reserves before each text is sent, and settles what was used', async () => {
    expect(estimate).toBeGreaterThan(20);
    expect(await speak(speaker(1))).toEqual([estimate, 70]);
    expect(await speak(speaker(2))).toEqual([estimate, undefined, estimate, 70]);
    expect(await speak(speaker(0, true))).toEqual([estimate, 0]);
    expect(await speak(speaker(1, true))).toEqual([estimate, undefined]);
  });

  test('a model without a limit does not wait', async () => {
    const gated = gateTokens(speaker(1), () => undefined);
    expect(await gated.speak(REQUEST, { onAudio: () => undefined })).toBe(take);
  });
});
