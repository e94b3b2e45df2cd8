/** `pipeline cancel`, `retry`, `pause` and `resume`: what an operator wants of books that run anywhere on this store. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Config, ConfigError, type Flags, readConfig } from '../../config.ts';
import type { Store } from '../../store/store.ts';
import { ALL_BOOKS, putControlRequest, putSubmission } from '../../store/submissions.ts';
import { listBooks, type SubmittedBook } from '../../submissions/list.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { openConfiguredStore } from '../composition/open-store.ts';
import { accountFor } from '../composition/service.ts';
import { withBookQueue } from '../composition/shared-queue.ts';
import { openTerminal, plain } from '../screen/terminal.ts';
import { pickBook } from './pick-book.ts';

/** What these commands are told besides a book. */
export type BookFlags = Flags & { json?: boolean };

/** Stops a book: what waits is taken back, what is under way ends. Exit code 0, or 2 when it has ended. */
export async function cancelCommand(name: string, flags: BookFlags): Promise<number> {
  const { store, book } = await chosen(name, flags);
  const { id } = book.submission;
  if (book.status === 'done' || book.status === 'failed') throw ended(book, 'Nothing is left to cancel.');
  await putControlRequest(store, id, 'cancel');
  return tell(flags, book, 'cancelled', `What is under way ends within moments. pipeline retry ${id} goes on.`);
}

/** Takes up what is missing of a book that was handed in, before other books. Exit code 0, or 2 when there is nothing. */
export async function retryCommand(name: string, flags: BookFlags): Promise<number> {
  const { store, book, config } = await chosen(name, flags);
  const { submission, status } = book;
  if (status === 'done') throw ended(book, 'Nothing of it failed.');
  if (status === 'running' || (status === 'queued' && book.state === undefined)) {
    throw new ConfigError(`“${plain(submission.title)}” (${submission.id}) is ${status}: it needs no retry.`);
  }
  if (submission.content === undefined) {
    throw new ConfigError(
      `“${plain(submission.title)}” was run by hand on ${submission.host}; run it again there: pipeline run ${submission.manifest}`,
    );
  }
  const account = accountFor(config);
  if (submission.account !== account.id) {
    throw new ConfigError(
      `“${plain(submission.title)}” (${submission.id}) was handed in with another key or other addresses. Set those, or hand it in again: pipeline run --detach ${submission.manifest}`,
    );
  }
  return withBookQueue({ config, account, store, what: 'A retry is for workers' }, async (leases) => {
    await putControlRequest(store, submission.id, undefined);
    const again = { urgent: true, retryRefused: true, host: hostname(), submittedAt: new Date().toISOString() };
    await putSubmission(store, { ...submission, ...again, revision: randomUUID() });
    await leases.announce(submission.id);
    return tell(flags, book, 'handed in again', 'Only what is missing is made, before other books.');
  });
}

/** Holds a book, or all of the store, up until `resume`. */
export async function pauseCommand(name: string | undefined, flags: BookFlags): Promise<number> {
  if (name === undefined) return holdAll(flags, 'pause');
  const { store, book } = await chosen(name, flags);
  if (isOver(book)) throw ended(book, 'Nothing is left to pause.');
  await putControlRequest(store, book.submission.id, 'pause');
  return tell(flags, book, 'paused', `What is under way ends. pipeline resume ${book.submission.id} goes on.`);
}

/** Lets a paused book, or all, go on. */
export async function resumeCommand(name: string | undefined, flags: BookFlags): Promise<number> {
  if (name === undefined) return holdAll(flags, undefined);
  const { store, book } = await chosen(name, flags);
  const { id } = book.submission;
  if (book.status === 'cancelled') {
    throw new ConfigError(`“${plain(book.submission.title)}” was cancelled, not paused. pipeline retry ${id} goes on.`);
  }
  await putControlRequest(store, id, undefined);
  return tell(flags, book, 'resumed', '');
}

async function holdAll(flags: BookFlags, wish: 'pause' | undefined): Promise<number> {
  const store = await openConfiguredStore(readConfig(flags));
  await putControlRequest(store, ALL_BOOKS, wish);
  const { out } = openTerminal();
  const did = wish === undefined ? 'resumed' : 'paused';
  if (flags.json) out(JSON.stringify({ type: 'book', did, id: null, title: null }));
  else if (wish === undefined) out('All books go on; those that were paused by name stay paused.');
  else out('All books on this store are paused. What is under way ends. pipeline resume goes on.');
  return EXIT.ok;
}

async function chosen(name: string, flags: BookFlags): Promise<{ config: Config; store: Store; book: SubmittedBook }> {
  const config = readConfig(flags);
  const store = await openConfiguredStore(config);
  return { config, store, book: pickBook(await listBooks(store), name) };
}

function isOver({ status }: SubmittedBook): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled' || status === 'interrupted';
}

function ended({ submission: { id, title }, status }: SubmittedBook, what: string): ConfigError {
  return new ConfigError(`“${plain(title)}” (${id}) is ${status}. ${what}`);
}

function tell({ json }: BookFlags, { submission: { id, title } }: SubmittedBook, did: string, more: string): number {
  const { out } = openTerminal();
  // Relied upon from outside: add, never rename.
  if (json) out(JSON.stringify({ type: 'book', did, id, title }));
  else out(`“${plain(title)}” (${id}) is ${did}. ${more}`.trimEnd());
  return EXIT.ok;
}
