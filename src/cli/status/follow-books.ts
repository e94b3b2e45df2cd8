/** `pipeline status --follow`: prints each change of a book until it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../store/store.ts';
import type { BookStatus } from '../../store/submissions.ts';
import { listBooks } from '../../submissions/list.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { pickBook } from '../control/pick-book.ts';
import { bookEvent, bookLine, bookScreen } from '../screen/books-screen.ts';
import type { Terminal } from '../screen/terminal.ts';

/** How often the store is asked for the books, in milliseconds. */
const POLL_MS = 1_000;

const ENDED: ReadonlySet<BookStatus> = new Set<BookStatus>(['done', 'failed', 'cancelled', 'interrupted']);

/**
 * Follows the named book, or all, until they have ended. Exit code 0 when all are done, 1 when one is not; 130 on Ctrl-C,
 * which ends the following and no book.
 */
export async function followBooks(of: {
  store: Store;
  name: string | undefined;
  terminal: Terminal;
  json: boolean;
}): Promise<number> {
  const { store, name, terminal, json } = of;
  const printed = new Map<string, string>();
  const interrupt = onInterrupt(() => undefined);
  try {
    for (;;) {
      const all = await listBooks(store);
      // Books that had ended before are no news, unless one of them is named.
      const books =
        name === undefined
          ? all.filter(({ submission, status }) => printed.has(submission.id) || !ENDED.has(status))
          : [pickBook(all, name)];
      for (const book of books) {
        const { id } = book.submission;
        const line = json ? JSON.stringify(bookEvent(book)) : `${id}  ${bookLine(book, terminal)}`;
        if (printed.get(id) === line) continue;
        printed.set(id, line);
        if (json) terminal.raw(line);
        else terminal.out(line);
      }
      if (books.every(({ status }) => ENDED.has(status))) {
        if (name !== undefined && !json)
          for (const line of bookScreen(books[0]!, terminal).slice(1)) terminal.out(line);
        return books.every(({ status }) => status === 'done') ? EXIT.ok : EXIT.incomplete;
      }
      await sleep(POLL_MS, undefined, { signal: interrupt.signal }).catch(() => undefined);
      if (interrupt.signal.aborted) return EXIT.interrupted;
    }
  } finally {
    interrupt.release();
  }
}
