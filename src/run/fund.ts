/** Phase 2, fund: the budget of a run's steps, also after Redis lost what was spent. */
import { randomUUID } from 'node:crypto';
import type { BudgetBalance, Budgets } from '../limits.ts';
import { missingSegments, plannedNanos } from '../plan/plan.ts';
import type { BudgetRef } from '../plan/step.ts';
import { findTake } from '../store/takes.ts';
import type { Run } from './run.ts';
import type { Terms } from './run-options.ts';

/** The budget of a run. */
export interface RunBudget {
  /** The budget for steps that are submitted from now on. */
  readonly ref: BudgetRef;
  /** Opens a new budget after the queue was emptied: what is left by the records of this run and the store. */
  renew(): Promise<void>;
  /** Its balance; undefined when the sum is incomplete. Never rejects. */
  balance(): Promise<BudgetBalance | undefined>;
}

/** Opens the run's budget. */
export async function fundRun(run: Run, budgets: Budgets): Promise<RunBudget> {
  const { terms } = run.options;
  let ref = budgetRefOf(terms);
  let isComplete = true;
  await budgets.open(ref.id, terms.budgetNanos ?? null);
  return {
    get ref() {
      return ref;
    },
    renew: async () => {
      isComplete = false;
      const left = terms.budgetNanos === undefined ? null : Math.max(0, terms.budgetNanos - (await spentNanos(run)));
      ref = budgetRefOf(terms);
      await budgets.open(ref.id, left);
    },
    balance: async () => (isComplete ? budgets.balance(ref.id).catch(() => undefined) : undefined),
  };
}

function budgetRefOf({ tariff: { speech, enrolmentNanos } }: Terms): BudgetRef {
  return { id: randomUUID(), ...(speech === undefined ? {} : { rate: speech }), enrolmentNanos };
}

/** At the plan's prices: what the queue reported to this run, and stored takes whose results were lost. */
async function spentNanos({ plan, tally, options: { store, terms } }: Run): Promise<number> {
  let { billedCharacters, audioSeconds } = tally.spent;
  for (const { key } of plan.chapters.flatMap(missingSegments)) {
    const take = tally.hasEnded(key) ? undefined : await findTake(store, key);
    billedCharacters += take?.billedCharacters ?? 0;
    audioSeconds += take?.durationSeconds ?? 0;
  }
  return plannedNanos(terms.tariff, { billedCharacters, audioSeconds, voices: tally.spent.voices }) ?? 0;
}
