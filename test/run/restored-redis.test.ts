/** A grant is not exceeded when Redis starts again from older data: what the ledger of spending knows counts as spent. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Budgets, Reservation } from '../../src/limits.ts';
import { openBudgets } from '../../src/queue/budgets/budgets.ts';
import { redisBudgets } from '../../src/queue/budgets/budgets-redis.ts';
import { type Allotments, openAllotments } from '../../src/run/allotments.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { findGrant, grantBalance } from '../../src/store/grants.ts';
import type { SentCall } from '../../src/store/spending/paid-call.ts';
import { openSpendingLedger, type SpendingLedger } from '../../src/store/spending/spending-ledger.ts';
import type { Store } from '../../src/store/store.ts';
import { startRedis } from '../queue/redis-server.ts';

const server = await startRedis();
const redis = server === undefined ? undefined : new Redis(server.url, { retryStrategy: () => 20 });
redis?.on('error', () => undefined);
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

const GRANTED = 1_000;
const PRICE = 10;
const BOOK = { title: 'A Book', author: 'The Author' };

describe.skipIf(server?.restart === undefined)('a budget in a Redis that starts again', () => {
  const restart = server?.restart as NonNullable<typeof server>['restart'] & object;
  const save = server?.save as () => Promise<void>;
  let folder: string;
  let store: Store;
  let ledger: SpendingLedger;
  let closing: AbortController;
  let opened: Allotments[];
  let billed: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'restored-'));
    store = await openDiskStore(folder);
    ledger = openSpendingLedger(store);
    closing = new AbortController();
    opened = [];
    billed = 0;
    await redis?.flushall();
  });
  afterEach(async () => {
    closing.abort();
    for (const each of opened) await each.close();
    await rm(folder, { recursive: true, force: true });
  });

  const openedBudgets = () =>
    openBudgets(redisBudgets({ redis: redis!, closing: closing.signal }, { prefix: 'restored' }), closing.signal);
  const begin = async (budgets: Budgets): Promise<Allotments> => {
    const grant = { id: 'the-grant', title: BOOK.title, grantedNanos: GRANTED, currency: 'CNY' };
    const allowance = { grant, further: undefined, plannedNanos: GRANTED, book: BOOK };
    const allotments = await openAllotments({ budgets, store, isShared: true, allowance });
    opened.push(allotments);
    return allotments;
  };
  const balance = async () => grantBalance((await findGrant(store, 'the-grant'))!);

  const reserve = (budgets: Budgets, id: string, key: string): Promise<Reservation> =>
    budgets.reserve(id, { nanos: PRICE, key, characters: 1, isAllotted: true });
  /** Sends as a step does: recorded, then marked. Returns what ends the call. */
  const send = async (
    budget: string,
    key: string,
    reservation: Reservation,
  ): Promise<(nanos?: number) => Promise<void>> => {
    const call = callOf(budget, key);
    await ledger.sent(call);
    await reservation.sending().catch(async (error: unknown) => {
      await ledger.ended({ ...call, nanos: 0, end: 'void' });
      throw error;
    });
    billed += PRICE;
    return async (nanos = PRICE) => {
      billed += nanos - PRICE;
      await ledger.ended({ ...call, nanos, end: 'answered' });
      await reservation.settle({ nanos, characters: 1 });
    };
  };
  const spend = async (budgets: Budgets, id: string, key: string, nanos?: number): Promise<void> => {
    const end = await send(id, key, await reserve(budgets, id, key));
    await end(nanos);
  };
  const spendAll = async (budgets: Budgets, id: string): Promise<void> => {
    for (let n = 0; n < 2 * (GRANTED / PRICE); n++) await spend(budgets, id, `rest ${n}`);
  };

  it('gives what was left of it, to the last unit, after it was spent further than the data knows', async () => {
    const budgets = openedBudgets();
    const run = await begin(budgets);
    for (let n = 0; n < 10; n++) await spend(budgets, run.id, `before ${n}`, 8);
    await save();
    for (let n = 0; n < 40; n++) await spend(budgets, run.id, `after ${n}`, 7);
    await restart({ awayMs: 0, fromSaved: true });
    await expect(spendAll(budgets, run.id)).rejects.toMatchObject({ code: 'over-budget' });
    expect(billed).toBeLessThanOrEqual(GRANTED);
    expect(billed).toBeGreaterThan(GRANTED - PRICE);
    expect(run.hasForgotten).toBe(true);
    await run.close();
    expect(await balance()).toMatchObject({ spentNanos: billed, heldNanos: 0 });
  });

  it('is not exceeded when calls were in progress then and now', async () => {
    const budgets = openedBudgets();
    const run = await begin(budgets);
    const inProgress = async (name: string) => send(run.id, name, await reserve(budgets, run.id, name));
    const [ended, goesOn] = [await inProgress('ended'), await inProgress('goes on')];
    const unsent = await reserve(budgets, run.id, 'unsent');
    await save();
    await ended(9);
    const later = await inProgress('later');
    await spend(budgets, run.id, 'after');
    await restart({ awayMs: 0, fromSaved: true });
    const endings = [goesOn(6), later(9), send(run.id, 'unsent', unsent).then((end) => end(9))];
    await expect(spendAll(budgets, run.id)).rejects.toMatchObject({ code: 'over-budget' });
    await Promise.all(endings);
    expect(billed).toBeLessThanOrEqual(GRANTED);
    // What is not known for certain counts as spent: at most the calls in progress.
    expect(billed).toBeGreaterThan(GRANTED - 3 * PRICE);
  });

  it('stays with what a run has taken back, when the data is older than its end', async () => {
    const budgets = openedBudgets();
    const first = await begin(budgets);
    await spend(budgets, first.id, 'before');
    await save();
    for (let n = 0; n < 20; n++) await spend(budgets, first.id, `after ${n}`);
    await first.close();
    await restart({ awayMs: 0, fromSaved: true });
    const later = openedBudgets();
    const second = await begin(later);
    expect(second.id).toBe(first.id);
    await expect(spendAll(later, second.id)).rejects.toMatchObject({ code: 'over-budget' });
    expect(billed).toBe(GRANTED);
  });

  it('gives nothing to a step that an older queue brings back when its run has ended', async () => {
    const budgets = openedBudgets();
    const run = await begin(budgets);
    await spend(budgets, run.id, 'before');
    await save();
    await run.close();
    await restart({ awayMs: 0, fromSaved: true });
    const stop = new AbortController();
    const what = { nanos: PRICE, key: 'cancelled', characters: 1, isAllotted: true };
    const waiting = budgets.reserve(run.id, what, stop.signal);
    const settled = await Promise.race([waiting.then(() => 'held'), new Promise((done) => setTimeout(done, 400))]);
    expect(settled).toBeUndefined();
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('is what it was after a restart with all data', async () => {
    const budgets = openedBudgets();
    const run = await begin(budgets);
    for (let n = 0; n < 10; n++) await spend(budgets, run.id, `before ${n}`, 8);
    const end = await send(run.id, 'in progress', await reserve(budgets, run.id, 'in progress'));
    await restart({ awayMs: 0 });
    await spend(budgets, run.id, 'after', 9);
    await end(9);
    expect(run.hasForgotten).toBe(false);
    await run.close();
    expect(await balance()).toMatchObject({ spentNanos: billed, heldNanos: 0 });
  });
});

function callOf(budget: string, key: string): SentCall {
  return {
    id: randomUUID(),
    at: new Date().toISOString(),
    reason: 'first',
    book: BOOK.title,
    author: BOOK.author,
    run: 'run',
    budget,
    line: '1:1',
    character: 'narrator',
    voice: 'voice',
    model: 'model',
    key,
    characters: 1,
    inputTokens: null,
    outputTokens: null,
    nanos: PRICE,
    currency: 'CNY',
    account: 'account',
    realm: 'local',
    simulated: true,
  };
}
