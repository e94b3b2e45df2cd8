/** `pipeline cost`: what the ledger of spending says, for people, spreadsheets and programs. */

import { openConfiguredStore } from '../../composition/open-store.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import { moneyOf } from '../../plan/price.ts';
import { PAID_REASONS, type PaidCall } from '../../store/spending/paid-call.ts';
import { readSpending } from '../../store/spending/read-spending.ts';
import { type GroupedBy, type Sum, type SumByReason, sumsByGroup, sumsByReason } from '../../store/spending/sums.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';
import { costLines } from './cost-table.ts';
import { type Cell, csvRow, exactAmount } from './csv.ts';
import { findBookSpending } from './find-book.ts';

/** Flags of the command. */
export type CostFlags = Flags & { month?: string; by?: GroupedBy; csv?: boolean; json?: boolean };

/**
 * Exit code 0; 1 when records of the ledger cannot be read: they are left out; 2 for an unknown book. With `--simulate` only
 * simulated calls. Calls nothing and changes nothing.
 */
export async function costCommand(book: string | undefined, flags: CostFlags): Promise<number> {
  const terminal = openTerminal();
  const store = await openConfiguredStore(readConfig(flags));
  const found =
    book === undefined ? { title: null, ...(await readSpending(store)) } : await findBookSpending(store, book);
  const calls = found.calls.filter(
    ({ at, simulated }) =>
      (flags.month === undefined || at.startsWith(flags.month)) && (flags.simulate !== true || simulated),
  );
  const { title } = found;
  if (flags.json) terminal.raw(JSON.stringify(costEvent(calls, { title, damaged: found.damaged, flags })));
  else if (flags.csv) for (const row of csvRows(calls, flags.by)) terminal.raw(csvRow(row));
  else {
    const by = flags.by ?? (book === undefined ? 'book' : 'reason');
    const lines = costLines(calls, { by, title, month: flags.month, location: store.location, terminal });
    for (const line of lines) terminal.out(line);
  }
  if (found.damaged === 0) return EXIT.ok;
  terminal.err(
    `! ${counted(found.damaged, 'record')} of the ledger below ${plain(store.location)}/journals/spending cannot be read and ${found.damaged === 1 ? 'is' : 'are'} not in the sums.`,
  );
  return EXIT.incomplete;
}

const CALL_COLUMNS = [
  ...['sent at (UTC)', 'book', 'author', 'run', 'line', 'character', 'voice', 'model', 'reason'],
  ...['characters', 'tokens in', 'tokens out', 'amount', 'currency', 'simulated'],
];
const SUM_COLUMNS = [
  'calls',
  'characters',
  'tokens in',
  'tokens out',
  'amount',
  'currency',
  'simulated',
  'unpriced calls',
];

/** Columns are added at the end, never renamed. */
function csvRows(calls: readonly PaidCall[], by: GroupedBy | undefined): Cell[][] {
  if (by !== undefined) {
    const groups = sumsByGroup(calls, by).map((sum) => [
      ...[sum.name, sum.entries, sum.characters, sum.inputTokens, sum.outputTokens],
      ...[exactAmount(sum.nanos), sum.currency, sum.simulated, sum.unpriced],
    ]);
    return [[by, ...SUM_COLUMNS], ...groups];
  }
  const rows = calls.map((call) => [
    ...[call.at, call.book, call.author, call.run, call.line, call.character, call.voice, call.model, call.reason],
    ...[call.characters, call.inputTokens, call.outputTokens],
    ...[call.nanos === null ? null : exactAmount(call.nanos), call.currency, call.simulated],
  ]);
  return [CALL_COLUMNS, ...rows];
}

/**
 * Relied upon from outside: add, never rename. `total` and `byReason` are of the real calls, or of the simulated ones where
 * there are no others. Sums of several currencies are in `sums`; then `currency` and `total` are null.
 */
function costEvent(
  calls: readonly PaidCall[],
  { title, damaged, flags }: { title: string | null; damaged: number; flags: CostFlags },
): object {
  const sums = sumsByReason(calls);
  const real = sums.filter(({ simulated }) => !simulated);
  const told = real.length > 0 ? real : sums;
  const [first] = told.length === 1 ? told : [];
  return {
    type: 'cost',
    book: title,
    month: flags.month ?? null,
    since: calls[0]?.at ?? null,
    isComplete: !calls.some(({ isOlderBook }) => isOlderBook),
    simulated: told.some(({ simulated }) => simulated),
    currency: first?.currency ?? null,
    total: told.length === 0 ? 0 : first === undefined ? null : amountOf(first),
    entries: told.reduce((all, { entries }) => all + entries, 0),
    byReason: Object.fromEntries(
      PAID_REASONS.flatMap((reason) => {
        const sum = first?.byReason[reason];
        return sum === undefined ? [] : [[reason, amountOf(sum)]];
      }),
    ),
    withoutEnd: calls.filter(({ hasNoEnd }) => hasNoEnd).length,
    sums: sums.map((sum) => ({ ...sumFields(sum), byReason: reasonFields(sum) })),
    ...(flags.by !== undefined && {
      by: flags.by,
      groups: sumsByGroup(calls, flags.by).map((group) => ({ name: group.name, ...sumFields(group) })),
    }),
    damaged,
  };
}

function sumFields(sum: Sum): object {
  const { currency, simulated, entries, unpriced, characters, inputTokens, outputTokens } = sum;
  return { currency, simulated, total: amountOf(sum), entries, unpriced, characters, inputTokens, outputTokens };
}

function reasonFields({ byReason }: SumByReason): object {
  return Object.fromEntries(Object.entries(byReason).map(([reason, sum]) => [reason, sumFields(sum)]));
}

function amountOf({ nanos, currency }: Sum): number {
  return moneyOf(nanos, currency ?? '').amount;
}
