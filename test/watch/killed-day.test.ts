/** What the day has spent after a watcher was killed: what the ledger of spending tells, without what a simulator spoke. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newHolder } from '../../src/holders/holder.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import type { CallRecord } from '../../src/store/spending/paid-call.ts';
import { readSpending } from '../../src/store/spending/read-spending.ts';
import { openSpendingLedger } from '../../src/store/spending/spending-ledger.ts';
import type { Store } from '../../src/store/store.ts';
import { paidSince } from '../../src/watch/book-money.ts';
import { DailyBudget } from '../../src/watch/daily-budget.ts';
import { openDayMoney } from '../../src/watch/day-money.ts';
import { Inbox } from '../../src/watch/inbox.ts';
import type { WatchOptions } from '../../src/watch/options.ts';
import type { InboxView } from '../../src/watch/view.ts';
import { sweepWatcherIds } from '../../src/watch/watcher-identity.ts';
import { diskWatcherRecords } from '../../src/watch/watcher-storage.ts';
import { manifest, watchRig } from './rig.ts';

let base: string;
let store: Store;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'killed-day-'));
  await mkdir(join(base, '.pipeline-watch', 'spent'), { recursive: true });
  store = await openDiskStore(join(base, 'store'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const BOOK = { title: 'A', author: '' };
/** A watcher of this machine has this ID; it has it again after a restart. */
const ID = `${hostname().replace(/[^A-Za-z0-9.-]/g, '_')}-1`;

const paid = async (book: typeof BOOK, since: string) => paidSince((await readSpending(store, book)).calls, since);

function openBudget(
  of: { isSimulation?: boolean; watcher?: string; known?: boolean; now?: () => Date } = {},
): DailyBudget {
  const { isSimulation, watcher = ID, known = true, now = () => new Date() } = of;
  const records = diskWatcherRecords(join(base, '.pipeline-watch'));
  return new DailyBudget({ records, watcher, now, isSimulation, ...(known && { paidSince: paid }) });
}

/** Pays a call for the book, as a run does. */
async function pay(id: string, amount: number, of: Partial<CallRecord> = {}): Promise<void> {
  const call = {
    ...{ id, at: new Date().toISOString(), reason: 'first', book: 'A', author: '', run: null, line: '1:1' },
    ...{ character: 'narrator', voice: 'v', model: 'm', key: id, characters: 1, inputTokens: null, outputTokens: null },
    ...{ nanos: Math.round(amount * 1e9), currency: 'CNY', account: 'a', realm: 'r', simulated: false, ...of },
  } as CallRecord;
  const ledger = openSpendingLedger(store);
  await ledger.sent(call);
  if (of.end !== 'sent') await ledger.ended({ ...call, end: 'answered' });
}

async function entries(): Promise<Record<string, { spent: number; reserved: number }>> {
  const folder = join(base, '.pipeline-watch', 'spent');
  const [name = ''] = (await readdir(folder)).sort();
  return JSON.parse(await readFile(join(folder, name), 'utf8')).value.entries;
}

/** Restarts the watcher; every step that is left to make costs `price`. */
async function restart(price: number, isSimulation = false) {
  let view: InboxView | undefined;
  const rig = await watchRig({
    timings: { claim: { beatMs: 40, staleMs: 400 } },
    ...{ shared: base, isSimulation, paidSince: paid, price: () => price },
    onOpen: (opened) => {
      view = opened;
    },
  });
  await rig.until('opened', () => view !== undefined);
  return { rig, today: () => view!.spentToday() };
}

it('is what the ledger tells when the next run finds nothing to pay', async () => {
  await pay('yesterday', 5, { at: '2026-01-01T00:00:00.000Z' });
  await openBudget().reserve('a.yaml', 0.0405, BOOK);
  await pay('one', 0.0082);
  // The process died before the answer: it may be billed.
  await pay('two', 0.01, { end: 'sent', simulated: null });
  const { rig, today } = await restart(0);
  try {
    await rig.drop('a.yaml', manifest('A'));
    await rig.until('delivered', async () => (await rig.status('a.yaml')).startsWith('delivered'));
    expect((await entries())['a.yaml']).toMatchObject({ spent: 0.0182, reserved: 0 });
    expect(await today()).toMatchObject({ amount: 0.0182, reserved: 0 });
  } finally {
    await rig.destroy();
  }
});

it('counts the killed run and the one that continues it, and each call once', async () => {
  await openBudget().reserve('a.yaml', 0.2, BOOK);
  await pay('one', 0.1);
  const again = openBudget();
  await again.settleKilledRuns();
  await again.settleKilledRuns();
  expect(await again.spent()).toBe(0.1);
  const day = await again.reserve('a.yaml', 0.1, BOOK);
  expect(await again.spent()).toBe(0.2);
  // A step of the killed run that another machine ended, and one of this run.
  await pay('two', 0.0053);
  await pay('three', 0.0182);
  await again.settle('a.yaml', { day, amount: 0.0182 });
  expect(await again.spent()).toBe(0.1235);
  const next = await again.reserve('a.yaml', 0.5, BOOK);
  await pay('four', 0.4);
  await again.settle('a.yaml', { day: next, amount: 0.4 });
  expect(await again.spent()).toBe(0.5235);
});

it('gives back what a killed run had drawn and not spent, even when its book is gone', async () => {
  const killed = openBudget();
  const day = await killed.reserve('a.yaml', 0.2, BOOK);
  await killed.draw('a.yaml', { day, amount: 0.2, limit: 1 });
  await pay('one', 0.05);
  const { rig, today } = await restart(0);
  try {
    await rig.until('settled', async () => (await today()).reserved === 0);
    expect((await today()).amount).toBe(0.05);
  } finally {
    await rig.destroy();
  }
});

describe('over midnight', () => {
  let now: Date;
  /** Local time: days are those of the operator. */
  const at = (day: number, time: string): Date => new Date(`2026-11-${day}T${time}`);
  const payAt = (id: string, amount: number, when: Date) => pay(id, amount, { at: when.toISOString() });
  const open = () => openBudget({ now: () => now });
  const spentOn = async (day: number): Promise<number> => {
    now = at(day, '12:00:00');
    return open().spent();
  };
  beforeEach(() => {
    now = at(22, '22:00:00');
  });

  it.each([
    ['killed after it went on', false],
    ['which followed one that was killed', true],
  ])('counts each call of a run once, %s', async (_, isSecond) => {
    if (isSecond) {
      await open().reserve('a.yaml', 0.3, BOOK);
      await payAt('killed', 0.005, now);
      await open().settleKilledRuns();
    }
    const budget = open();
    const day = await budget.reserve('a.yaml', 0.29, BOOK);
    const money = openDayMoney({ budget, book: 'a.yaml', day, limit: 1 });
    await money.take(0.1 * 1e9);
    await payAt('one', 0.04, at(22, '23:00:00'));
    await money.report(0.04 * 1e9);
    // Sent before midnight, answered after it.
    await payAt('two', 0.01, at(22, '23:59:59'));
    now = at(23, '00:00:01');
    await money.report(0.04 * 1e9);
    await payAt('three', 0.03, at(23, '00:10:00'));
    await money.take(0.1 * 1e9);
    await open().settleKilledRuns();
    expect(await open().billed()).toEqual({ spent: 0.04, reserved: 0 });
    expect(await spentOn(22)).toBe(isSecond ? 0.045 : 0.04);
  });

  it('counts what a run that was killed before still pays today, and once', async () => {
    await open().reserve('a.yaml', 0.29, BOOK);
    await payAt('one', 0.04, at(22, '23:00:00'));
    await payAt('two', 0.02, at(23, '00:05:00'));
    now = at(23, '00:10:00');
    await open().settleKilledRuns();
    await open().settleKilledRuns();
    expect(await open().spent()).toBe(0.02);
    // A step that another machine ends, and one of the run that continues.
    await payAt('three', 0.01, at(23, '00:11:00'));
    const budget = open();
    const day = await budget.reserve('a.yaml', 0.2, BOOK);
    await payAt('four', 0.05, at(23, '00:12:00'));
    await budget.settle('a.yaml', { day, amount: 0.05 });
    expect(await open().billed()).toEqual({ spent: 0.08, reserved: 0 });
    expect(await spentOn(22)).toBe(0.04);
  });
});

it('is settled for a watcher of another machine that died', async () => {
  await mkdir(join(base, '.pipeline-watch', 'watchers'));
  const dead = JSON.stringify({ ...newHolder(), namespaces: '1-1' });
  await writeFile(join(base, '.pipeline-watch', 'watchers', 'other-1.json'), dead);
  await openBudget({ watcher: 'other-1' }).reserve('a.yaml', 0.2, BOOK);
  await pay('one', 0.05);
  const options = { folder: base, workDir: join(base, 'work'), notice: () => undefined, paidSince: paid };
  const inbox = new Inbox({
    ...options,
    timings: { claim: { beatMs: 40, staleMs: 200 } },
  } as Partial<WatchOptions> as WatchOptions);
  await inbox.storage.prepare();
  for (let tries = 0; (await inbox.budget.billed()).reserved > 0 && tries < 50; tries++) {
    await sweepWatcherIds(inbox, ID, 0);
    await sleep(50);
  }
  expect(await inbox.budget.billed()).toEqual({ spent: 0.05, reserved: 0 });
});

it('keeps a reservation while the ledger cannot be read', async () => {
  await openBudget().reserve('a.yaml', 0.2, BOOK);
  const records = diskWatcherRecords(join(base, '.pipeline-watch'));
  const away = async (): Promise<never> => Promise.reject(new Error('away'));
  const budget = new DailyBudget({ records, watcher: ID, now: () => new Date(), paidSince: away });
  await budget.settleKilledRuns();
  expect(await budget.billed()).toEqual({ spent: 0.2, reserved: 0.2 });
});

it('neither shows nor counts simulated money for runs that are billed', async () => {
  const rehearsal = openBudget({ isSimulation: true });
  const day = await rehearsal.reserve('a.yaml', 0.3, BOOK);
  expect(await rehearsal.spent()).toBe(0.3);
  expect(await rehearsal.billed()).toEqual({ spent: 0, reserved: 0 });
  await rehearsal.settle('a.yaml', { day, amount: 0.3 });
  await rehearsal.reserve('b.yaml', 0.2, { title: 'B', author: '' });
  await pay('one', 0.1, { book: 'B', simulated: true });
  const budget = openBudget();
  await budget.settleKilledRuns();
  await budget.reserve('a.yaml', 0.04, BOOK);
  expect(await budget.spent()).toBe(0.04);
  expect(await budget.billed()).toEqual({ spent: 0.04, reserved: 0.04 });
  expect(await openBudget({ isSimulation: true }).spent()).toBe(0.44);
});

it('reports what was spent without what another book has reserved', async () => {
  const { rig, today } = await restart(0.01);
  try {
    await openBudget({ watcher: 'b-1' }).reserve('b.yaml', 0.5, { title: 'B', author: '' });
    await rig.drop('a.yaml', manifest('A'));
    await rig.until('delivered', async () => (await rig.status('a.yaml')).startsWith('delivered'));
    const spent = rig.events.flatMap((event) => (event.type === 'inbox.budget' ? [event.spent.amount] : []));
    expect(spent).toEqual([0.01]);
    expect(await today()).toMatchObject({ amount: 0.51, reserved: 0.5 });
  } finally {
    await rig.destroy();
  }
});
