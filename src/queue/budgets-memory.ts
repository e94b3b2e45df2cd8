/** The budgets of runs in this process. */
import { NOTHING_SPENT } from '../limits.ts';
import { type BudgetStore, balanceOf, type Count, countsOf, type ReservationRecord } from './budgets.ts';

interface RunBudgetRecord {
  budgetNanos: number | null;
  counts: Record<Count, number>;
  reservations: Map<string, ReservationRecord>;
  exhausted: boolean;
}

/** Budgets in memory: they end with the process, and so do their reservations. */
export function memoryBudgets(): BudgetStore {
  const records = new Map<string, RunBudgetRecord>();
  const fits = ({ budgetNanos }: RunBudgetRecord, nanos: number): boolean =>
    budgetNanos === null || nanos <= budgetNanos;
  const reservedNanos = ({ reservations }: RunBudgetRecord): number =>
    [...reservations.values()].reduce((sum, { nanos }) => sum + nanos, 0);
  const findReservation = (
    id: string,
    { key, holder }: { key: string; holder: string },
  ): ReservationRecord | undefined => {
    const reservation = records.get(id)?.reservations.get(key);
    return reservation?.holder === holder ? reservation : undefined;
  };
  return {
    async open(id, budgetNanos) {
      if (!records.has(id)) records.set(id, emptyBudget(budgetNanos));
    },
    async reserve(id, { key, nanos, characters, holder, patient }) {
      const record = records.get(id);
      if (record === undefined) return 'gone';
      settleAbandoned(record, key);
      if (!record.exhausted && fits(record, record.counts.spentNanos + reservedNanos(record) + nanos)) {
        record.reservations.set(key, { holder, nanos, sent: false, characters });
        return 'held';
      }
      if (!record.exhausted && patient && fits(record, record.counts.spentNanos + nanos)) return 'wait';
      record.exhausted = true;
      return 'over';
    },
    async markSent(id, by) {
      const reservation = findReservation(id, by);
      if (reservation !== undefined) reservation.sent = true;
      return reservation !== undefined;
    },
    async raise(id, by) {
      const record = records.get(id);
      const reservation = findReservation(id, by);
      if (record === undefined || reservation === undefined) return false;
      if (!fits(record, record.counts.spentNanos + reservedNanos(record) + by.nanos)) return false;
      reservation.nanos += by.nanos;
      return true;
    },
    async settle(id, by) {
      const record = records.get(id);
      if (record === undefined || findReservation(id, by) === undefined) return;
      record.reservations.delete(by.key);
      for (const [field, value] of countsOf(by.spent)) record.counts[field] += value;
    },
    balance: async (id) => {
      const record = records.get(id);
      return record && balanceOf({ ...record, reservations: [...record.reservations.values()] });
    },
  };
}

function emptyBudget(budgetNanos: number | null): RunBudgetRecord {
  const { reservedNanos: _, unsentNanos: __, exhausted, ...counts } = NOTHING_SPENT;
  return { budgetNanos, counts, reservations: new Map(), exhausted };
}

/** The reservation of a dead worker: a request that was sent may be billed; otherwise the amount is released. */
function settleAbandoned({ reservations, counts }: RunBudgetRecord, key: string): void {
  const abandoned = reservations.get(key);
  if (abandoned === undefined) return;
  reservations.delete(key);
  if (!abandoned.sent) return;
  counts.spentNanos += abandoned.nanos;
  if (abandoned.characters === 0) return;
  counts.unansweredCommits += 1;
  counts.unansweredCharacters += abandoned.characters;
}
