/** What a killed run had set aside and provably not spent goes back to its grant; nothing else does. */
import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordSpeech } from '../../jobs/record-spending.ts';
import { type ProcessIdentity, THIS_PROCESS } from '../../src/holders/process-identity.ts';
import { openBudgets } from '../../src/queue/budgets/budgets.ts';
import { memoryBudgets } from '../../src/queue/budgets/budgets-memory.ts';
import { type Allotments, openAllotments } from '../../src/run/allotments.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { changeGrant, findGrant, grantBalance } from '../../src/store/grants.ts';
import type { CallRecord } from '../../src/store/spending/paid-call.ts';
import { readCallRecords } from '../../src/store/spending/read-spending.ts';
import { openSpendingLedger } from '../../src/store/spending/spending-ledger.ts';
import { spentOfEnded } from '../../src/store/spending/spent-of-budget.ts';
import type { Store } from '../../src/store/store.ts';

const GRANTED = 1_000;
const BOOK = { title: 'A Book', author: 'S' };
/** A process that has ended. */
const GONE: ProcessIdentity = { ...THIS_PROCESS, pid: spawnSync(process.execPath, ['-e', '']).pid };

let folder: string;
let store: Store;
let opened: Allotments[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'killed-run-'));
  store = await openDiskStore(folder);
  opened = [];
});
afterEach(async () => {
  for (const each of opened) await each.close();
  await rm(folder, { recursive: true, force: true });
});

/** A run in a process of its own, as far as its budgets are concerned. */
async function begin(): Promise<{ id: string; budgets: ReturnType<typeof openBudgets> }> {
  const budgets = openBudgets(memoryBudgets(), new AbortController().signal);
  const grant = { id: 'the-grant', title: BOOK.title, grantedNanos: GRANTED, currency: 'CNY' };
  const allowance = { grant, further: undefined, plannedNanos: GRANTED, book: BOOK };
  const run = await openAllotments({ budgets, store, isShared: false, allowance });
  opened.push(run);
  return { id: run.id, budgets };
}

/** Kills it: its process is another one, or not known. */
const killed = (id: string, process: ProcessIdentity | undefined): Promise<unknown> =>
  changeGrant(store, 'the-grant', (grant) => {
    const { process: _, ...allotment } = grant!.allotments[id]!;
    return { ...grant!, allotments: { [id]: { ...allotment, ...(process !== undefined && { process }) } } };
  });

const balance = async () => grantBalance((await findGrant(store, 'the-grant'))!);

/** One call of a budget, as the ledger has it. */
const record = (budget: string, nanos: number | null, end: CallRecord['end']): CallRecord =>
  ({
    ...{ id: crypto.randomUUID(), at: '2026-11-30T00:00:00Z', reason: 'first', book: BOOK.title, author: BOOK.author },
    ...{ run: 'r', budget, line: '1:1', character: 'n', voice: 'v', model: 'm', key: 'k', characters: 1 },
    ...{ inputTokens: null, outputTokens: null, nanos, currency: 'CNY', account: 'a', realm: '', simulated: null, end },
  }) as CallRecord;

/** A run that had set 100 aside, paid 10 and was killed with a call of 20 in progress. */
async function killedRun(process: ProcessIdentity | undefined, more: CallRecord['nanos'][] = []): Promise<void> {
  const { id, budgets } = await begin();
  await (await budgets.reserve(id, { nanos: 100, key: 'k', characters: 1, isAllotted: true })).settle({ nanos: 10 });
  await expect.poll(async () => (await balance()).heldNanos).toBeGreaterThan(0);
  const ledger = openSpendingLedger(store);
  await ledger.ended(record(id, 10, 'answered'));
  await ledger.sent(record(id, 20, 'sent'));
  await ledger.ended(record('another', 500, 'answered'));
  for (const nanos of more) await ledger.ended(record(id, nanos, 'answered'));
  await killed(id, process);
}

it('what it provably did not spend goes back: calls in progress count at their full price', async () => {
  await killedRun(GONE);
  const { spentNanos, heldNanos } = await balance();
  expect(spentNanos + heldNanos).toBeGreaterThanOrEqual(100);
  await begin();
  expect((await balance()).spentNanos).toBe(30);
});

it.each([
  ['its process runs', { ...THIS_PROCESS }],
  ['it was on another machine', { ...GONE, boot: '0123456789abcdef' }],
  ['it was in another container', { ...GONE, namespaces: '1-1' }],
  ['an earlier version opened it', undefined],
])('nothing goes back when %s', async (_, process) => {
  await killedRun(process);
  const { spentNanos, heldNanos } = await balance();
  await begin();
  expect((await balance()).spentNanos).toBe(spentNanos + heldNanos);
});

it('nothing goes back when the ledger has a call without a price, or a damaged line', async () => {
  await killedRun(GONE, [null]);
  const before = await balance();
  await begin();
  expect((await balance()).spentNanos).toBe(before.spentNanos + before.heldNanos);
  const name = (await readdir(folder, { recursive: true })).find((each) => each.endsWith('.jsonl'))!;
  await appendFile(join(folder, name), '0123456789abcdef {"id":1}\n');
  expect(await spentOfEnded(store, { budget: 'another', book: BOOK })).toBeUndefined();
});

it('counts what the ledger tells when that is more, and never less than was seen', async () => {
  await killedRun(GONE, [300]);
  await begin();
  expect((await balance()).spentNanos).toBe(330);
});

it.each([1, 2, 3, 4])('a grant is never exceeded by runs that are killed one after another (seed %i)', async (seed) => {
  let state = seed;
  const chance = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  let billed = 0;
  for (let life = 0; life < 12; life++) {
    const { id, budgets } = await begin();
    const ledger = openSpendingLedger(store);
    for (let call = Math.floor(chance() * 12); call >= 0; call--) {
      const what = { nanos: 20, key: `${life}-${call}`, characters: 1, isAllotted: true };
      const reservation = await budgets.reserve(id, what).catch(() => undefined);
      if (reservation === undefined) break;
      const sent = record(id, 20, 'sent');
      await ledger.sent(sent);
      await reservation.sending();
      const cost = Math.ceil(chance() * 20);
      billed += cost;
      if (call === 0) break;
      await ledger.ended({ ...sent, nanos: cost, end: 'answered' });
      await reservation.settle({ nanos: cost });
    }
    await killed(id, GONE);
    const { spentNanos, heldNanos } = await balance();
    expect(billed).toBeLessThanOrEqual(GRANTED);
    expect(spentNanos + heldNanos).toBeGreaterThanOrEqual(billed);
  }
  await begin();
  // At most the last call of each life counts for more than it cost.
  expect((await balance()).spentNanos - billed).toBeLessThanOrEqual(12 * 19);
});

it('endless speech: the ledger has what was reserved for it while it still arrives', async () => {
  const rate = { kind: 'tokens', perInputTokenNanos: 1, perOutputTokenNanos: 100 };
  const step = {
    text: 'Hello.',
    model: 'm',
    key: 'k',
    character: 'n',
    chapter: 1,
    voice: { voiceId: 'v' },
    purse: { id: 'b', rate },
  };
  const spending = openSpendingLedger(store);
  const paid = recordSpeech({
    ...{ step: step as never, attempt: { attempt: 1 } as never, isDoubted: false, tries: 0 },
    context: { spending, account: 'a' },
  });
  const priceOf = async () => (await readCallRecords(store)).records[0]!.nanos!;
  await paid.sending();
  const most = await priceOf();
  paid.heard(600);
  await expect.poll(priceOf).toBeGreaterThan(most);
  expect((await priceOf()) % most).toBe(0);
});
