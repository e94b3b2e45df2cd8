/** The money of a book in its status file, in the list and in its details: what all runs paid, and what may be spent. */
import { afterEach, expect, it } from 'vitest';
import type { SpendingSummary } from '../../src/store/spending/sums.ts';
import { grantedOf } from '../../src/watch/book-money.ts';
import { manifest } from '../watch/rig.ts';
import { type ApiRig, apiRig } from './api-rig.ts';

let rig: ApiRig | undefined;
afterEach(() => rig?.destroy());

const sumOf = (amount: number, simulated = false): SpendingSummary['sums'][number] => {
  return { currency: 'CNY', simulated, amount, calls: 3, unpriced: 0, byReason: { first: { amount, calls: 3 } } };
};
const summary = (...sums: SpendingSummary['sums']): SpendingSummary => {
  return { since: '2026-11-01T10:00:00.000Z', isComplete: true, sums };
};

it('a book shows what all its runs paid and what was approved, in its language, also after a restart', async () => {
  let spent: SpendingSummary | undefined;
  let isAway = false;
  const api = await apiRig({
    hold: true,
    approveOver: 30,
    price: (_, text) => Number(/\d+/.exec(text)?.[0] ?? 0),
    spentOn: async () => {
      if (isAway) throw new Error('away');
      return spent;
    },
  });
  rig = api;
  const { watch, ask } = api;
  const listed = async (): Promise<Record<string, unknown>> => (await ask('GET', '/v1/books')).body.books[0];
  const says = (text: string) => async (): Promise<boolean> => (await watch.status('a.yaml')) === text;

  await watch.drop('a.yaml', manifest('A', '50 words.'));
  const asks =
    'needs your approval: this costs about 50.00 CNY. To approve, put an empty file named "a.yaml.approved" beside it.';
  await watch.until('asks', says(asks));
  expect(await listed()).toMatchObject({ spent: null, granted: null });
  await watch.drop('a.yaml.approved', '');
  await watch.until('runs', () => watch.runs.length === 1);
  await watch.until('speaks', says('speaking · approved: 50.00 CNY'));
  spent = summary(sumOf(12.345));
  watch.runs[0]?.finish();
  const delivered = 'delivered: 1 chapter in done/A · spent in all runs: 12.35 CNY · approved: 50.00 CNY';
  await watch.until('delivered', says(delivered));
  const granted = { amount: 50, currency: 'CNY', by: 'approval' };
  expect(await listed()).toMatchObject({ spent, granted });

  // Known without the store: what a delivered book cost is in the watcher's record of it.
  isAway = true;
  await watch.restart();
  await watch.until('found again', async () => (await listed())?.['state'] === 'delivered');
  expect(await watch.status('a.yaml')).toBe(delivered);
  const { id } = (await ask('GET', '/v1/books')).body.books[0];
  expect((await ask('GET', `/v1/books/${id}`)).body).toMatchObject({ spent, granted });

  isAway = false;
  spent = summary(sumOf(20), sumOf(99, true));
  await watch.drop('a.yaml', manifest('A', '60 字。', 'zh'));
  const more =
    '需要您批准：费用约 60.00 CNY。如果同意，请在旁边放一个名为“a.yaml.approved”的空文件。 · 累计花费：20.00 CNY';
  await watch.until('asks for more', says(more));
  expect(await listed()).toMatchObject({ spent, granted: null });
});

it('of a budget and an approval the lower one counts', () => {
  const price = { amount: 40, currency: 'CNY' };
  const budget = { amount: 30, currency: 'CNY' };
  expect(grantedOf({ price, budget }, 40)).toEqual({ ...budget, by: 'budget' });
  expect(grantedOf({ price, budget }, 20)).toEqual({ ...budget, amount: 20, by: 'approval' });
  expect(grantedOf({ price: null, budget }, undefined)).toEqual({ ...budget, by: 'budget' });
  expect(grantedOf({ price }, undefined)).toBeUndefined();
});

it("a simulator's money is not shown as spent", async () => {
  const api = await apiRig({ spentOn: async () => summary(sumOf(3, true)) });
  rig = api;
  await api.watch.drop('a.yaml', manifest('A'));
  await api.watch.until('delivered', async () => (await api.watch.status('a.yaml')).startsWith('delivered'));
  expect(await api.watch.status('a.yaml')).toBe('delivered: 1 chapter in done/A');
});
