/**
 * Runs detached books in the background of a worker process: takes the lease of a book, runs it as `pipeline run` does and
 * leaves its steps to the queue. When the process dies, another conductor takes over its books.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import { describeError, PipelineError } from '../errors.ts';
import type { Emit } from '../events.ts';
import { abortable } from '../queue/abortable.ts';
import type { BookLeases } from '../queue/book-leases.ts';
import { cancelRuns } from '../queue/control.ts';
import type { QueueConnection } from '../queue/redis/connection.ts';
import { withJoinedSignal } from '../signals.ts';
import type { Store } from '../store/store.ts';
import {
  type BookState,
  findBookState,
  findControlRequest,
  findSubmission,
  putBookState,
  type Submission,
} from '../store/submissions.ts';
import { unbundleBook } from './book-bundle.ts';
import { runPrefix } from './book-id.ts';
import { dueBooks, type IsDue } from './due.ts';
import { runSubmission, type SubmissionRunOptions } from './run-submission.ts';

/** How often to look for announced books, in milliseconds. */
const POLL_MS = 1_000;
/** How often to search the whole store, in milliseconds: Redis may have lost the announcements. */
const FULL_SCAN_MS = 30_000;
/** Limit for books at once in one process; the plan of each one is in memory. */
const MAX_BOOKS = 8;

/** Options of a conductor. */
export interface ConductorOptions {
  store: Store;
  account: Account;
  queue: QueueConnection;
  leases: BookLeases;
  /** ID of this conductor. */
  conductorId: string;
  /** The remaining options of a run of the book; an error that it throws fails the book. */
  runOptionsFor(
    book: Book,
    submission: Submission,
  ): Promise<Omit<SubmissionRunOptions, 'book' | 'store' | 'account' | 'outDir' | 'emit' | 'signal'>>;
  /** Receives the events of each book. */
  emit(submission: Submission, event: Parameters<Emit>[0]): void;
  notice(message: string): void;
  /** Called once for each book that ends as failed, with its state, and its language if it could be read. Must not throw. */
  onFailed?(submission: Submission, state: BookState, language: string | undefined): void;
}

/** Looks for books and runs them until `close`, which stops the running ones and releases their leases. */
export function startConductor(options: ConductorOptions): { close(): Promise<void> } {
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const polling = pollLoop(options, stopping.signal, running);
  return {
    close: async () => {
      stopping.abort();
      await polling;
      await Promise.all(running.values());
      // Otherwise it no longer counts after a few seconds.
      await within(DEREGISTER_LIMIT_MS, options.leases.deregister(options.conductorId));
    },
  };
}

async function pollLoop(
  options: ConductorOptions,
  stopping: AbortSignal,
  running: Map<string, Promise<void>>,
): Promise<void> {
  const { leases, notice } = options;
  const isDue = dueBooks(options.store);
  let nextFullScanAt = 0;
  let lastError = '';
  while (!stopping.aborted) {
    try {
      await abortable(leases.heartbeat(options.conductorId), stopping);
      if (performance.now() >= nextFullScanAt) {
        await abortable(announceOpenBooks(options), stopping);
        nextFullScanAt = performance.now() + FULL_SCAN_MS;
      }
      for (const id of await abortable(leases.announced(), stopping)) {
        if (running.has(id) || running.size >= MAX_BOOKS || stopping.aborted) continue;
        const taken = await takeUp(options, { id, stopping, isDue });
        if (taken === undefined) continue;
        const ended = taken.ended.catch((error: unknown) => notice(`Book ${id}: ${describeError(error)}`));
        running.set(
          id,
          ended.finally(() => running.delete(id)),
        );
      }
      lastError = '';
    } catch (error) {
      if (stopping.aborted) return;
      // The store or Redis is unreachable: report it once and keep trying.
      if (describeError(error) !== lastError) notice(`The conductor cannot look for books: ${describeError(error)}`);
      lastError = describeError(error);
    }
    await sleep(POLL_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}

/** Longest wait for Redis when the conductor closes, in milliseconds. */
const DEREGISTER_LIMIT_MS = 1_000;

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ms);
  await abortable(work, limit.signal).catch(() => undefined);
  clearTimeout(timer);
}

/** Announces every book in the store that has not ended. */
async function announceOpenBooks({ store, leases, account }: ConductorOptions): Promise<void> {
  for (const id of await store.listRecords('submission')) {
    const submission = await findSubmission(store, id);
    if (submission?.account === account.id && (await isOpen(store, submission))) await leases.announce(id);
  }
}

/** Whether the book is detached and has not ended. */
async function isOpen(store: Store, submission: Submission): Promise<boolean> {
  if (submission.content === undefined) return false;
  const state = await findBookState(store, submission);
  return state === undefined || state.status === 'queued' || state.status === 'running' || state.status === 'paused';
}

/** Starts the book if its lease is free and it is due. `ended` resolves with its end. */
async function takeUp(
  options: ConductorOptions,
  { id, stopping, isDue }: { id: string; stopping: AbortSignal; isDue: IsDue },
): Promise<{ ended: Promise<void> } | undefined> {
  const { store, leases, account } = options;
  const found = await findSubmission(store, id);
  if (found === undefined || found.account !== account.id || !(await isOpen(store, found))) {
    await leases.remove(id);
    return undefined;
  }
  if ((await findControlRequest(store, id)) === 'pause') return undefined;
  const state = await findBookState(store, found);
  if (state !== undefined && !(await isDue(id, state))) return undefined;
  const lease = await abortable(leases.acquire(id), stopping);
  if (lease === undefined) return undefined;
  const conductUnderLease = async (): Promise<void> => {
    try {
      // Read again: the book may have ended before the lease was taken.
      const submission = await findSubmission(store, id);
      if (submission === undefined || !(await isOpen(store, submission))) return;
      await withJoinedSignal([stopping, lease.lost], (signal) => conduct(options, submission, signal));
    } finally {
      await lease.release();
    }
  };
  return { ended: conductUnderLease() };
}

async function conduct(options: ConductorOptions, submission: Submission, signal: AbortSignal): Promise<void> {
  const { store, account, queue } = options;
  const { id, outDir } = submission;
  // Remove the jobs that a dead conductor left in the queue; this run adds them again.
  await cancelRuns(queue, { prefix: runPrefix(id) });
  const emit: Emit = (event) => options.emit(submission, event);
  let language: string | undefined;
  try {
    const prepared = await prepare(options, submission);
    language = prepared.book.manifest.language;
    await runSubmission({ ...prepared, store, account, outDir, emit, signal }, { submission });
  } finally {
    const state = await findBookState(store, submission).catch(() => undefined);
    if (state?.status === 'failed') options.onFailed?.(submission, state, language);
  }
}

/** Prepares the run. A book that cannot start is recorded as failed, like one that failed in its run. */
async function prepare(options: ConductorOptions, submission: Submission) {
  const { store, conductorId } = options;
  try {
    const book = await unbundleBook(store, submission.content!);
    return { book, ...(await options.runOptionsFor(book, submission)) };
  } catch (error) {
    const none = { done: 0, total: 0 };
    await putBookState(store, submission.id, {
      revision: submission.revision,
      status: 'failed',
      beatAt: new Date().toISOString(),
      runner: conductorId,
      voices: none,
      segments: { ...none, failed: 0 },
      chapters: none,
      failures: [],
      trouble: { code: error instanceof PipelineError ? error.code : 'internal', message: describeError(error) },
    });
    throw error;
  }
}
