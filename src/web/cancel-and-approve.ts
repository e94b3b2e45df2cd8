/** Cancels a book or approves its price by changing files in the folder, as a person would. */
import { rename, stat, utimes, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { systemCode } from '../errors.ts';
import { APPROVED_ENDING, CANCELLED_ENDING } from '../watch/file-names.ts';
import type { BookView, InboxView } from '../watch/view.ts';
import { ProblemError } from './problem.ts';
import { toProblem } from './submit-book.ts';

/** Limit for cancelled files of one name. */
const MAX_NAMESAKES = 1_000;

/** Renames the book's file, so that the watcher finds it removed. Returns its new path in the folder. Throws a `ProblemError`. */
export async function cancelBook(view: InboxView, book: BookView): Promise<string> {
  for (let number = 1; number <= MAX_NAMESAKES; number++) {
    const to = `${book.file}${CANCELLED_ENDING}${number === 1 ? '' : `-${number}`}`;
    if ((await stat(to).catch(() => undefined)) !== undefined) continue;
    try {
      await rename(book.file, to);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') throw new ProblemError(404, 'The book was removed already.');
      throw toProblem(error);
    }
    view.scanSoon(book.file);
    return relative(view.folder, to).replaceAll('\\', '/');
  }
  throw new ProblemError(507, 'Too many cancelled books have this name. Remove some of their files.');
}

/** The states of a book whose price is known and that is still to be spoken. */
const APPROVABLE: ReadonlySet<BookView['state']> = new Set<BookView['state']>([
  'queued',
  'waiting-approval',
  'paused',
  'elsewhere',
  'needs-you',
]);

/** Creates the approval file, or updates its time; before the turn of the book, too. Throws a `ProblemError`. */
export async function approveBook(view: InboxView, book: BookView): Promise<void> {
  if (!APPROVABLE.has(book.state) || book.price === undefined)
    throw new ProblemError(
      409,
      `The book does not wait for approval. Its status is: ${book.status}`,
      {},
      'not-waiting',
    );
  // The view lists a cancelled book until the watcher has looked again.
  if ((await stat(book.file).catch(() => undefined)) === undefined)
    throw new ProblemError(404, 'The book was removed already.');
  const file = `${book.file}${APPROVED_ENDING}`;
  try {
    await writeFile(file, '', { flag: 'wx', flush: true });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw toProblem(error);
    const now = new Date();
    await utimes(file, now, now).catch((again: unknown) => {
      throw toProblem(again);
    });
  }
  view.scanSoon(file);
}

/** Decisions about the same book, one after the other: of an approval and a cancellation at once, the second finds the first done. */
export class Decisions {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `decide` after all earlier decisions about the book with this ID. */
  async about<T>(id: string, decide: () => Promise<T>): Promise<T> {
    const before = this.#last.get(id) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(decide);
    this.#last.set(id, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(id) === mine) this.#last.delete(id);
    }
  }
}
