/** The cost section of report.html: planned and billed, by the service's figures. Pure. */
import type { Money } from '../../events/plan-report.ts';
import { moneyText } from '../../plan/price.ts';
import type { SpendingSummary } from '../../store/spending/sums.ts';
import type { Report } from './report-json.ts';
import { escapeHtml, grouped } from './report-text.ts';
import { hasText, type Words } from './words/words.ts';

/**
 * The cost of the run that wrote the report, of all takes of the edition, and of all runs of the book; an empty string when
 * nothing was billed.
 */
export function moneyTable(
  report: Pick<Report, 'money' | 'billedCharacters' | 'takesBilledCharacters' | 'simulated' | 'spent'>,
  words: Words,
): string {
  const table = runTable(report, words);
  const takes = report.takesBilledCharacters ?? 0;
  if (table === '' && takes === 0 && report.spent === undefined) return '';
  const whole = takes === 0 ? '' : `<p>${words('allTakes', { n: grouped(takes) })}</p>`;
  const lead = table === '' && report.simulated ? `<p>${words('nothingBilled')}</p>` : '';
  return `<section id="cost" class="card"><h2>${words('cost')}</h2>${lead}${table}${whole}${spentLines(report.spent, words)}</section>`;
}

/** Of a budget that several runs share, what all of them spent. */
function budgetUse({ reached, spent, currency }: NonNullable<Report['money']['budget']>, words: Words): string {
  return words(reached ? 'reached' : 'notReached', { amount: moneyText({ amount: spent, currency }) });
}

/** One paragraph for each currency; simulated money is told apart. */
function spentLines(spent: SpendingSummary | undefined, words: Words): string {
  if (spent === undefined) return '';
  const sums = spent.sums.map(({ simulated, currency, amount, calls, unpriced, byReason }) => {
    const money = calls === unpriced ? words('unknownPrice') : moneyText({ amount, currency: currency ?? '' });
    const reasons = Object.entries(byReason).map(([reason, { calls: those }]) => {
      const name = `reason.${reason}`;
      return hasText(name) ? words(name, { n: grouped(those) }) : `${reason} ${grouped(those)}`;
    });
    const told = {
      amount: escapeHtml(money),
      calls: words('calls', { n: calls }),
      reasons: reasons.join(words('comma')),
    };
    return `<p>${words(simulated ? 'allRunsSimulated' : 'allRuns', told)}</p>`;
  });
  const before = spent.isComplete ? '' : words('notRecorded');
  return `${sums.join('')}<p>${words('recordedSince', { date: spent.since.slice(0, 10) })}${before}</p>`;
}

/** Empty when the run spent nothing. */
function runTable(
  { money, billedCharacters, simulated }: Pick<Report, 'money' | 'billedCharacters' | 'simulated'>,
  words: Words,
): string {
  const { planned, cost, usage, unanswered, budget } = money;
  if (planned.billedCharacters + billedCharacters + unanswered.calls === 0) return '';
  const rows = [
    row(words('billedCharacters'), grouped(planned.billedCharacters), grouped(billedCharacters)),
    ...(planned.tokens === null || usage === null
      ? []
      : [
          row(words('tokensIn'), words('about', { amount: grouped(planned.tokens.input) }), grouped(usage.inputTokens)),
          row(
            words('tokensOut'),
            words('about', { amount: grouped(planned.tokens.output) }),
            grouped(usage.outputTokens),
          ),
        ]),
    row(words('money'), sum(planned.cost, words, planned.estimated), sum(cost, words)),
    ...(budget === null ? [] : [row(words('budget'), moneyText(budget), budgetUse(budget, words))]),
  ];
  const lost =
    unanswered.calls === 0
      ? ''
      : `<p class="tell warning">${words('lost', { n: grouped(unanswered.calls), characters: grouped(unanswered.billedCharacters) })}</p>`;
  const lead = words(simulated ? 'nothingBilled' : 'lastRun');
  return `<p>${lead}</p>${lost}
<div class="scroll"><table class="amounts"><thead><tr><th></th><th class="number">${words('planned')}</th><th class="number">${words('billed')}</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

function row(name: string, planned: string, billed: string): string {
  return `<tr><td>${name}</td><td class="number">${escapeHtml(planned)}</td><td class="number">${escapeHtml(billed)}</td></tr>`;
}

function sum(money: Money | null, words: Words, isEstimated = false): string {
  if (money === null) return words('unknown');
  return isEstimated ? words('about', { amount: moneyText(money) }) : moneyText(money);
}
