/** The last event of a run: what was made, delivered and spent. */
import type { RunFinishedEvent } from '../events.ts';
import { NOTHING_SPENT } from '../limits.ts';
import { planTotals } from '../plan/plan.ts';
import { moneyOf } from '../plan/price.ts';
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
    ok: parts.every(({ files, verdict }) => files.length > 0 && verdict !== 'fail'),
    simulated: tally.simulated || deliveries.simulated,
    voices: { enrolled: tally.voices.enrolled, reused: tally.voices.reused },
    segments: tally.segments.counts(),
    billedCharacters: tally.spent.billedCharacters,
    calls: tally.calls,
    chapters,
    book,
    ...(epub && { epub }),
    takes: { doubtful: tally.segments.doubtful().length, spokenAgain: tally.segments.spokenAgain },
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
  const isKnown = tariff.speech !== undefined && spent !== undefined;
  return {
    cost: isKnown ? moneyOf(spent.spentNanos + spent.reservedNanos - spent.unsentNanos, tariff.currency) : null,
    usage:
      spent === undefined
        ? null
        : { characters: spent.characters, inputTokens: spent.inputTokens, outputTokens: spent.outputTokens },
    unanswered: { calls: spent?.unansweredCommits ?? 0, billedCharacters: spent?.unansweredCharacters ?? 0 },
    budget:
      budgetNanos === undefined
        ? null
        : { ...moneyOf(budgetNanos, tariff.currency), reached: tally.budgetReached, unspoken: tally.unspoken },
  };
}
