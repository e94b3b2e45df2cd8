/** A run's budget in the memory of this process. */
import { NOTHING_SPENT } from '../../limits.ts';
import type { Count, ReservationRecord } from './budgets.ts';

/** The budget, its counts and its reservations. */
export interface BudgetRecord {
  budgetNanos: number | null;
  counts: Record<Count, number>;
  reservations: Map<string, ReservationRecord>;
  exhausted: boolean;
  /** Undefined for a budget without allotments. */
  allotment: { nanos: number; generation: number; neededNanos: number; isLast: boolean } | undefined;
}

/** A budget of which nothing is spent. */
export function emptyRecord(budgetNanos: number | null): BudgetRecord {
  const { reservedNanos: _, unsentNanos: __, exhausted, ...counts } = NOTHING_SPENT;
  return { budgetNanos, counts, reservations: new Map(), exhausted, allotment: undefined };
}

/** The sum of all reservations. */
export function reservedNanos({ reservations }: BudgetRecord): number {
  return [...reservations.values()].reduce((sum, { nanos }) => sum + nanos, 0);
}

/** The reservation of a dead worker: a request that was sent may be billed; otherwise the amount is released. */
export function settleAbandoned({ reservations, counts }: BudgetRecord, key: string): void {
  const abandoned = reservations.get(key);
  if (abandoned === undefined) return;
  reservations.delete(key);
  if (!abandoned.sent) return;
  counts.spentNanos += abandoned.nanos;
  if (abandoned.characters === 0) return;
  counts.unansweredCommits += 1;
  counts.unansweredCharacters += abandoned.characters;
}
