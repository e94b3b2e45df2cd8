/** The table that a chaos run publishes, as Markdown. */
import type { StormResult } from './storm.ts';

const COLUMNS = [
  ...['seed', 'engine', 'store', 'faults', 'lost', 'paid twice (explained)', 'voices twice', 'paid of granted'],
  ...['ledger: calls (lost answers)', 'service: spoken', 'ledger wrong', 'seconds', 'result'],
];

/** One row for each storm, and their sum; below it how often each fault struck. */
export function tableOf(results: readonly StormResult[]): string {
  const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const sum = (of: (result: StormResult) => number): number => results.reduce((all, result) => all + of(result), 0);
  const kept = results.filter(({ broken }) => broken.length === 0).length;
  return [
    row(...COLUMNS),
    row(...COLUMNS.map(() => '---')),
    ...results.map((of) => row(...cellsOf(of))),
    row(
      'all',
      '',
      '',
      `${sum(({ faults }) => faults.length)} faults`,
      sum(({ lost }) => lost.length),
      `${sum(unexplained)} (${sum(({ spokenAgain }) => spokenAgain)})`,
      sum(({ enrolledTwice, acceptedTwice }) => enrolledTwice + acceptedTwice),
      `${sum(({ grant }) => grant.differences.length)} exceeded`,
      `${sum(({ ledger }) => ledger.calls)} (${sum(({ ledger }) => ledger.lostAnswers)})`,
      sum(({ ledger }) => ledger.spoken),
      sum(({ ledger }) => ledger.differences.length),
      Math.round(sum(({ seconds }) => seconds)),
      `${kept} of ${results.length} kept`,
    ),
    '',
    faultCounts(results),
  ].join('\n');
}

function cellsOf(of: StormResult): (string | number)[] {
  const { grant, ledger } = of;
  return [
    ...[of.storm, of.engine, of.store, [...of.faults, ...(of.hasDifferentClocks ? ['clocks differ'] : [])].join(', ')],
    of.lost.length,
    `${unexplained(of)} (${of.spokenAgain} of ${of.mayBeSpokenAgain})`,
    of.enrolledTwice + of.acceptedTwice,
    `${money(grant.paidNanos)} of ${money(grant.grantedNanos)}${of.isUsedUp ? ', two grants' : ''}`,
    `${ledger.calls} (${ledger.lostAnswers})`,
    ledger.spoken,
    ledger.differences.length,
    Math.round(of.seconds),
    of.broken.length === 0 ? 'kept' : 'BROKEN',
  ];
}

/** Lines that were spoken again though no fault explains it. */
function unexplained({ spokenAgain, mayBeSpokenAgain }: StormResult): number {
  return Math.max(0, spokenAgain - mayBeSpokenAgain);
}

function money(nanos: number): string {
  return (nanos / 1e9).toFixed(4);
}

function faultCounts(results: readonly StormResult[]): string {
  const counts = new Map<string, number>();
  for (const { faults, hasDifferentClocks } of results)
    for (const name of hasDifferentClocks ? [...faults, 'clocks differ'] : faults)
      counts.set(name, (counts.get(name) ?? 0) + 1);
  const all = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([name, times]) => `${name} ${times}`);
  return `Struck: ${all.join(', ')}.`;
}
