/** Phase 2, fund: the budget of a run's steps, also after Redis lost what was spent. */
import { randomUUID } from 'node:crypto';
import type { BudgetBalance, Budgets } from '../limits.ts';
import { hearingRef, plannedHearingNanos } from '../plan/hearing.ts';
import { missingSegments } from '../plan/plan.ts';
import { planNanos, plannedNanos } from '../plan/plan-totals.ts';
import { tariffForModel } from '../plan/price.ts';
import type { BudgetRef } from '../plan/step.ts';
import { findGrant, type GrantBalance, grantBalance } from '../store/grants.ts';
import { findTake } from '../store/takes.ts';
import { type Allotments, type Allowance, openAllotments } from './allotments.ts';
import type { Run } from './run.ts';
import type { Terms } from './run-options.ts';
import { sumOfSpent } from './spent-tally.ts';

/** The budget of a run. */
export interface RunBudget {
  /** The budget for a model's steps that are submitted from now on: one for all models, at the prices of this one. */
  refFor(model: string): BudgetRef;
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
  let id: string = randomUUID();
  let isComplete = true;
  await budgets.open(id, terms.budgetNanos ?? null);
  return {
    refFor: (model) => budgetRefOf(terms, { id, model }),
    renew: async () => {
      isComplete = false;
      const left = terms.budgetNanos === undefined ? null : Math.max(0, terms.budgetNanos - (await spentNanos(run)));
      id = randomUUID();
      await budgets.open(id, left);
    },
    balance: async () => (isComplete ? budgets.balance(id).catch(() => undefined) : undefined),
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
  const open = async (): Promise<{ allotments: Allotments; before: BudgetBalance | undefined }> => {
    const allotments = await openAllotments({ ...of, store });
    return { allotments, before: await budgets.balance(allotments.id) };
  };
  let opened = await open();
  let isComplete = true;
  return {
    refFor: (model) => ({ ...budgetRefOf(terms, { id: opened.allotments.id, model }), isAllotted: true }),
    renew: async () => {
      isComplete = false;
      await opened.allotments.close();
      opened = await open();
    },
    balance: async () => {
      const isKnown = isComplete && !opened.allotments.hasForgotten;
      const now = isKnown ? await budgets.balance(opened.allotments.id).catch(() => undefined) : undefined;
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
  const plannedNanos = (planNanos(plan, tariff)?.nanos ?? 0) + plannedHearingNanos(plan, terms.hearing);
  return { grant, further, plannedNanos, book: { title: plan.title, author: plan.delivery.author } };
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

function budgetRefOf({ tariff, hearing }: Terms, { id, model }: { id: string; model: string }): BudgetRef {
  const { speech, enrolmentNanos } = tariffForModel(tariff, model);
  return { id, ...(speech === undefined ? {} : { rate: speech }), enrolmentNanos, ...hearingRef(hearing) };
}

/** At the plan's prices: what the queue reported to this run, and stored takes whose results were lost. */
async function spentNanos({ plan, tally, options: { store, terms } }: Run): Promise<number> {
  const spent = tally.spent.byModel();
  for (const { key, model } of plan.chapters.flatMap(missingSegments)) {
    const take = tally.hasEnded(key) ? undefined : await findTake(store, key);
    if (take === undefined) continue;
    const { billedCharacters, durationSeconds: audioSeconds } = take;
    spent.set(model, sumOfSpent(spent.get(model), { billedCharacters, audioSeconds, voices: 0 }));
  }
  return [...spent].reduce((sum, [model, of]) => sum + (plannedNanos(tariffForModel(terms.tariff, model), of) ?? 0), 0);
}
