/** What may be spent on a book, and what it has cost, as the watcher shows it. Pure. */
import type { SpendingSummary } from '../store/spending/sums.ts';
import type { ReadyBook } from './book-work.ts';
import type { Granted, Price } from './state-machine.ts';

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
