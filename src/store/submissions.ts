/**
 * Submitted books: the submission (written by the client), its state (written by the process that runs the book) and a
 * control request (written by operators). Three records, so that each has one writer.
 */
import type { PartOfBook } from '../events/plan-report.ts';
import type { ReportedFailure } from '../events.ts';
import type { BlobRef, Store } from './store.ts';
import { isBlobRef } from './takes.ts';

/** A book as it was submitted. */
export interface Submission {
  /** Names the book for people and in job IDs: `[a-z0-9-]+`. The same book keeps it when it is submitted again. */
  id: string;
  title: string;
  author: string;
  /** A new value each time that the book is submitted. */
  revision: string;
  /** The account that pays; only workers of that account run the book. */
  account: string;
  /** Path of the manifest, for messages. */
  manifest: string;
  /** Absolute path of the delivery. */
  outDir: string;
  /** The bundled book (src/submissions/book-bundle.ts); absent when the submitting process runs the book itself. */
  content?: BlobRef;
  /** Its segments go before those of other books. */
  urgent: boolean;
  /** As on the command line of the run. */
  budget?: string;
  /** The grant that its runs spend (src/store/grants.ts); absent without a budget, and in earlier versions. */
  grant?: string;
  retryRefused?: boolean;
  keepLock?: boolean;
  /** The machine that submitted it. */
  host: string;
  /** ISO 8601, UTC. */
  submittedAt: string;
}

/** The state of a book; `queued` waits for a process that runs it. */
export type BookStatus = 'queued' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled' | 'interrupted';

/** The state of one submission. Fields are added and never renamed. */
export interface BookState {
  /** Revision of the submission that it describes. */
  revision: string;
  status: BookStatus;
  /** ISO 8601, UTC: the last heartbeat of the process that runs the book. */
  beatAt: string;
  /** Names that process. */
  runner: string;
  voices: { done: number; total: number };
  /** Of the whole book; segments that were already in the store count as done. */
  segments: { done: number; total: number; failed: number };
  chapters: { done: number; total: number };
  /** Only these chapters were asked for (`run --chapter`). Absent: the whole book. */
  partial?: PartOfBook;
  /** Folder of the delivery. */
  folder?: string;
  /** Failed parts and their reasons; at most 100. */
  failures: BookFailure[];
  /** The reason why the book stopped. */
  trouble?: ReportedFailure;
  /** Not started before this time (ISO 8601, UTC): an outage gets time to pass. */
  notBefore?: string;
}

/** A part of a book that failed. */
export interface BookFailure extends ReportedFailure {
  /** 1-based; absent for a failure of the whole book. */
  chapter?: number;
  /** 1-based position of the segment in the book. */
  ordinal?: number;
  /** Number of its line, such as `3:37`; absent in records of earlier versions. */
  number?: string;
  character?: string;
  text?: string;
}

/** An operator's control request for a book, or for all books. Stored; `wish` keeps its name. */
export interface ControlRequest {
  wish: 'pause' | 'cancel';
  /** ISO 8601, UTC. */
  at: string;
}

/** Key of the control request for all books. No book ID looks like it. */
export const ALL_BOOKS = '_all';

/** Submits a book, for the first time or again. */
export async function putSubmission(store: Store, submission: Submission): Promise<void> {
  await store.writeRecord('submission', submission.id, submission);
}

/** The submission of an ID; undefined when there is none. */
export async function findSubmission(store: Store, id: string): Promise<Submission | undefined> {
  const record = await store.readRecord('submission', id);
  return isSubmission(record) && record.id === id ? record : undefined;
}

/** Stores the state of a submission. */
export async function putBookState(store: Store, id: string, state: BookState): Promise<void> {
  await store.writeRecord('book-state', id, state);
}

/** The state of a submission; undefined when no process has run it since it was submitted. */
export async function findBookState(store: Store, { id, revision }: Submission): Promise<BookState | undefined> {
  const record = await store.readRecord('book-state', id);
  return isBookState(record) && record.revision === revision ? record : undefined;
}

/** Pauses or cancels a book (or `ALL_BOOKS`); undefined removes the request. */
export async function putControlRequest(
  store: Store,
  id: string,
  wish: ControlRequest['wish'] | undefined,
): Promise<void> {
  if (wish === undefined) await store.deleteRecord('hold', id);
  else await store.writeRecord('hold', id, { wish, at: new Date().toISOString() } satisfies ControlRequest);
}

/** The control request for a book: its own or the one for all; a cancelled book stays cancelled. */
export async function findControlRequest(store: Store, id: string): Promise<ControlRequest['wish'] | undefined> {
  const [own, all] = await Promise.all([id, ALL_BOOKS].map((key) => store.readRecord('hold', key)));
  return wishOf(own) ?? wishOf(all);
}

function wishOf(record: unknown): ControlRequest['wish'] | undefined {
  const { wish } = (record ?? {}) as Partial<ControlRequest>;
  return wish === 'pause' || wish === 'cancel' ? wish : undefined;
}

function isSubmission(value: unknown): value is Submission {
  if (typeof value !== 'object' || value === null) return false;
  const { id, title, revision, account, outDir, content } = value as Partial<Record<keyof Submission, unknown>>;
  const texts = [id, title, revision, account, outDir];
  return texts.every((text) => typeof text === 'string') && (content === undefined || isBlobRef(content));
}

function isBookState(value: unknown): value is BookState {
  if (typeof value !== 'object' || value === null) return false;
  const { revision, status, segments, chapters, failures } = value as Partial<Record<keyof BookState, unknown>>;
  const counts = [segments, chapters].every((count) => typeof count === 'object' && count !== null);
  return typeof revision === 'string' && typeof status === 'string' && counts && Array.isArray(failures);
}
