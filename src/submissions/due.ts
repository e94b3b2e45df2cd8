/** When a book that waits between two runs may start again. */
import type { Store } from '../store/store.ts';
import type { BookState } from '../store/submissions.ts';

/** No book waits longer than this, in milliseconds, whatever its last process wrote down. */
const LONGEST_WAIT_MS = 10 * 60_000;

/** Whether the wait that a book's last process wrote down is over. */
export type IsDue = (id: string, state: Pick<BookState, 'notBefore' | 'beatAt'>) => Promise<boolean>;

/**
 * Judges the books of a store. The process that wrote down a wait wrote its heartbeat beside it: so its clock tells how long the
 * wait is, the store's how much of it had passed when this process first looked, and ours the rest. No two clocks are compared.
 */
export function dueBooks(store: Pick<Store, 'recordAgeMs'>, now: () => number = () => performance.now()): IsDue {
  /** By book and heartbeat. */
  const dueAtMs = new Map<string, number>();
  return async (id, { notBefore, beatAt }) => {
    if (notBefore === undefined) return true;
    const name = `${id} ${beatAt}`;
    if (!dueAtMs.has(name)) {
      const waitMs = Math.min(LONGEST_WAIT_MS, Date.parse(notBefore) - Date.parse(beatAt));
      const passedMs = (await store.recordAgeMs('book-state', id)) ?? 0;
      dueAtMs.set(name, now() + waitMs - passedMs);
    }
    if (now() < dueAtMs.get(name)!) return false;
    dueAtMs.delete(name);
    return true;
  };
}
