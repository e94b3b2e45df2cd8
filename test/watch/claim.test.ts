/** Claims have one holder, whatever the clocks say; and the daily budget of several watchers. */
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newHolder } from '../../src/holders/holder.ts';
import { Claims } from '../../src/watch/claim.ts';
import { DailyBudget } from '../../src/watch/daily-budget.ts';
import { diskWatcherRecords } from '../../src/watch/watcher-storage.ts';

const PACE = { beatMs: 20, staleMs: 300 };
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claim-'));
  path = join(folder, 'book.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const foreign = (beat: number): string => JSON.stringify({ token: 'x', host: 'another-machine', pid: 1, beat });

it('is held by one watcher at a time and is free after its release', async () => {
  const [a, b] = [new Claims(PACE), new Claims(PACE)];
  const claim = await a.take(path);
  expect(claim).toBeDefined();
  await sleep(PACE.staleMs + 200);
  expect(await b.take(path)).toBeUndefined();
  expect(await b.isTaken(path)).toBe(true);
  await sleep(PACE.staleMs + 200);
  expect(await b.take(path)).toBeUndefined();
  await claim?.release();
  await claim?.release();
  expect(await readdir(folder)).toEqual([]);
  expect(await b.isTaken(path)).toBe(false);
  const next = await b.take(path);
  expect(next).toBeDefined();
  await next?.release();
});

it.each([-1e9, 0, 1e9])(
  'a claim of another machine without heartbeats becomes stale by our own clock, whatever the time of its file (%d)',
  async (offset) => {
    await writeFile(path, foreign(7));
    const when = new Date(Date.now() + offset);
    await utimes(path, when, when);
    const claims = new Claims(PACE);
    const from = performance.now();
    let claim = await claims.take(path);
    expect(claim).toBeUndefined();
    while (claim === undefined) {
      await sleep(PACE.staleMs / 10);
      claim = await claims.take(path);
    }
    // Never sooner; how much later depends on the machine.
    expect(performance.now() - from).toBeGreaterThan(PACE.staleMs);
    await claim.release();
  },
);

it('a claim of another machine with heartbeats never becomes stale', async () => {
  const claims = new Claims(PACE);
  for (let beat = 0; beat < 15; beat++) {
    await writeFile(path, foreign(beat));
    expect(await claims.take(path)).toBeUndefined();
    await sleep(PACE.staleMs / 5);
  }
});

it('a dead holder on this machine is noticed at once', async () => {
  await writeFile(path, JSON.stringify({ ...newHolder(), pid: 2 ** 22 + 1 }));
  const claim = await new Claims(PACE).take(path);
  expect(claim).toBeDefined();
  await claim?.release();
});

it('of twenty watchers that find a stale claim at once, one gets it', async () => {
  for (let round = 0; round < 10; round++) {
    await writeFile(path, JSON.stringify({ ...newHolder(), pid: 2 ** 22 + 1 }));
    const claims = await Promise.all(Array.from({ length: 20 }, () => new Claims(PACE).take(path)));
    // A later poll gets it when the one that may remove the dead claim comes too late to create its own.
    const held = claims.filter((claim) => claim !== undefined);
    expect(held.length).toBeLessThanOrEqual(1);
    const claim = held[0] ?? (await new Claims(PACE).take(path));
    await sleep(PACE.beatMs * 3);
    expect(claim?.lost.aborted).toBe(false);
    await claim?.release();
    expect(await readdir(folder)).toEqual([]);
  }
});

it('a holder whose claim was taken over while it slept loses it and does not remove the new one', async () => {
  const claim = await new Claims(PACE).take(path);
  await writeFile(path, foreign(1));
  await sleep(PACE.beatMs * 4);
  expect(claim?.lost.aborted).toBe(true);
  await claim?.release();
  expect(await readFile(path, 'utf8')).toBe(foreign(1));
});

it("the day's budget counts all watchers, holds across restarts and settles the reservation of a killed run", async () => {
  await mkdir(join(folder, 'spent'));
  let now = new Date('2026-11-22T12:00:00');
  const budget = (watcher: string): DailyBudget =>
    new DailyBudget({ records: diskWatcherRecords(folder), watcher, now: () => now });
  const a = budget('a-1');
  const day = await a.reserve('x.yaml', 10);
  expect(await budget('b-1').spent()).toBe(10);
  await a.settle('x.yaml', { day, amount: 7.5 });
  await budget('b-1').reserve('y.yaml', 20);
  expect(await a.spent()).toBe(27.5);
  expect(await a.spent('y.yaml')).toBe(7.5);
  // Killed after 15 of the 20: the next plan has 5 left.
  await budget('b-1').reserve('y.yaml', 5);
  expect(await a.spent()).toBe(27.5);
  expect(await a.spent('y.yaml')).toBe(22.5);
  now = new Date('2026-11-23T00:00:01');
  expect(await a.spent()).toBe(0);
  // A run over midnight counts on the day it began.
  await a.settle('x.yaml', { day, amount: 1 });
  expect(await a.spent()).toBe(0);
  now = new Date('2027-01-05T00:00:01');
  await a.reserve('z.yaml', 1);
  expect(await readdir(join(folder, 'spent'))).toEqual(['2027-01-05-a-1.json']);
});

it('a damaged or hostile budget file counts as nothing and does not crash', async () => {
  await mkdir(join(folder, 'spent'));
  const now = (): Date => new Date('2026-11-22T12:00:00');
  const budget = new DailyBudget({ records: diskWatcherRecords(folder), watcher: 'a-1', now });
  await budget.reserve('x.yaml', 10);
  await writeFile(
    join(folder, 'spent', '2026-11-22-b-1.json'),
    '{"digest":"0","value":{"entries":{"y":{"spent":-1000,"reserved":0}}}}',
  );
  await writeFile(join(folder, 'spent', '2026-11-22-c-1.json'), '\u0000\u0001');
  expect(await budget.spent()).toBe(10);
});
