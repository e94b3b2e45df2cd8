/** What the ledger of spending knows of one budget: at least so much was spent, whatever Redis remembers. */
import type { Store } from '../store.ts';
import type { CallRecord } from './paid-call.ts';
import { type BookName, readCallRecords } from './read-spending.ts';

/** What a budget has spent, beside its reservations whose request was sent. */
export interface SpentOfBudget {
  /** All of its calls, in nanos, without the ones that reservations stand for. */
  spentNanos: number;
  /** Reservations whose call has ended, with what it cost, by their key: they need not be held any longer. */
  ended: ReadonlyMap<string, number>;
}

/**
 * Reads what was spent. `reserved`: reservations whose request was sent, in nanos by their key. A call that is in progress is
 * settled, or stays reserved, by itself, so it is left out as far as its reservation covers it.
 */
export async function spentOfBudget(
  store: Pick<Store, 'journals'>,
  { budget, book, reserved }: { budget: string; book: BookName; reserved: ReadonlyMap<string, number> },
): Promise<SpentOfBudget> {
  const { records } = await readCallRecords(store, book);
  const ofKey = new Map<string, CallRecord>();
  let spentNanos = 0;
  for (const record of records) {
    if (record.budget !== budget) continue;
    spentNanos += record.nanos ?? 0;
    const key = reservationKey(record);
    // In the order of time, but one that has not ended is never taken for one that has: clocks of machines differ.
    if (ofKey.get(key)?.end !== 'sent') ofKey.set(key, record);
  }
  const ended = new Map<string, number>();
  for (const [key, nanos] of reserved) {
    const { end, nanos: price } = ofKey.get(key) ?? { end: 'sent', nanos: 0 };
    if (end === 'sent') spentNanos -= Math.min(nanos, price ?? 0);
    else {
      spentNanos -= price ?? 0;
      ended.set(key, price ?? 0);
    }
  }
  return { spentNanos, ended };
}

/**
 * What a budget has spent whose process has provably ended, in nanos: every call is in the ledger before it is sent, and one
 * without an end counts at its full price. Undefined when the ledger does not prove it: a line is damaged, or a price is
 * unknown.
 */
export async function spentOfEnded(
  store: Pick<Store, 'journals'>,
  { budget, book }: { budget: string; book: BookName },
): Promise<number | undefined> {
  const { records, damaged } = await readCallRecords(store, book);
  if (damaged > 0) return undefined;
  let spent = 0;
  for (const { budget: of, nanos } of records) {
    if (of !== budget) continue;
    if (nanos === null) return undefined;
    spent += nanos;
  }
  return spent;
}

/** The key under which a call is reserved; see jobs/pay.ts and jobs/pay-hearing.ts. */
function reservationKey({ reason, key }: CallRecord): string {
  return reason === 'hearing' ? `hear-${key}` : key;
}
