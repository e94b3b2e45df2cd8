/** The last event of a run: what was made, delivered and spent. */
import { isDelivered } from '../events/delivered.ts';
import type { RunFinishedEvent } from '../events.ts';
import { type BudgetBalance, NOTHING_SPENT } from '../limits.ts';
import { planNanos, planTotals } from '../plan/plan-totals.ts';
import { moneyOf } from '../plan/price.ts';
import { partOf } from '../plan/report.ts';
import type { Run } from './run.ts';

/** Summarizes the run. */
export function runFinished(run: Run): RunFinishedEvent {
  const { plan, folder, tally, deliveries, options } = run;
  const { billedCharacters, cost, estimated, tokens } = planTotals(plan, options.terms.tariff);
  const chapters = deliveries.chapters();
  const book = deliveries.book();
  const epub = deliveries.epub();
  const parts = [...chapters, ...(book === null ? [] : [book]), ...(epub === undefined ? [] : [epub])];
  return {
    type: 'run.finished',
    ok: parts.every((part) => isDelivered(part) && part.verdict !== 'fail'),
    simulated: tally.simulated || deliveries.simulated,
    voices: { enrolled: tally.voices.enrolled, reused: tally.voices.reused },
    segments: tally.segments.counts(),
    billedCharacters: tally.spent.billedCharacters,
    calls: tally.calls,
    chapters,
    book,
    ...(epub && { epub }),
    takes: { doubtful: tally.segments.doubtful().length, spokenAgain: tally.segments.spokenAgain },
    ...partOf(plan),
    folder,
    seconds: tally.seconds,
    planned: { billedCharacters, cost, estimated, tokens },
    billedDifference: tally.spent.billedCharacters - billedCharacters,
    ...moneySpent(run),
  };
}

function moneySpent(run: Run): Pick<RunFinishedEvent, 'cost' | 'usage' | 'unanswered' | 'budget'> {
  const { tally, options } = run;
  const { tariff, budgetNanos } = options.terms;
  // Without work nothing was sent, so nothing was spent.
  const spent = run.balance ?? (tally.hasWorked ? undefined : NOTHING_SPENT);
  const planned = planNanos(run.plan, tariff);
  const isKnown = planned !== undefined && spent !== undefined;
  return {
    cost: isKnown ? moneyOf(spent.spentNanos + spent.reservedNanos - spent.unsentNanos, planned.currency) : null,
    usage:
      spent === undefined
        ? null
        : { characters: spent.characters, inputTokens: spent.inputTokens, outputTokens: spent.outputTokens },
    unanswered: { calls: spent?.unansweredCommits ?? 0, billedCharacters: spent?.unansweredCharacters ?? 0 },
    budget:
      budgetNanos === undefined
        ? null
        : {
            ...moneyOf(budgetNanos, tariff.currency),
            reached: tally.budgetReached,
            unspoken: tally.unspoken,
            ...spentOfBudget(run, spent),
          },
  };
}

/** Of a grant, what all its runs spent; otherwise what this run spent. */
function spentOfBudget(run: Run, own: BudgetBalance | undefined): { spent: number; held: number } {
  const { tariff, grant: before } = run.options.terms;
  const amount = (nanos: number): number => moneyOf(nanos, tariff.currency).amount;
  const grant = run.grant ?? before;
  if (grant !== undefined) return { spent: amount(grant.spentNanos), held: amount(grant.heldNanos) };
  const { spentNanos, reservedNanos } = own ?? NOTHING_SPENT;
  return { spent: amount(spentNanos), held: amount(reservedNanos) };
}
