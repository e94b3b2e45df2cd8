/** Phase 2, fund: the budget of a run's steps, also after Redis lost what was spent. */
import { randomUUID } from 'node:crypto';
import type { BudgetBalance, Budgets } from '../limits.ts';
import { missingSegments, plannedNanos, planTotals } from '../plan/plan.ts';
import type { BudgetRef } from '../plan/step.ts';
import { findGrant, type GrantBalance, grantBalance } from '../store/grants.ts';
import { findTake } from '../store/takes.ts';
import { type Allotments, type Allowance, openAllotments } from './allotments.ts';
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
  /** Returns to the grant what was set aside and not spent. Never rejects. */
  close(): Promise<void>;
  /** The grant after that; undefined without one, or when it cannot be read. Never rejects. */
  grant(): Promise<GrantBalance | undefined>;
}

/** Opens the run's budget. `isShared`: it is in Redis. */
export async function fundRun(run: Run, of: { budgets: Budgets; isShared: boolean }): Promise<RunBudget> {
  const allowance = allowanceOf(run);
  return allowance === undefined ? fundAtOnce(run, of.budgets) : fundInParts(run, { ...of, allowance });
}

/** A run without a grant: its budget, if it has one, is open from the start. */
async function fundAtOnce(run: Run, budgets: Budgets): Promise<RunBudget> {
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
    close: async () => undefined,
    grant: async () => undefined,
  };
}

async function fundInParts(
  run: Run,
  of: { budgets: Budgets; isShared: boolean; allowance: Allowance },
): Promise<RunBudget> {
  const { budgets, allowance } = of;
  const { terms, store } = run.options;
  const open = async (): Promise<{ allotments: Allotments; ref: BudgetRef; before: BudgetBalance | undefined }> => {
    const allotments = await openAllotments({ ...of, store });
    const ref = { ...budgetRefOf(terms), id: allotments.id, isAllotted: true };
    return { allotments, ref, before: await budgets.balance(ref.id) };
  };
  let opened = await open();
  let isComplete = true;
  return {
    get ref() {
      return opened.ref;
    },
    renew: async () => {
      isComplete = false;
      await opened.allotments.close();
      opened = await open();
    },
    balance: async () => {
      const now = isComplete ? await budgets.balance(opened.ref.id).catch(() => undefined) : undefined;
      return now && balanceSince(opened.before, now);
    },
    close: () => opened.allotments.close(),
    grant: async () => {
      const { grant: given } = allowance;
      const grant = given && (await findGrant(store, given.id).catch(() => undefined));
      return grant && grantBalance(grant);
    },
  };
}

/** What limits the run besides an amount that is known at its start; undefined when nothing does. */
function allowanceOf({ plan, options: { terms, further } }: Run): Allowance | undefined {
  const { grantId, budgetNanos, tariff } = terms;
  const id = grantId ?? (further === undefined ? undefined : randomUUID());
  const grant =
    id === undefined || budgetNanos === undefined
      ? undefined
      : { id, title: plan.title, grantedNanos: budgetNanos, currency: tariff.currency };
  if (grant === undefined && further === undefined) return undefined;
  const totals = planTotals(plan, tariff);
  return { grant, further, plannedNanos: plannedNanos(tariff, { ...totals, voices: totals.voices.enroll }) ?? 0 };
}

/** What was spent since a balance of the same budget, by the run that continued it. */
function balanceSince(before: BudgetBalance | undefined, now: BudgetBalance): BudgetBalance {
  if (before === undefined) return now;
  return {
    spentNanos: now.spentNanos - before.spentNanos,
    reservedNanos: now.reservedNanos - before.reservedNanos,
    unsentNanos: now.unsentNanos - before.unsentNanos,
    characters: now.characters - before.characters,
    inputTokens: now.inputTokens - before.inputTokens,
    outputTokens: now.outputTokens - before.outputTokens,
    unansweredCommits: now.unansweredCommits - before.unansweredCommits,
    unansweredCharacters: now.unansweredCharacters - before.unansweredCharacters,
    exhausted: now.exhausted,
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
