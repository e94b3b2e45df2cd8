/** The money of runs: one contract for the purses of a process and for those in Redis. */
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import type { Purses } from '../../src/limits.ts';
import { memoryPurses, openPurses, redisPurses } from '../../src/queue/purses.ts';
import { startRedis } from './redis-server.ts';

const server = await startRedis();
const redis = server === undefined ? undefined : new Redis(server.url);
const closing = new AbortController();
afterAll(async () => {
  closing.abort();
  await redis?.quit();
  await server?.stop();
});

function contract(name: string, open: () => Purses): void {
  describe(name, () => {
    it('holds back, settles, and counts what the service said', async () => {
      const purses = open();
      await purses.open('run-a', 1_000);
      const hold = await purses.hold('run-a', 600);
      expect(await purses.account('run-a')).toMatchObject({ spentNanos: 0, heldNanos: 600 });
      await hold.settle({ nanos: 250, characters: 10, inputTokens: 2, outputTokens: 50 });
      await hold.settle({ nanos: 250, characters: 10 });
      const lost = await purses.hold('run-a', 100);
      await lost.settle({ nanos: 100, unanswered: { characters: 4 } });
      expect(await purses.account('run-a')).toEqual({
        spentNanos: 350,
        heldNanos: 0,
        characters: 10,
        inputTokens: 2,
        outputTokens: 50,
        unansweredCommits: 1,
        unansweredCharacters: 4,
        exhausted: false,
      });
    });

    it('never lets the sum pass, however many ask at once', async () => {
      const purses = open();
      await purses.open('run-b', 1_000);
      let most = 0;
      const tries = Array.from({ length: 40 }, async (_, turn) => {
        const hold = await purses.hold('run-b', 100);
        const { spentNanos = 0, heldNanos = 0 } = (await purses.account('run-b')) ?? {};
        most = Math.max(most, spentNanos + heldNanos);
        await new Promise((done) => setTimeout(done, turn % 3));
        // Half of them come out cheaper than was held back.
        await hold.settle({ nanos: turn % 2 === 0 ? 100 : 50 });
      });
      const ends = await Promise.allSettled(tries);
      const refused = ends.filter((end) => end.status === 'rejected');
      const account = await purses.account('run-b');
      expect(most).toBeLessThanOrEqual(1_000);
      expect(account?.spentNanos).toBeLessThanOrEqual(1_000);
      // More than ten went through, because what was held back and not used was given back.
      expect(ends.length - refused.length).toBeGreaterThan(10);
      expect(refused.length).toBeGreaterThan(0);
      for (const end of refused) expect((end as PromiseRejectedResult).reason).toMatchObject({ code: 'over-budget' });
    });

    it('stops at one place: after a refusal nobody gets anything, not even what would fit', async () => {
      const purses = open();
      await purses.open('run-c', 100);
      await expect(purses.hold('run-c', 101)).rejects.toMatchObject({ code: 'over-budget', retry: 'never' });
      await expect(purses.hold('run-c', 1)).rejects.toMatchObject({ code: 'over-budget' });
      expect(await purses.account('run-c')).toMatchObject({ exhausted: true, spentNanos: 0 });
    });

    it('holds back more only where there is room', async () => {
      const purses = open();
      await purses.open('run-d', 100);
      const hold = await purses.hold('run-d', 60);
      expect(await hold.raise(41)).toBe(false);
      expect(await hold.raise(40)).toBe(true);
      expect(await purses.account('run-d')).toMatchObject({ heldNanos: 100 });
      await hold.settle({ nanos: 30 });
      expect(await purses.account('run-d')).toMatchObject({ heldNanos: 0, spentNanos: 30 });
    });

    it('counts without a budget, waits no longer than it is told to, and knows no strange purse', async () => {
      const purses = open();
      await purses.open('run-e', null);
      await (await purses.hold('run-e', 1e12)).settle({ nanos: 1e12 });
      expect(await purses.account('run-e')).toMatchObject({ spentNanos: 1e12 });
      await expect(purses.hold('nobody', 1)).rejects.toMatchObject({ code: 'queue-unreachable' });
      expect(await purses.account('nobody')).toBeUndefined();
      await purses.open('run-f', 10);
      await purses.hold('run-f', 10);
      const waiting = purses.hold('run-f', 5, AbortSignal.timeout(150));
      await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    });
  });
}

contract('purses in memory', () => openPurses(memoryPurses(), closing.signal));
if (redis === undefined) describe.skip('purses in Redis (no redis-server)', () => undefined);
else {
  let turn = 0;
  contract('purses in Redis', () =>
    openPurses(redisPurses({ redis, closing: closing.signal }, { prefix: `test-${turn++}` }), closing.signal),
  );
}
