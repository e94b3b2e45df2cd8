/** The money of runs: one contract for the purses of a process and for those in Redis. */
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import type { Budgets } from '../../src/limits.ts';
import { openBudgets } from '../../src/queue/budgets.ts';
import { memoryBudgets } from '../../src/queue/budgets-memory.ts';
import { redisBudgets } from '../../src/queue/budgets-redis.ts';
import { startRedis } from './redis-server.ts';

const server = await startRedis();
const redis = server === undefined ? undefined : new Redis(server.url);
const closing = new AbortController();
afterAll(async () => {
  closing.abort();
  await redis?.quit();
  await server?.stop();
});

let keys = 0;
/** Each for a key of its own. */
const hold = (purses: Budgets, id: string, nanos: number, signal?: AbortSignal) =>
  purses.reserve(id, { nanos, key: `key-${keys++}`, characters: 4 }, signal);

function contract(name: string, open: () => Budgets): void {
  describe(name, () => {
    it('holds back, settles, and counts what the service said', async () => {
      const purses = open();
      await purses.open('run-a', 1_000);
      const held = await hold(purses, 'run-a', 600);
      expect(await purses.balance('run-a')).toMatchObject({ spentNanos: 0, reservedNanos: 600 });
      await held.settle({ nanos: 250, characters: 10, inputTokens: 2, outputTokens: 50 });
      await held.settle({ nanos: 250, characters: 10 });
      const lost = await hold(purses, 'run-a', 100);
      await lost.settle({ nanos: 100, unanswered: { characters: 4 } });
      expect(await purses.balance('run-a')).toEqual({
        spentNanos: 350,
        reservedNanos: 0,
        unsentNanos: 0,
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
        const held = await hold(purses, 'run-b', 100);
        const { spentNanos = 0, reservedNanos = 0 } = (await purses.balance('run-b')) ?? {};
        most = Math.max(most, spentNanos + reservedNanos);
        await new Promise((done) => setTimeout(done, turn % 3));
        // Half of them come out cheaper than was held back.
        await held.settle({ nanos: turn % 2 === 0 ? 100 : 50 });
      });
      const ends = await Promise.allSettled(tries);
      const refused = ends.filter((end) => end.status === 'rejected');
      const account = await purses.balance('run-b');
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
      await expect(hold(purses, 'run-c', 101)).rejects.toMatchObject({ code: 'over-budget', retry: 'never' });
      await expect(hold(purses, 'run-c', 1)).rejects.toMatchObject({ code: 'over-budget' });
      expect(await purses.balance('run-c')).toMatchObject({ exhausted: true, spentNanos: 0 });
    });

    it('holds back more only where there is room', async () => {
      const purses = open();
      await purses.open('run-d', 100);
      const held = await hold(purses, 'run-d', 60);
      expect(await held.raise(41)).toBe(false);
      expect(await held.raise(40)).toBe(true);
      expect(await purses.balance('run-d')).toMatchObject({ reservedNanos: 100 });
      await held.settle({ nanos: 30 });
      expect(await purses.balance('run-d')).toMatchObject({ reservedNanos: 0, spentNanos: 30 });
    });

    it('of a holder that died gives back what it had not sent, and counts what it had as unanswered', async () => {
      const purses = open();
      await purses.open('run-g', 100);
      const what = { nanos: 60, key: 'one', characters: 7 };
      const before = await purses.reserve('run-g', what);
      expect(await purses.balance('run-g')).toMatchObject({ reservedNanos: 60, unsentNanos: 60, unansweredCommits: 0 });
      // It died before it sent anything: whoever does the step next has all the room.
      const after = await purses.reserve('run-g', what);
      expect(await purses.balance('run-g')).toMatchObject({ spentNanos: 0, reservedNanos: 60 });
      // It only slept. It may not send any more, and what it says of the money is past.
      await expect(before.sending()).rejects.toMatchObject({ code: 'interrupted' });
      expect(await before.raise(1)).toBe(false);
      await before.settle({ nanos: 60, characters: 7 });
      expect(await purses.balance('run-g')).toMatchObject({ spentNanos: 0, reservedNanos: 60, characters: 0 });
      await after.sending();
      expect(await purses.balance('run-g')).toMatchObject({
        ...{ reservedNanos: 60, unsentNanos: 0, unansweredCommits: 1, unansweredCharacters: 7 },
      });
      // This one died with its text under way: that may be billed, so there is no room for another try.
      await expect(purses.reserve('run-g', what)).rejects.toMatchObject({ code: 'over-budget' });
      expect(await purses.balance('run-g')).toMatchObject({
        ...{ spentNanos: 60, reservedNanos: 0, unansweredCommits: 1, unansweredCharacters: 7, exhausted: true },
      });
    });

    it('counts without a budget, waits no longer than it is told to, and knows no strange purse', async () => {
      const purses = open();
      await purses.open('run-e', null);
      await (await hold(purses, 'run-e', 1e12)).settle({ nanos: 1e12 });
      expect(await purses.balance('run-e')).toMatchObject({ spentNanos: 1e12 });
      await expect(hold(purses, 'nobody', 1)).rejects.toMatchObject({ code: 'queue-unreachable' });
      expect(await purses.balance('nobody')).toBeUndefined();
      await purses.open('run-f', 10);
      await hold(purses, 'run-f', 10);
      const waiting = hold(purses, 'run-f', 5, AbortSignal.timeout(150));
      await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    });
  });
}

contract('purses in memory', () => openBudgets(memoryBudgets(), closing.signal));
if (redis === undefined) describe.skip('purses in Redis (no redis-server)', () => undefined);
else {
  let turn = 0;
  contract('purses in Redis', () =>
    openBudgets(redisBudgets({ redis, closing: closing.signal }, { prefix: `test-${turn++}` }), closing.signal),
  );
}
