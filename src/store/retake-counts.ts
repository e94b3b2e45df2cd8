/**
 * How many takes of a book were made, and spoken again, by all machines and all runs. A book has eight small records; a process
 * adds to one of them. Of two that add to one at once, one is lost: the limit is then a little wider.
 */
import { createHash, randomInt } from 'node:crypto';
import type { Store } from './store.ts';

/** Counts of a book. */
export interface RetakeCounts {
  made: number;
  again: number;
}

const RECORDS = 8;

/** The counts of a store. */
export interface StoredRetakeCounts {
  of(book: string): Promise<RetakeCounts>;
  add(book: string, more: RetakeCounts): Promise<void>;
}

/** The counts of a store. Both reject when it cannot be read or written. */
export function storedRetakeCounts(store: Store): StoredRetakeCounts {
  const own = randomInt(RECORDS);
  return {
    async of(book) {
      const sum = { made: 0, again: 0 };
      const keys = Array.from({ length: RECORDS }, (_, slot) => recordKey(book, slot));
      for await (const piece of store.readRecords('retakes', keys))
        for (const [, record] of piece) {
          const { made, again } = countsIn(record);
          sum.made += made;
          sum.again += again;
        }
      return sum;
    },
    async add(book, more) {
      const key = recordKey(book, own);
      const { made, again } = countsIn(await store.readRecord('retakes', key));
      await store.writeRecord('retakes', key, { book, made: made + more.made, again: again + more.again });
    },
  };
}

/** Too short to be taken for the name of a take. */
function recordKey(book: string, slot: number): string {
  return `${createHash('sha256').update(book).digest('hex').slice(0, 24)}.${slot}`;
}

function countsIn(record: unknown): RetakeCounts {
  const { made, again } = (record ?? {}) as Partial<Record<keyof RetakeCounts, unknown>>;
  const count = (value: unknown) => (typeof value === 'number' && value >= 0 ? value : 0);
  return { made: count(made), again: count(again) };
}
