/**
 * Writes the ledger of spending: each call before it is sent, and again when it is known how it ended. A process that is
 * killed in between leaves a call without an answer, which counts as lost, at its full price: that is what it may cost.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Journals } from '../journals.ts';
import { sealLine } from '../journals.ts';
import type { Store } from '../store.ts';
import type { CallRecord, SentCall } from './paid-call.ts';

/** Where calls are recorded. */
export interface SpendingLedger {
  /** Records a call that is about to be sent. When it rejects, send nothing. */
  sent(call: SentCall): Promise<void>;
  /**
   * Records how a call ended: call it before its result is stored. Never rejects: a call whose end cannot be written
   * counts as lost until it can.
   */
  ended(record: CallRecord): Promise<void>;
}

/** Opens the ledger of a store for this process. Writes nothing before the first call. */
export function openSpendingLedger({ journals }: Pick<Store, 'journals'>): SpendingLedger {
  const writer = randomUUID();
  // Where lines are not gathered, a call that is about to be sent does not wait until the ends of others are on the disk:
  // a session is idle meanwhile. Each writer has a file of its own.
  const flushing = journals.batchMs > 0 ? writer : randomUUID();
  /** Of the files that are being written. */
  const batches = new Map<string, Batch>();
  const write = async (record: CallRecord, flush: boolean): Promise<void> => {
    const to = { journal: journalOf(record), writer: flush ? flushing : writer };
    const file = `${to.journal}/${to.writer}`;
    const batch = batches.get(file) ?? new Batch(journals, to);
    batches.set(file, batch);
    try {
      await batch.add(sealLine(record), flush);
    } finally {
      // A process makes thousands of books.
      if (batch.isIdle && batches.get(file) === batch) batches.delete(file);
    }
  };
  const unwritten = new Map<string, CallRecord>();
  return {
    sent: (call) => write({ ...call, end: 'sent' }, false),
    async ended(record) {
      const records = [...unwritten.values(), record];
      unwritten.clear();
      for (const one of records)
        await write(one, true).catch(() => {
          unwritten.set(one.id, one);
        });
    },
  };
}

/** Folder of the whole ledger. */
export const SPENDING = 'spending/';

/** The journal that a record is in: of its book and the month in which it was sent. */
function journalOf({ book, author, at }: CallRecord): string {
  return `${bookJournals({ book, author })}${at.slice(0, 7)}`;
}

/** What the names of a book's journals begin with. A book is identified by its title and author. */
export function bookJournals({ book, author }: { book: string | null; author: string | null }): string {
  const id =
    book === null
      ? 'no-book'
      : createHash('sha256')
          .update(JSON.stringify([book, author ?? '']))
          .digest('hex');
  return `${SPENDING}${id.slice(0, 24)}/`;
}

/** Lines of one file: while some are written, others gather. */
class Batch {
  readonly #journals: Journals;
  readonly #to: { journal: string; writer: string };
  #lines: string[] = [];
  #flush = false;
  #next: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Writes that have begun or wait for the one before. */
  #open = 0;

  constructor(journals: Journals, to: { journal: string; writer: string }) {
    this.#journals = journals;
    this.#to = to;
  }

  add(line: string, flush: boolean): Promise<void> {
    this.#lines.push(line);
    this.#flush ||= flush;
    this.#next ??= this.#write();
    return this.#next;
  }

  /** Nothing is written or waits to be. */
  get isIdle(): boolean {
    return this.#open === 0;
  }

  async #write(): Promise<void> {
    this.#open += 1;
    try {
      await this.#writing.catch(() => undefined);
      if (this.#journals.batchMs > 0) await sleep(this.#journals.batchMs);
      const { journal, writer } = this.#to;
      const [lines, flush] = [this.#lines, this.#flush];
      [this.#lines, this.#flush, this.#next] = [[], false, undefined];
      this.#writing = this.#journals.append(journal, lines, { writer, flush });
      await this.#writing;
    } finally {
      this.#open -= 1;
    }
  }
}
