/** The budgets of runs in this process. */
import { type BudgetRecord, emptyRecord, reservedNanos, settleAbandoned } from './budget-record.ts';
import { type BudgetStore, balanceOf, countsOf, type ReservationRecord } from './budgets.ts';
import { memoryAllotments } from './budgets-allotted-memory.ts';

/** Budgets in memory: they end with the process, and so do their reservations. */
export function memoryBudgets(): BudgetStore {
  const records = new Map<string, BudgetRecord>();
  const fits = ({ budgetNanos }: BudgetRecord, nanos: number): boolean => budgetNanos === null || nanos <= budgetNanos;
  const findReservation = (
    id: string,
    { key, holder }: { key: string; holder: string },
  ): ReservationRecord | undefined => {
    const reservation = records.get(id)?.reservations.get(key);
    return reservation?.holder === holder ? reservation : undefined;
  };
  return {
    async open(id, budgetNanos) {
      if (!records.has(id)) records.set(id, emptyRecord(budgetNanos));
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
    allotted: memoryAllotments(records),
    balance: async (id) => {
      const record = records.get(id);
      return record && balanceOf({ ...record, reservations: [...record.reservations.values()] });
    },
  };
}
