/** `pipeline cancel`, `retry`, `pause` and `resume`: control requests for books that run anywhere on this store. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { serviceOfSubmission } from '../../composition/own-server.ts';
import { withBookQueue } from '../../composition/shared-queue.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import type { Store } from '../../store/store.ts';
import { ALL_BOOKS, putControlRequest, putSubmission } from '../../store/submissions.ts';
import { submissionGrantId } from '../../submissions/grant-id.ts';
import { listBooks, type SubmittedBook } from '../../submissions/list.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';
import { pickBook } from './pick-book.ts';

/** Flags of these commands. */
export type BookFlags = Flags & { json?: boolean };

/** Stops a book: waiting steps are dropped, steps in progress end. Exit code 0, or 2 when the book has ended already. */
export async function cancelCommand(name: string, flags: BookFlags): Promise<number> {
  const { store, book } = await openBook(name, flags);
  const { id } = book.submission;
  if (book.status === 'done' || book.status === 'failed') throw alreadyEnded(book, 'There is nothing left to cancel.');
  await putControlRequest(store, id, 'cancel');
  return report(flags, book, 'cancelled', `Steps in progress end within moments. To continue: pipeline retry ${id}`);
}

/** Submits a book again, before other books, to make what is missing. Exit code 0, or 2 when nothing is. */
export async function retryCommand(name: string, flags: BookFlags): Promise<number> {
  const { store, book, config } = await openBook(name, flags);
  const { submission, status } = book;
  if (status === 'done') throw alreadyEnded(book, 'Nothing has failed.');
  if (status === 'running' || (status === 'queued' && book.state === undefined)) {
    throw new ConfigError(`“${plain(submission.title)}” (${submission.id}) is ${status} and needs no retry.`);
  }
  if (submission.content === undefined) {
    throw new ConfigError(
      `“${plain(submission.title)}” was not submitted, but run on ${submission.host}. Run it again there: pipeline run ${submission.manifest}`,
    );
  }
  const { account } = await serviceOfSubmission(config, submission.account);
  if (submission.account !== account.id) {
    throw new ConfigError(
      `“${plain(submission.title)}” (${submission.id}) was submitted with another API key, other service URLs or another server of your own. Set those, or submit it again: pipeline run --detach ${submission.manifest}`,
    );
  }
  return withBookQueue({ config, account, store, what: '`pipeline retry` needs a shared queue' }, async (leases) => {
    await putControlRequest(store, submission.id, undefined);
    const again = { urgent: true, retryRefused: true, host: hostname(), submittedAt: new Date().toISOString() };
    const grant = submissionGrantId(submission) ?? submission.grant;
    await putSubmission(store, {
      ...submission,
      ...again,
      ...(grant !== undefined && { grant }),
      revision: randomUUID(),
    });
    await leases.announce(submission.id);
    return report(flags, book, 'submitted again', 'Workers make only what is missing, before other books.');
  });
}

/** Pauses a book, or all books of the store, until `resume`. */
export async function pauseCommand(name: string | undefined, flags: BookFlags): Promise<number> {
  if (name === undefined) return controlAllBooks(flags, 'pause');
  const { store, book } = await openBook(name, flags);
  if (isOver(book)) throw alreadyEnded(book, 'There is nothing left to pause.');
  await putControlRequest(store, book.submission.id, 'pause');
  return report(flags, book, 'paused', `Steps in progress end. To continue: pipeline resume ${book.submission.id}`);
}

/** Resumes a paused book, or all books. */
export async function resumeCommand(name: string | undefined, flags: BookFlags): Promise<number> {
  if (name === undefined) return controlAllBooks(flags, undefined);
  const { store, book } = await openBook(name, flags);
  const { id } = book.submission;
  if (book.status === 'cancelled') {
    throw new ConfigError(
      `“${plain(book.submission.title)}” was cancelled, not paused. To continue: pipeline retry ${id}`,
    );
  }
  await putControlRequest(store, id, undefined);
  return report(flags, book, 'resumed', '');
}

async function controlAllBooks(flags: BookFlags, request: 'pause' | undefined): Promise<number> {
  const store = await openConfiguredStore(readConfig(flags));
  await putControlRequest(store, ALL_BOOKS, request);
  const { out, raw } = openTerminal();
  const did = request === undefined ? 'resumed' : 'paused';
  if (flags.json) raw(JSON.stringify({ type: 'book', did, id: null, title: null }));
  else if (request === undefined) out('All books are resumed; those that were paused by name stay paused.');
  else out('All books on this store are paused. Steps in progress end. To continue: pipeline resume');
  return EXIT.ok;
}

async function openBook(
  name: string,
  flags: BookFlags,
): Promise<{ config: Config; store: Store; book: SubmittedBook }> {
  const config = readConfig(flags);
  const store = await openConfiguredStore(config);
  return { config, store, book: pickBook(await listBooks(store), name) };
}

function isOver({ status }: SubmittedBook): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled' || status === 'interrupted';
}

function alreadyEnded({ submission: { id, title }, status }: SubmittedBook, what: string): ConfigError {
  return new ConfigError(`“${plain(title)}” (${id}) is ${status}. ${what}`);
}

function report({ json }: BookFlags, { submission: { id, title } }: SubmittedBook, did: string, more: string): number {
  const { out, raw } = openTerminal();
  // Relied upon from outside: add, never rename.
  if (json) raw(JSON.stringify({ type: 'book', did, id, title }));
  else out(`“${plain(title)}” (${id}) is ${did}. ${more}`.trimEnd());
  return EXIT.ok;
}
