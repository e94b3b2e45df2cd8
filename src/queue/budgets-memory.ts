/** Purses of this process. */
import { NOTHING_SPENT } from '../limits.ts';
import { type BudgetStore, balanceOf, type Count, countsOf, type ReservationRecord } from './budgets.ts';

interface RunBudgetRecord {
  budgetNanos: number | null;
  counts: Record<Count, number>;
  held: Map<string, ReservationRecord>;
  exhausted: boolean;
}

/** Purses in memory: they end with the process, and so does whatever was held. */
export function memoryBudgets(): BudgetStore {
  const records = new Map<string, RunBudgetRecord>();
  const fits = ({ budgetNanos }: RunBudgetRecord, nanos: number): boolean =>
    budgetNanos === null || nanos <= budgetNanos;
  const sumHeld = ({ held }: RunBudgetRecord): number => [...held.values()].reduce((sum, { nanos }) => sum + nanos, 0);
  const heldBy = (id: string, { key, holder }: { key: string; holder: string }): ReservationRecord | undefined => {
    const held = records.get(id)?.held.get(key);
    return held?.holder === holder ? held : undefined;
  };
  return {
    async open(id, budgetNanos) {
      if (!records.has(id)) records.set(id, emptyBudget(budgetNanos));
    },
    async reserve(id, { key, nanos, characters, holder, patient }) {
      const record = records.get(id);
      if (record === undefined) return 'gone';
      endLeft(record, key);
      if (!record.exhausted && fits(record, record.counts.spentNanos + sumHeld(record) + nanos)) {
        record.held.set(key, { holder, nanos, sent: false, characters });
        return 'held';
      }
      if (!record.exhausted && patient && fits(record, record.counts.spentNanos + nanos)) return 'wait';
      record.exhausted = true;
      return 'over';
    },
    async markSent(id, by) {
      const held = heldBy(id, by);
      if (held !== undefined) held.sent = true;
      return held !== undefined;
    },
    async raise(id, by) {
      const record = records.get(id);
      const held = heldBy(id, by);
      if (record === undefined || held === undefined) return false;
      if (!fits(record, record.counts.spentNanos + sumHeld(record) + by.nanos)) return false;
      held.nanos += by.nanos;
      return true;
    },
    async settle(id, by) {
      const record = records.get(id);
      if (record === undefined || heldBy(id, by) === undefined) return;
      record.held.delete(by.key);
      for (const [field, value] of countsOf(by.spent)) record.counts[field] += value;
    },
    balance: async (id) => {
      const record = records.get(id);
      return record && balanceOf({ ...record, reservations: [...record.held.values()] });
    },
  };
}

function emptyBudget(budgetNanos: number | null): RunBudgetRecord {
  const { reservedNanos: _, unsentNanos: __, exhausted, ...counts } = NOTHING_SPENT;
  return { budgetNanos, counts, held: new Map(), exhausted };
}

/** Of a holder that died: what it had sent may be billed, what it had not is free again. */
function endLeft({ held, counts }: RunBudgetRecord, key: string): void {
  const left = held.get(key);
  if (left === undefined) return;
  held.delete(key);
  if (!left.sent) return;
  counts.spentNanos += left.nanos;
  if (left.characters === 0) return;
  counts.unansweredCommits += 1;
  counts.unansweredCharacters += left.characters;
}
