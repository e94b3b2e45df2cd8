/** What may be spent on a book, and what it has cost, as the watcher shows it. Pure. */
import type { PaidCall } from '../store/spending/paid-call.ts';
import type { SpendingSummary } from '../store/spending/sums.ts';
import type { ReadyBook } from './book-work.ts';
import type { Granted, Price } from './state-machine.ts';

/** Nanos in one unit of a currency. */
const NANOS = 1e9;

/** The lower one of a book's budget and what a person has approved, in the currency of the prices. */
export function grantedOf(
  { budget, price }: Pick<ReadyBook, 'budget' | 'price'>,
  approved: number | undefined,
): Granted | undefined {
  const byBudget: Granted | undefined = budget && { ...budget, by: 'budget' };
  if (approved === undefined || price === null) return byBudget;
  if (byBudget !== undefined && byBudget.amount <= approved) return byBudget;
  return { amount: approved, currency: price.currency, by: 'approval' };
}

/** The real money of a summary; a simulator's is none. Undefined unless it is of one known currency. */
export function realMoney(spent: SpendingSummary | undefined): Price | undefined {
  const real = spent?.sums.filter(({ simulated }) => !simulated) ?? [];
  const [sum] = real;
  if (sum === undefined || real.length > 1 || sum.currency === null) return undefined;
  return { amount: sum.amount, currency: sum.currency };
}

/** What the calls since a moment (ISO 8601, UTC) cost, in the currency of their prices; `simulated`: the part of it. */
export function paidSince(calls: readonly PaidCall[], since: string): { amount: number; simulated: number } {
  const nanos = { all: 0, simulated: 0 };
  for (const call of calls) {
    if (call.at < since) continue;
    nanos.all += call.nanos ?? 0;
    if (call.simulated) nanos.simulated += call.nanos ?? 0;
  }
  return { amount: nanos.all / NANOS, simulated: nanos.simulated / NANOS };
}
