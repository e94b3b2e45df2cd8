/** The table that a chaos run publishes, as Markdown. */
import type { StormResult } from './storm.ts';

/** One row for each storm, and their sum. */
export function tableOf(results: readonly StormResult[]): string {
  const sum = (of: (result: StormResult) => number): number => results.reduce((all, result) => all + of(result), 0);
  const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(
      'storm',
      'faults',
      'segments',
      'seconds',
      'runs after',
      'spoken again (allowed)',
      'accepted twice',
      'voices twice',
      'lost',
      'calls in the ledger (lost answers)',
      'ledger wrong',
    ),
    row('--:', '---', '--:', '--:', '--:', '--:', '--:', '--:', '--:', '--:', '--:'),
    ...results.map((of) =>
      row(
        of.storm,
        of.faults.join(', '),
        of.segments,
        Math.round(of.seconds),
        of.runs,
        `${of.spokenAgain} (${of.mayBeSpokenAgain})`,
        of.acceptedTwice,
        of.enrolledTwice,
        of.lost.length,
        `${of.ledger.calls} (${of.ledger.lostAnswers})`,
        of.ledger.differences.length,
      ),
    ),
    row(
      'all',
      `${sum(({ faults }) => faults.length)} faults`,
      sum(({ segments }) => segments),
      Math.round(sum(({ seconds }) => seconds)),
      sum(({ runs }) => runs),
      `${sum(({ spokenAgain }) => spokenAgain)} (${sum(({ mayBeSpokenAgain }) => mayBeSpokenAgain)})`,
      sum(({ acceptedTwice }) => acceptedTwice),
      sum(({ enrolledTwice }) => enrolledTwice),
      sum(({ lost }) => lost.length),
      `${sum(({ ledger }) => ledger.calls)} (${sum(({ ledger }) => ledger.lostAnswers)})`,
      sum(({ ledger }) => ledger.differences.length),
    ),
  ].join('\n');
}
