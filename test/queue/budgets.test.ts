/** The budgets of runs: one contract for those in memory and those in Redis. */
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import type { Budgets } from '../../src/limits.ts';
import { openBudgets } from '../../src/queue/budgets/budgets.ts';
import { memoryBudgets } from '../../src/queue/budgets/budgets-memory.ts';
import { redisBudgets } from '../../src/queue/budgets/budgets-redis.ts';
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
const reserve = (budgets: Budgets, id: string, nanos: number, signal?: AbortSignal) =>
  budgets.reserve(id, { nanos, key: `key-${keys++}`, characters: 4 }, signal);

function contract(name: string, open: () => Budgets): void {
  describe(name, () => {
    it('reserves, settles, and counts what the service reported', async () => {
      const budgets = open();
      await budgets.open('run-a', 1_000);
      const reservation = await reserve(budgets, 'run-a', 600);
      expect(await budgets.balance('run-a')).toMatchObject({ spentNanos: 0, reservedNanos: 600 });
      await reservation.settle({ nanos: 250, characters: 10, inputTokens: 2, outputTokens: 50 });
      await reservation.settle({ nanos: 250, characters: 10 });
      const lost = await reserve(budgets, 'run-a', 100);
      await lost.settle({ nanos: 100, unanswered: { characters: 4 } });
      expect(await budgets.balance('run-a')).toEqual({
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

    it('takes what costs nothing: a free voice, a text whose price is unknown', async () => {
      const budgets = open();
      await budgets.open('run-free', 100);
      const reservation = await reserve(budgets, 'run-free', 0);
      await reservation.sending();
      await reservation.settle({ nanos: 0 });
      const left = await reserve(budgets, 'run-free', 0);
      await left.settle({ nanos: 0 });
      expect(await budgets.balance('run-free')).toMatchObject({
        spentNanos: 0,
        reservedNanos: 0,
        unansweredCommits: 0,
      });
    });

    it('never lets the sum pass, however many ask at once', async () => {
      const budgets = open();
      await budgets.open('run-b', 1_000);
      let most = 0;
      const tries = Array.from({ length: 40 }, async (_, turn) => {
        const reservation = await reserve(budgets, 'run-b', 100);
        const { spentNanos = 0, reservedNanos = 0 } = (await budgets.balance('run-b')) ?? {};
        most = Math.max(most, spentNanos + reservedNanos);
        await new Promise((done) => setTimeout(done, turn % 3));
        // Half of them cost less than was reserved.
        await reservation.settle({ nanos: turn % 2 === 0 ? 100 : 50 });
      });
      const ends = await Promise.allSettled(tries);
      const refused = ends.filter((end) => end.status === 'rejected');
      const balance = await budgets.balance('run-b');
      expect(most).toBeLessThanOrEqual(1_000);
      expect(balance?.spentNanos).toBeLessThanOrEqual(1_000);
      // More than ten fit, because reservations that were not used up are released.
      expect(ends.length - refused.length).toBeGreaterThan(10);
      expect(refused.length).toBeGreaterThan(0);
      for (const end of refused) expect((end as PromiseRejectedResult).reason).toMatchObject({ code: 'over-budget' });
    });

    it('stops at one place: after a refusal nobody gets anything, not even what would fit', async () => {
      const budgets = open();
      await budgets.open('run-c', 100);
      await expect(reserve(budgets, 'run-c', 101)).rejects.toMatchObject({ code: 'over-budget', retry: 'never' });
      await expect(reserve(budgets, 'run-c', 1)).rejects.toMatchObject({ code: 'over-budget' });
      expect(await budgets.balance('run-c')).toMatchObject({ exhausted: true, spentNanos: 0 });
    });

    it('raises a reservation only while there is room', async () => {
      const budgets = open();
      await budgets.open('run-d', 100);
      const reservation = await reserve(budgets, 'run-d', 60);
      expect(await reservation.raise(41)).toBe(false);
      expect(await reservation.raise(40)).toBe(true);
      expect(await budgets.balance('run-d')).toMatchObject({ reservedNanos: 100 });
      await reservation.settle({ nanos: 30 });
      expect(await budgets.balance('run-d')).toMatchObject({ reservedNanos: 0, spentNanos: 30 });
    });

    it('of a holder that died gives back what it had not sent, and counts what it had as unanswered', async () => {
      const budgets = open();
      await budgets.open('run-g', 100);
      const what = { nanos: 60, key: 'one', characters: 7 };
      const before = await budgets.reserve('run-g', what);
      expect(await budgets.balance('run-g')).toMatchObject({
        reservedNanos: 60,
        unsentNanos: 60,
        unansweredCommits: 0,
      });
      // It died before it sent anything: the next worker on the step has all the room.
      const after = await budgets.reserve('run-g', what);
      expect(await budgets.balance('run-g')).toMatchObject({ spentNanos: 0, reservedNanos: 60 });
      // It only slept. It may not send any more, and what it says of the money is past.
      await expect(before.sending()).rejects.toMatchObject({ code: 'interrupted' });
      expect(await before.raise(1)).toBe(false);
      await before.settle({ nanos: 60, characters: 7 });
      expect(await budgets.balance('run-g')).toMatchObject({ spentNanos: 0, reservedNanos: 60, characters: 0 });
      await after.sending();
      expect(await budgets.balance('run-g')).toMatchObject({
        ...{ reservedNanos: 60, unsentNanos: 0, unansweredCommits: 1, unansweredCharacters: 7 },
      });
      // This one died with its text under way: that may be billed, so there is no room for another try.
      await expect(budgets.reserve('run-g', what)).rejects.toMatchObject({ code: 'over-budget' });
      expect(await budgets.balance('run-g')).toMatchObject({
        ...{ spentNanos: 60, reservedNanos: 0, unansweredCommits: 1, unansweredCharacters: 7, exhausted: true },
      });
    });

    it('counts without a limit, stops waiting on abort, and knows no foreign budget', async () => {
      const budgets = open();
      await budgets.open('run-e', null);
      await (await reserve(budgets, 'run-e', 1e12)).settle({ nanos: 1e12 });
      expect(await budgets.balance('run-e')).toMatchObject({ spentNanos: 1e12 });
      await expect(reserve(budgets, 'nobody', 1)).rejects.toMatchObject({ code: 'queue-unreachable' });
      expect(await budgets.balance('nobody')).toBeUndefined();
      await budgets.open('run-f', 10);
      await reserve(budgets, 'run-f', 10);
      const waiting = reserve(budgets, 'run-f', 5, AbortSignal.timeout(150));
      await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    });
  });
}

contract('budgets in memory', () => openBudgets(memoryBudgets(), closing.signal));
if (redis === undefined) describe.skip('budgets in Redis (no redis-server)', () => undefined);
else {
  let turn = 0;
  contract('budgets in Redis', () =>
    openBudgets(redisBudgets({ redis, closing: closing.signal }, { prefix: `test-${turn++}` }), closing.signal),
  );
}
