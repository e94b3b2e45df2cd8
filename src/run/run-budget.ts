/** The money of one run: what its steps pay from, also when Redis forgot what was spent. */
import { randomUUID } from 'node:crypto';
import type { BudgetBalance, Budgets } from '../limits.ts';
import { missingSegments, type Plan, plannedNanos } from '../plan/plan.ts';
import type { BudgetRef } from '../plan/step.ts';
import type { Store } from '../store/store.ts';
import { findTake } from '../store/takes.ts';
import type { Terms } from './plan.ts';
import type { RunLog } from './run-log.ts';

/** The purse of a run. */
export interface RunBudget {
  /** What steps that are handed out now pay from. */
  readonly ref: BudgetRef;
  /** A new one after the queue was emptied, with the budget less what was spent as far as this run and the store know. */
  renew(): Promise<void>;
  /** What was counted; undefined when nobody can say the whole sum. Never rejects. */
  balance(): Promise<BudgetBalance | undefined>;
}

/** Opens the purse of a run. */
export async function openRunBudget(of: {
  purses: Budgets;
  plan: Plan;
  terms: Terms;
  store: Store;
  log: RunLog;
}): Promise<RunBudget> {
  const { purses, terms } = of;
  let ref = budgetRefOf(terms);
  let isWhole = true;
  await purses.open(ref.id, terms.budgetNanos ?? null);
  return {
    get ref() {
      return ref;
    },
    renew: async () => {
      isWhole = false;
      const left = terms.budgetNanos === undefined ? null : Math.max(0, terms.budgetNanos - (await spentNanos(of)));
      ref = budgetRefOf(terms);
      await purses.open(ref.id, left);
    },
    balance: async () => (isWhole ? purses.balance(ref.id).catch(() => undefined) : undefined),
  };
}

function budgetRefOf({ tariff: { speech, enrolmentNanos } }: Terms): BudgetRef {
  return { id: randomUUID(), ...(speech === undefined ? {} : { rate: speech }), enrolmentNanos };
}

/** By the plan's prices: what this run heard of, and takes that are in the store though their answer was lost. */
async function spentNanos({
  plan,
  terms,
  store,
  log,
}: {
  plan: Plan;
  terms: Terms;
  store: Store;
  log: RunLog;
}): Promise<number> {
  let { billedCharacters, audioSeconds } = log.spent;
  for (const { key } of plan.chapters.flatMap(missingSegments)) {
    const take = log.hasEnded(key) ? undefined : await findTake(store, key);
    billedCharacters += take?.billedCharacters ?? 0;
    audioSeconds += take?.durationSeconds ?? 0;
  }
  return plannedNanos(terms.tariff, { billedCharacters, audioSeconds, voices: log.spent.voices }) ?? 0;
}
