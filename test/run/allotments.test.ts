/** A grant is never exceeded, whoever dies between a reservation and its settlement. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Budgets } from '../../src/limits.ts';
import { openBudgets } from '../../src/queue/budgets/budgets.ts';
import { memoryBudgets } from '../../src/queue/budgets/budgets-memory.ts';
import { redisBudgets } from '../../src/queue/budgets/budgets-redis.ts';
import { type Allotments, openAllotments } from '../../src/run/allotments.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { findGrant, grantBalance } from '../../src/store/grants.ts';
import type { Store } from '../../src/store/store.ts';
import { startRedis } from '../queue/redis-server.ts';

const server = await startRedis();
const redis = server === undefined ? undefined : new Redis(server.url);
afterAll(async () => {
  await redis?.quit();
  await server?.stop();
});

const GRANTED = 1_000;
/** What each text costs, and what is reserved for it. */
const PRICE = 10;

/** Deterministic chance. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

interface Kind {
  name: string;
  isShared: boolean;
  /** The budgets as a process that has just started sees them. */
  open(closing: AbortSignal): Budgets;
}

const kinds: Kind[] = [{ name: 'memory', isShared: false, open: (closing) => openBudgets(memoryBudgets(), closing) }];
if (redis !== undefined)
  kinds.push({
    name: 'Redis',
    isShared: true,
    open: (closing) => openBudgets(redisBudgets({ redis, closing }, { prefix: 'allotments' }), closing),
  });

describe.each(kinds)('a grant in parts ($name)', ({ isShared, open }) => {
  let folder: string;
  let store: Store;
  let closing: AbortController;
  let opened: Allotments[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'allotments-'));
    store = await openDiskStore(folder);
    closing = new AbortController();
    opened = [];
    await redis?.flushall();
  });
  afterEach(async () => {
    closing.abort();
    for (const each of opened) await each.close();
    await rm(folder, { recursive: true, force: true });
  });

  const begin = async (budgets: Budgets, grantedNanos = GRANTED): Promise<Allotments> => {
    const grant = { id: 'the-grant', title: 'A Book', grantedNanos, currency: 'CNY' };
    const allowance = { grant, further: undefined, plannedNanos: GRANTED, book: { title: 'A Book', author: '' } };
    const allotments = await openAllotments({ budgets, store, isShared, allowance });
    opened.push(allotments);
    return allotments;
  };
  const balance = async () => grantBalance((await findGrant(store, 'the-grant'))!);

  it('gives all of it, and what is not spent goes back', async () => {
    const budgets = open(closing.signal);
    const run = await begin(budgets);
    for (let n = 0; n < 60; n++) {
      const reservation = await budgets.reserve(run.id, { nanos: PRICE, key: `${n}`, characters: 1, isAllotted: true });
      await reservation.sending();
      await reservation.settle({ nanos: PRICE });
    }
    await run.close();
    expect(await balance()).toEqual({ grantedNanos: GRANTED, spentNanos: 600, heldNanos: 0, currency: 'CNY' });
    const again = await begin(open(closing.signal));
    expect(again.id === run.id).toBe(isShared);
    await again.close();
    expect(await balance()).toEqual({ grantedNanos: GRANTED, spentNanos: 600, heldNanos: 0, currency: 'CNY' });
  });

  it.each([1, 2, 3])('is not exceeded by a unit when runs and workers die in the middle (seed %i)', async (seed) => {
    const chance = chanceOf(seed);
    let billed = 0;
    let isOver = false;
    const missing = new Set(Array.from({ length: 90 }, (_, n) => `text-${n}`));
    for (let life = 0; life < 12 && missing.size > 0 && !isOver; life++) {
      const dying = new AbortController();
      const budgets = open(AbortSignal.any([closing.signal, dying.signal]));
      const run = await begin(budgets);
      const diesAfter = life === 11 ? Number.POSITIVE_INFINITY : Math.floor(chance() * 30);
      let calls = 0;
      const work = [...missing].map(async (key) => {
        for (;;) {
          const what = { nanos: PRICE, key, characters: 1, isAllotted: true };
          const reservation = await budgets.reserve(run.id, what, dying.signal);
          await reservation.sending();
          // The process dies between reserve and settle: the text is billed, nobody says so.
          if (calls++ >= diesAfter) {
            billed += PRICE;
            dying.abort();
            return;
          }
          billed += PRICE;
          const isLost = chance() < 0.3;
          await reservation.settle(
            isLost ? { nanos: PRICE, unanswered: { characters: 1 } } : { nanos: PRICE, characters: 1 },
          );
          if (isLost) continue;
          missing.delete(key);
          return;
        }
      });
      const ends = await Promise.allSettled(work);
      isOver = ends.some((end) => end.status === 'rejected' && end.reason.code === 'over-budget');
      // Killed: no farewell. A timer of it may still run, like a process that was only slow.
      expect(billed).toBeLessThanOrEqual(GRANTED);
    }
    expect(isOver || missing.size === 0).toBe(true);
    expect(billed).toBeGreaterThan(GRANTED / 2);
    const { spentNanos, heldNanos } = await balance();
    expect(spentNanos + heldNanos).toBeLessThanOrEqual(GRANTED);
    expect(spentNanos + heldNanos).toBeGreaterThanOrEqual(billed);
  });

  it('says that it is over, and a waiting step hears so', async () => {
    const budgets = open(closing.signal);
    const run = await begin(budgets, 25);
    const ask = (key: string) => budgets.reserve(run.id, { nanos: PRICE, key, characters: 1, isAllotted: true });
    const [one, two] = await Promise.all([ask('one'), ask('two')]);
    const third = ask('three');
    await one!.sending();
    await one!.settle({ nanos: PRICE });
    await two!.settle({ nanos: 0 });
    await (await third).settle({ nanos: PRICE });
    await expect(ask('four')).rejects.toMatchObject({ code: 'over-budget' });
  });

  it('raises a reservation into the next part', async () => {
    const budgets = open(closing.signal);
    const run = await begin(budgets);
    const what = { nanos: 50, key: 'long', characters: 1, isAllotted: true };
    const reservation = await budgets.reserve(run.id, what);
    expect(await reservation.raise(500)).toBe(true);
    expect(await reservation.raise(500)).toBe(false);
    await reservation.settle({ nanos: 550 });
  });

  it('two runs at once share it', async () => {
    const [a, b] = [open(closing.signal), isShared ? open(closing.signal) : undefined];
    const first = await begin(a);
    // Without Redis only one process at a time is on the store; in one process both see the same budgets.
    const second = await begin(b ?? a);
    expect(second.id).toBe(first.id);
    const budgets = [a, b ?? a];
    const ends = await Promise.allSettled(
      Array.from({ length: 120 }, async (_, n) => {
        const what = { nanos: PRICE, key: `${n}`, characters: 1, isAllotted: true };
        const reservation = await budgets[n % 2]!.reserve(first.id, what);
        await reservation.settle({ nanos: PRICE });
      }),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(GRANTED / PRICE);
    await first.close();
    await second.close();
    expect(await balance()).toMatchObject({ spentNanos: GRANTED, heldNanos: 0 });
  });

  it('what an emptied Redis has lost counts as spent', async () => {
    const budgets = open(closing.signal);
    const run = await begin(budgets);
    const what = { nanos: PRICE, key: 'one', characters: 1, isAllotted: true };
    await (await budgets.reserve(run.id, what)).settle({ nanos: PRICE });
    await redis?.flushall();
    const next = await begin(open(closing.signal));
    expect(next.id).not.toBe(run.id);
    const { spentNanos, heldNanos } = await balance();
    expect(spentNanos).toBeGreaterThanOrEqual(PRICE);
    expect(spentNanos).toBeLessThan(GRANTED / 4);
    expect(spentNanos + heldNanos).toBeLessThanOrEqual(GRANTED);
  });
});
