/** The cost section of report.html: planned and billed, by the service's figures. Pure. */
import type { Money } from '../../events/plan-report.ts';
import { moneyText } from '../../plan/price.ts';
import type { SpendingSummary } from '../../store/spending/sums.ts';
import type { Report } from './report-json.ts';
import { escapeHtml, grouped, plural } from './report-words.ts';

/**
 * The cost of the run that wrote the report, of all takes of the edition, and of all runs of the book; an empty string when
 * nothing was billed.
 */
export function moneyTable(
  report: Pick<Report, 'money' | 'billedCharacters' | 'takesBilledCharacters' | 'simulated' | 'spent'>,
): string {
  const table = runTable(report);
  const takes = report.takesBilledCharacters ?? 0;
  if (table === '' && takes === 0 && report.spent === undefined) return '';
  const whole =
    takes === 0 ? '' : `<p>All takes in this edition, from all runs: ${grouped(takes)} billed characters.</p>`;
  const lead = table === '' && report.simulated ? `<p>${NOTHING_BILLED}</p>` : '';
  return `<section id="cost" class="card"><h2>Cost</h2>${lead}${table}${whole}${spentLines(report.spent)}</section>`;
}

const NOTHING_BILLED =
  'Nothing was billed, because the speech is simulated. The figures show what real speech would cost.';

/** Of a budget that several runs share, what all of them spent. */
function budgetUse({ reached, spent, currency }: NonNullable<Report['money']['budget']>): string {
  return `${reached ? 'reached' : 'not reached'}; spent ${moneyText({ amount: spent, currency })}`;
}

/** One paragraph for each currency; simulated money is told apart. */
function spentLines(spent: SpendingSummary | undefined): string {
  if (spent === undefined) return '';
  const sums = spent.sums.map(({ simulated, currency, amount, calls, unpriced, byReason }) => {
    const money = calls === unpriced ? 'unknown price' : moneyText({ amount, currency: currency ?? '' });
    const reasons = Object.entries(byReason).map(([reason, { calls: those }]) => `${reason} ${grouped(those)}`);
    const whole = `${escapeHtml(money)}, ${plural(calls, 'call')} (${reasons.join(', ')})`;
    return `<p>${simulated ? 'Simulated, all runs of this book' : 'All runs of this book'}: ${whole}.</p>`;
  });
  const before = spent.isComplete ? '' : ' Earlier runs are not recorded.';
  return `${sums.join('')}<p>Recorded since ${spent.since.slice(0, 10)}.${before}</p>`;
}

/** Empty when the run spent nothing. */
function runTable({
  money,
  billedCharacters,
  simulated,
}: Pick<Report, 'money' | 'billedCharacters' | 'simulated'>): string {
  const { planned, cost, usage, unanswered, budget } = money;
  if (planned.billedCharacters + billedCharacters + unanswered.calls === 0) return '';
  const rows = [
    row('Billed characters', grouped(planned.billedCharacters), grouped(billedCharacters)),
    ...(planned.tokens === null || usage === null
      ? []
      : [
          row('Tokens in', `about ${grouped(planned.tokens.input)}`, grouped(usage.inputTokens)),
          row('Tokens out', `about ${grouped(planned.tokens.output)}`, grouped(usage.outputTokens)),
        ]),
    row('Money', sum(planned.cost, planned.estimated), sum(cost, false)),
    ...(budget === null ? [] : [row('Budget', moneyText(budget), budgetUse(budget))]),
  ];
  const lost =
    unanswered.calls === 0
      ? ''
      : `<p class="tell warning">Lost responses: ${grouped(unanswered.calls)}. Up to ${grouped(unanswered.billedCharacters)} of their characters may be billed; the total includes them.</p>`;
  const lead = simulated ? NOTHING_BILLED : "The last run, by the service's figures.";
  return `<p>${lead}</p>${lost}
<div class="scroll"><table><thead><tr><th></th><th class="number">Planned</th><th class="number">Billed</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

function row(name: string, planned: string, billed: string): string {
  return `<tr><td>${name}</td><td class="number">${escapeHtml(planned)}</td><td class="number">${escapeHtml(billed)}</td></tr>`;
}

function sum(money: Money | null, estimated: boolean): string {
  return money === null ? 'unknown' : `${estimated ? 'about ' : ''}${moneyText(money)}`;
}
