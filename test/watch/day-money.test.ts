/** A day's budget bounds the runs themselves, and not only their planned prices. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PipelineError } from '../../src/errors.ts';
import type { Emit } from '../../src/events.ts';
import type { MoneySource } from '../../src/limits.ts';
import { openBudgets } from '../../src/queue/budgets/budgets.ts';
import { memoryBudgets } from '../../src/queue/budgets/budgets-memory.ts';
import { openAllotments } from '../../src/run/allotments.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import type { RunEnd } from '../../src/watch/book-work.ts';
import { DailyBudget } from '../../src/watch/daily-budget.ts';
import { openDayMoney } from '../../src/watch/day-money.ts';
import { diskWatcherRecords } from '../../src/watch/watcher-storage.ts';
import { finishedEvent, manifest, watchRig } from './rig.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'day-money-'));
  await mkdir(join(folder, 'spent'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const NANOS = 1e9;
const LIMIT = 0.3;
/** Of one text; a hundred of them are the plan's price. */
const PRICE = 0.0029;

/** A service that breaks off 45 % of its answers, all billed. */
function service() {
  let state = 7;
  const chance = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const missing = new Set(Array.from({ length: 100 }, (_, n) => `text-${n}`));
  return { missing, isLost: () => chance() < 0.45, billedOn: new Map<string, number>() };
}

type Service = ReturnType<typeof service>;

/** Speaks what is missing, eight at once, as a run with this limit. */
async function speak(of: {
  service: Service;
  further: MoneySource;
  today: () => string;
  signal?: AbortSignal;
  answerMs?: number;
}): Promise<'over' | 'done' | 'stopped'> {
  const { service, further, today, signal = new AbortController().signal, answerMs = 2 } = of;
  const store = await openDiskStore(join(folder, 'store'));
  const budgets = openBudgets(memoryBudgets(), signal);
  const allowance = { grant: undefined, further, plannedNanos: 100 * PRICE * NANOS, book: { title: 'B', author: '' } };
  const allotments = await openAllotments({ budgets, store, isShared: false, allowance });
  const nanos = PRICE * NANOS;
  const queue = [...service.missing];
  const workers = Array.from({ length: 8 }, async () => {
    for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
      for (let isLost = true; isLost; ) {
        const reservation = await budgets.reserve(allotments.id, { nanos, key, characters: 1, isAllotted: true });
        await reservation.sending();
        const day = today();
        service.billedOn.set(day, (service.billedOn.get(day) ?? 0) + PRICE);
        await sleep(answerMs);
        isLost = service.isLost();
        await reservation.settle({ nanos });
      }
      service.missing.delete(key);
    }
  });
  const ends = await Promise.allSettled(workers);
  await allotments.close();
  const failure = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as PipelineError] : []))[0];
  if (failure === undefined) return 'done';
  return failure.code === 'over-budget' ? 'over' : 'stopped';
}

/** Calls on the first day. */
const BEFORE_MIDNIGHT = 50;

const rounded = (amount = 0): number => Math.round(amount * 1e6) / 1e6;

describe("a day's money", () => {
  let now: Date;
  const today = (): string => now.toISOString().slice(0, 10);
  const open = async () => {
    const budget = new DailyBudget({ records: diskWatcherRecords(folder), watcher: 'a-1', now: () => now });
    await budget.settleKilledRuns();
    return budget;
  };
  beforeEach(() => {
    now = new Date('2026-11-22T10:00:00Z');
  });

  it('is not overspent by answers that break off', async () => {
    const of = service();
    const budget = await open();
    const day = await budget.reserve('a.yaml', 0.29);
    const further = openDayMoney({ budget, book: 'a.yaml', day, limit: LIMIT });
    expect(await speak({ service: of, further, today })).toBe('over');
    await further.settle(0);
    expect(rounded(of.billedOn.get(today()))).toBeLessThanOrEqual(LIMIT);
    expect(rounded(of.billedOn.get(today()))).toBeGreaterThan(LIMIT - 0.02);
    expect(await budget.spent()).toBeCloseTo(of.billedOn.get(today()) ?? 0, 4);
    expect(further.isUsedUp).toBe(true);
  });

  it('leaves another book what it has reserved, and takes the rest', async () => {
    const of = service();
    const budget = await open();
    await budget.reserve('b.yaml', 0.1);
    const day = await budget.reserve('a.yaml', 0.1);
    const further = openDayMoney({ budget, book: 'a.yaml', day, limit: LIMIT });
    expect(await speak({ service: of, further, today })).toBe('over');
    await further.settle(0);
    expect(rounded(of.billedOn.get(today()))).toBeLessThanOrEqual(0.2);
    expect(rounded(of.billedOn.get(today()))).toBeGreaterThan(0.18);
  });

  it('is not overspent by a watcher that is killed and started again', async () => {
    const of = service();
    for (let life = 0; life < 4; life++) {
      const budget = await open();
      const day = await budget.reserve('a.yaml', 0.05);
      const further = openDayMoney({ budget, book: 'a.yaml', day, limit: LIMIT });
      // Killed: nothing is settled.
      const killed = AbortSignal.timeout(60);
      await speak({ service: of, further, today, signal: killed, answerMs: 8 });
      if (!killed.aborted) break;
      expect(rounded(of.billedOn.get(today()))).toBeLessThanOrEqual(LIMIT);
    }
    expect(rounded(of.billedOn.get(today()))).toBeLessThanOrEqual(LIMIT);
  });

  it('changes at midnight while a run goes on', async () => {
    const of = service();
    const budget = await open();
    const day = await budget.reserve('a.yaml', 0.29);
    const further = openDayMoney({ budget, book: 'a.yaml', day, limit: LIMIT });
    // A call belongs to the day on which it is sent, so midnight comes between two calls, and not by the clock of a busy machine.
    let calls = 0;
    const dayOfCall = (): string => {
      calls += 1;
      if (calls > BEFORE_MIDNIGHT) now = new Date('2026-11-23T00:00:01Z');
      return today();
    };
    const end = await speak({ service: of, further, today: dayOfCall, answerMs: 15 });
    await further.settle(0);
    expect([...of.billedOn.keys()]).toEqual(['2026-11-22', '2026-11-23']);
    for (const billed of of.billedOn.values()) expect(rounded(billed)).toBeLessThanOrEqual(LIMIT);
    expect(['done', 'over']).toContain(end);
    const sum = [...of.billedOn.values()].reduce((total, billed) => total + billed, 0);
    expect(sum).toBeGreaterThan(LIMIT);
    expect(await budget.spent()).toBeCloseTo(of.billedOn.get('2026-11-23') ?? 0, 1);
  });
});

it('a book that uses up the day is paused, and continues the next day', async () => {
  const of = service();
  let now = new Date('2026-11-22T10:00:00');
  const today = (): string => now.toISOString().slice(0, 10);
  let runs = 0;
  const run = async ({ emit, further }: { emit: Emit; further?: MoneySource | undefined }): Promise<RunEnd> => {
    runs += 1;
    const end = await speak({ service: of, further: further!, today });
    if (end === 'over') emit({ type: 'budget.reached', message: 'Not sent.' });
    return { finished: finishedEvent('A', folder, end === 'done'), stoppedBy: undefined };
  };
  const rig = await watchRig({
    budgetPerDay: LIMIT,
    now: () => now,
    prepare: async () => ({
      ...{ verdict: 'ready' as const, title: 'A', author: '', segments: 100, billedCharacters: 100, run },
      price: { amount: rounded(of.missing.size * PRICE), currency: 'CNY' },
    }),
  });
  try {
    await rig.drop('a.yaml', manifest('A'));
    await rig.until('used up', async () => (await rig.status('a.yaml')).startsWith("paused: today's budget"));
    await sleep(300);
    expect(runs).toBe(1);
    now = new Date('2026-11-23T00:00:10');
    await rig.until('the next day', async () => (await rig.status('a.yaml')).startsWith('delivered'));
    expect(of.billedOn.size).toBe(2);
    for (const billed of of.billedOn.values()) expect(rounded(billed)).toBeLessThanOrEqual(LIMIT);
  } finally {
    await rig.destroy();
  }
});
