/**
 * Sees detached books through, from any worker process: takes a book by its lease, runs it as `pipeline run` would, and
 * leaves the speaking to the queue. When the process dies, another one takes its books up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import { describeError, PipelineError } from '../errors.ts';
import type { Emit } from '../events.ts';
import type { BookLeases } from '../queue/book-leases.ts';
import type { QueueConnection } from '../queue/connection.ts';
import { cancelRuns } from '../queue/control.ts';
import type { Store } from '../store/store.ts';
import {
  findBookState,
  findControlRequest,
  findSubmission,
  putBookState,
  type Submission,
} from '../store/submissions.ts';
import { unbundleBook } from './book-bundle.ts';
import { runPrefix } from './book-id.ts';
import { runSubmission, type SubmissionRunOptions } from './run-submission.ts';

/** How often this process looks for books, in milliseconds. */
const LOOK_MS = 1_000;
/** How often it looks through the whole store, in milliseconds: Redis may have forgotten which books wait. */
const SEARCH_MS = 30_000;
/** Books at once in one process; each holds its plan in memory. */
const BOOKS_AT_ONCE = 8;

/** What a conductor works with. */
export interface ConductorOptions {
  store: Store;
  account: Account;
  queue: QueueConnection;
  leases: BookLeases;
  /** Names this process. */
  who: string;
  /** What a run of the book needs besides; may throw what makes the book fail. */
  partsFor(
    book: Book,
    submission: Submission,
  ): Promise<Omit<SubmissionRunOptions, 'book' | 'store' | 'account' | 'outDir' | 'emit' | 'signal'>>;
  /** Hears what happens to each book. */
  emit(submission: Submission, event: Parameters<Emit>[0]): void;
  notice(message: string): void;
}

/** Looks for books until `close`, which hands back those under way. */
export function startConductor(parts: ConductorOptions): { close(): Promise<void> } {
  const stopping = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  const looking = look(parts, stopping.signal, underWay);
  return {
    close: async () => {
      stopping.abort();
      await looking;
      await Promise.all(underWay.values());
      await parts.leases.deregister(parts.who).catch(() => undefined);
    },
  };
}

async function look(
  parts: ConductorOptions,
  stopping: AbortSignal,
  underWay: Map<string, Promise<void>>,
): Promise<void> {
  const { leases, notice } = parts;
  let searchAt = 0;
  let trouble = '';
  while (!stopping.aborted) {
    try {
      await leases.heartbeat(parts.who);
      if (performance.now() >= searchAt) {
        await search(parts);
        searchAt = performance.now() + SEARCH_MS;
      }
      for (const id of await leases.announced()) {
        if (underWay.has(id) || underWay.size >= BOOKS_AT_ONCE || stopping.aborted) continue;
        const begun = await begin(parts, id, stopping);
        if (begun === undefined) continue;
        const ended = begun.ended.catch((error: unknown) => notice(`Book ${id}: ${describeError(error)}`));
        underWay.set(
          id,
          ended.finally(() => underWay.delete(id)),
        );
      }
      trouble = '';
    } catch (error) {
      // The store or Redis is away; said once, tried on.
      if (describeError(error) !== trouble) notice(`Looking for books: ${describeError(error)}`);
      trouble = describeError(error);
    }
    await sleep(LOOK_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}

/** Announces every book in the store that still waits. */
async function search({ store, leases, account }: ConductorOptions): Promise<void> {
  for (const id of await store.listRecords('submission')) {
    const submission = await findSubmission(store, id);
    if (submission?.account === account.id && (await isOpen(store, submission))) await leases.announce(id);
  }
}

/** Whether somebody has to see the book through. */
async function isOpen(store: Store, submission: Submission): Promise<boolean> {
  if (submission.content === undefined) return false;
  const state = await findBookState(store, submission);
  return state === undefined || state.status === 'queued' || state.status === 'running' || state.status === 'paused';
}

/** Takes the book up if it is free and its time has come; answers its end. */
async function begin(
  parts: ConductorOptions,
  id: string,
  stopping: AbortSignal,
): Promise<{ ended: Promise<void> } | undefined> {
  const { store, leases, account } = parts;
  const seen = await findSubmission(store, id);
  if (seen === undefined || seen.account !== account.id || !(await isOpen(store, seen))) {
    await leases.remove(id);
    return undefined;
  }
  const { notBefore } = (await findBookState(store, seen)) ?? {};
  const hold = await findControlRequest(store, id);
  if (hold === 'pause' || (notBefore !== undefined && Date.parse(notBefore) > Date.now())) return undefined;
  const lease = await leases.acquire(id);
  if (lease === undefined) return undefined;
  const seeThrough = async (): Promise<void> => {
    try {
      // Looked at again: it may have ended between the look and the lease.
      const submission = await findSubmission(store, id);
      if (submission === undefined || !(await isOpen(store, submission))) return;
      await conduct(parts, submission, AbortSignal.any([stopping, lease.lost]));
    } finally {
      await lease.release();
    }
  };
  return { ended: seeThrough() };
}

async function conduct(parts: ConductorOptions, submission: Submission, signal: AbortSignal): Promise<void> {
  const { store, account, queue } = parts;
  const { id, outDir } = submission;
  // What a conductor that died left in the queue: it is handed out anew.
  await cancelRuns(queue, { prefix: runPrefix(id) });
  const emit: Emit = (event) => parts.emit(submission, event);
  const prepared = await prepare(parts, submission);
  await runSubmission({ ...prepared, store, account, outDir, emit, signal }, { submission });
}

/** A book that can not even be begun fails like one that was run. */
async function prepare(parts: ConductorOptions, submission: Submission) {
  const { store, who } = parts;
  try {
    const book = await unbundleBook(store, submission.content!);
    return { book, ...(await parts.partsFor(book, submission)) };
  } catch (error) {
    const none = { done: 0, total: 0 };
    await putBookState(store, submission.id, {
      revision: submission.revision,
      status: 'failed',
      beatAt: new Date().toISOString(),
      runner: who,
      voices: none,
      segments: { ...none, failed: 0 },
      chapters: none,
      failures: [],
      trouble: { code: error instanceof PipelineError ? error.code : 'internal', message: describeError(error) },
    });
    throw error;
  }
}
