/** What the ledger says, as tables for people: real money first, simulated apart, each currency for itself. */
import { nanosText } from '../../plan/price.ts';
import type { PaidCall } from '../../store/spending/paid-call.ts';
import { type GroupedBy, type Sum, type SumOfGroup, sumsByGroup, sumsByReason } from '../../store/spending/sums.ts';
import { counted, grouped, plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import type { Terminal } from '../screen/terminal.ts';

/** The lines of `pipeline cost`. */
export function costLines(
  calls: readonly PaidCall[],
  of: {
    by: GroupedBy;
    /** Title of the book; null for all books. */
    title: string | null;
    month: string | undefined;
    location: string;
    terminal: Terminal;
  },
): string[] {
  const { by, title, month, terminal } = of;
  const what = title === null ? `the store ${plain(of.location)}` : `"${plain(title)}"`;
  const when = month === undefined ? '' : ` in ${month}`;
  if (calls.length === 0) return [`No paid calls are recorded for ${what}${when}.`];
  const lines: string[] = [];
  const sums = sumsByReason(calls);
  const groups = sumsByGroup(calls, by);
  for (const sum of sums) {
    const heading = sum.simulated ? 'Simulated: nothing was billed; this is what it would cost' : 'Paid';
    lines.push(terminal.paint('bold', `${heading}${when}, in ${sum.currency ?? 'an unknown currency'}`));
    const own = groups.filter(({ currency, simulated }) => currency === sum.currency && simulated === sum.simulated);
    lines.push(...table(own, sum, { by, terminal }));
  }
  if (sums.length > 1) lines.push('These sums are never added up.');
  return [...lines, ...openLines(calls), ...sinceLines(calls)];
}

/** Two systems, the ledger and the service, can not be told of a call in one moment. */
function openLines(calls: readonly PaidCall[]): string[] {
  const open = calls.filter(({ hasNoEnd }) => hasNoEnd).length;
  if (open === 0) return [];
  const first = open === 1 ? '1 lost answer has no end: it is' : `${grouped(open)} lost answers have no end: each is`;
  return [
    `${first} under way, its process was killed, or an earlier version lost it. A kill may leave one call of each session that was recorded and never sent. Each counts in full.`,
  ];
}

function table(
  groups: readonly SumOfGroup[],
  all: Sum,
  { by, terminal }: { by: GroupedBy; terminal: Terminal },
): string[] {
  const counts = (['characters', 'inputTokens', 'outputTokens'] as const).filter((name) => all[name] > 0);
  const names = { characters: 'characters', inputTokens: 'tokens in', outputTokens: 'tokens out' };
  const row = (name: string, sum: Sum): string[] => [
    name,
    grouped(sum.entries),
    ...counts.map((count) => grouped(sum[count])),
    moneyOfSum(sum),
  ];
  const rows = [...groups.map((group) => row(plain(group.name), group)), row('all', all)];
  const style = (text: string, at: number): string => (at === rows.length - 1 ? terminal.paint('bold', text) : text);
  const heads = ['calls', ...counts.map((count) => names[count]), 'money'];
  return tableLines({
    columns: [
      { head: by, narrow: { how: 'wrap', least: 12 }, paint: style },
      ...heads.map((head) => ({ head, align: 'right' as const, paint: style })),
    ],
    rows,
    width: terminal.columns,
    paintHead: (text) => terminal.paint('dim', text),
  });
}

function moneyOfSum({ nanos, currency, entries, unpriced }: Sum): string {
  if (entries === unpriced) return 'price unknown';
  const money = nanosText(nanos, currency ?? '');
  return unpriced === 0 ? money : `${money} and ${counted(unpriced, 'call')} of unknown price`;
}

/** The first day of the records, and for which books it is not the first day of their work. */
function sinceLines(calls: readonly PaidCall[]): string[] {
  const day = calls[0]?.at.slice(0, 10);
  const older = new Set(calls.flatMap(({ book, isOlderBook }) => (isOlderBook && book !== null ? [book] : [])));
  if (older.size === 0) return [`Recorded since ${day}.`];
  const titles = [...older].map((title) => `"${plain(title)}"`).join(', ');
  return [`Recorded since ${day}. What was paid before for ${titles} is not recorded.`];
}
