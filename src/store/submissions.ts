/**
 * Books that were handed in: what is wanted (written by who hands in), where it stands (written by whoever sees it through)
 * and what holds it up (written by operators). Three records, so that nobody writes over another's.
 */
import type { Trouble } from '../events.ts';
import type { BlobRef, Store } from './store.ts';
import { isBlobRef } from './takes.ts';

/** A book as it was handed in. */
export interface Submission {
  /** Names the book for people and in job ids: `[a-z0-9-]+`. The same book handed in again keeps it. */
  id: string;
  title: string;
  author: string;
  /** Another one each time that the book is handed in. */
  revision: string;
  /** Whose account pays; only workers of that account see it through. */
  account: string;
  /** Where the manifest is, for messages. */
  manifest: string;
  /** Absolute, where it is delivered. */
  outDir: string;
  /** The packed book (src/submissions/book-bundle.ts); absent when the process that handed it in stays with it. */
  content?: BlobRef;
  /** Its segments go before those of other books. */
  urgent: boolean;
  /** As on the command line of the run. */
  budget?: string;
  retryRefused?: boolean;
  keepLock?: boolean;
  /** Machine that handed it in. */
  host: string;
  /** ISO 8601, UTC. */
  submittedAt: string;
}

/** How a book stands; `queued` waits for somebody to see it through. */
export type BookStatus = 'queued' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled' | 'interrupted';

/** Where one submission stands. Fields are added and never renamed. */
export interface BookState {
  /** Of the submission that it is about. */
  revision: string;
  status: BookStatus;
  /** ISO 8601, UTC: the last sign of life of whoever sees it through. */
  beatAt: string;
  /** Names that process. */
  runner: string;
  voices: { done: number; total: number };
  /** Of the whole book; what was in the store already counts as done. */
  segments: { done: number; total: number; failed: number };
  chapters: { done: number; total: number };
  /** Where it was delivered. */
  folder?: string;
  /** What was not made, and why; at most 100. */
  failures: BookFailure[];
  /** What stopped it. */
  trouble?: Trouble;
  /** Not taken up before this time (ISO 8601, UTC): an outage is given time to pass. */
  notBefore?: string;
}

/** Something of a book that was not made. */
export interface BookFailure extends Trouble {
  /** 1-based; absent for what concerns the whole book. */
  chapter?: number;
  /** 1-based place of the segment in the book. */
  ordinal?: number;
  character?: string;
  text?: string;
}

/** What an operator wants of a book, or of all. */
export interface ControlRequest {
  wish: 'pause' | 'cancel';
  /** ISO 8601, UTC. */
  at: string;
}

/** Key of the hold on all books. No id of a book looks like it. */
export const ALL_BOOKS = '_all';

/** Hands a book in, anew or for the first time. */
export async function putSubmission(store: Store, submission: Submission): Promise<void> {
  await store.writeRecord('submission', submission.id, submission);
}

/** The submission of an id; undefined when there is none. */
export async function findSubmission(store: Store, id: string): Promise<Submission | undefined> {
  const record = await store.readRecord('submission', id);
  return isSubmission(record) && record.id === id ? record : undefined;
}

/** Notes where a submission stands. */
export async function putBookState(store: Store, id: string, state: BookState): Promise<void> {
  await store.writeRecord('book-state', id, state);
}

/** Where the submission stands; undefined when nobody took it up since it was handed in. */
export async function findBookState(store: Store, { id, revision }: Submission): Promise<BookState | undefined> {
  const record = await store.readRecord('book-state', id);
  return isBookState(record) && record.revision === revision ? record : undefined;
}

/** Holds a book (or `ALL_BOOKS`) up; undefined lets it go. */
export async function putControlRequest(
  store: Store,
  id: string,
  wish: ControlRequest['wish'] | undefined,
): Promise<void> {
  if (wish === undefined) await store.deleteRecord('hold', id);
  else await store.writeRecord('hold', id, { wish, at: new Date().toISOString() } satisfies ControlRequest);
}

/** What holds a book up: a hold of its own or the one on all; a cancelled book stays cancelled. */
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
