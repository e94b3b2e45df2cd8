/** Budgets with allotments in this process; as the scripts of src/queue/budgets/budgets-allotted-redis.ts. */
import type { Allotment } from '../../limits.ts';
import { type BudgetRecord, emptyRecord, reservedNanos, settleAbandoned } from './budget-record.ts';
import type { AllottedStore } from './budgets.ts';

type AllottedRecord = BudgetRecord & { allotment: NonNullable<BudgetRecord['allotment']> };

/** The allotments of the budgets in `records`. */
export function memoryAllotments(records: Map<string, BudgetRecord>): AllottedStore {
  const recordOf = (id: string): AllottedRecord | undefined => {
    const record = records.get(id);
    return record?.allotment === undefined ? undefined : (record as AllottedRecord);
  };
  return {
    async open(id, mostNanos) {
      const allotment = { nanos: 0, generation: 1, neededNanos: 0, isLast: false };
      records.set(id, { ...emptyRecord(mostNanos), allotment });
    },
    async join(id) {
      const record = recordOf(id);
      if (record === undefined) return false;
      record.exhausted = false;
      record.allotment.isLast = false;
      return true;
    },
    async allot(id, { nanos, generation, isLast }) {
      const { allotment } = recordOf(id) ?? {};
      if (allotment?.generation !== generation) return false;
      Object.assign(allotment, { nanos: Math.max(allotment.nanos, nanos), neededNanos: 0, isLast });
      return true;
    },
    async takeBack(id, { generation }) {
      const record = recordOf(id);
      if (record?.allotment.generation === generation) {
        record.allotment.nanos = record.counts.spentNanos + reservedNanos(record);
        record.allotment.generation += 1;
      }
      return record && stateOf(record);
    },
    async find(id) {
      const record = recordOf(id);
      return record && stateOf(record);
    },
    doubtful: async () => undefined,
    confirm: async () => false,
    async reserve(id, { key, nanos, characters, holder, patient }) {
      const record = recordOf(id);
      if (record === undefined) return 'gone';
      settleAbandoned(record, key);
      if (record.exhausted) return 'over';
      const missing = nanos - roomIn(record);
      if (missing > 0) return refuse(record, { nanos, missing, patient });
      record.reservations.set(key, { holder, nanos, sent: false, characters });
      return 'held';
    },
    async raise(id, { key, holder, nanos }) {
      const record = recordOf(id);
      const reservation = record?.reservations.get(key);
      if (record === undefined || reservation?.holder !== holder) return 'over';
      const missing = nanos - roomIn(record);
      if (missing > 0) {
        if (record.allotment.isLast) return 'over';
        need(record, missing);
        return 'short';
      }
      reservation.nanos += nanos;
      return 'held';
    },
  };
}

function roomIn(record: AllottedRecord): number {
  return record.allotment.nanos - record.counts.spentNanos - reservedNanos(record);
}

function refuse(
  record: AllottedRecord,
  { nanos, missing, patient }: { nanos: number; missing: number; patient: boolean },
): 'short' | 'wait' | 'over' {
  if (!record.allotment.isLast) {
    need(record, missing);
    return 'short';
  }
  if (patient && nanos <= record.allotment.nanos - record.counts.spentNanos) return 'wait';
  record.exhausted = true;
  return 'over';
}

function need({ allotment }: AllottedRecord, missing: number): void {
  allotment.neededNanos = Math.max(allotment.neededNanos, missing);
}

function stateOf(record: AllottedRecord): Allotment {
  const { nanos, generation, neededNanos } = record.allotment;
  const { spentNanos } = record.counts;
  return { nanos, generation, neededNanos, spentNanos, reservedNanos: reservedNanos(record), isDoubtful: false };
}
