/** All books of a watched folder, as its API tells them: the page keeps no state of its own. */
import { signal } from '@preact/signals';
import { tellDone, tellProblem } from './notices.ts';
import { getAt, postAt, RefusedRequest } from './request.ts';

/** A sum of money. */
export interface Money {
  amount: number;
  currency: string;
}

/** A book, as `GET /v1/books` has it. */
export interface WatchedBook {
  id: string;
  path: string;
  title: string | null;
  author: string | null;
  urgent: boolean;
  state: string;
  /** In the book's language: what is the case, and what to do. */
  status: string;
  /** The same in each language; absent or null where only the status file tells it. */
  statuses?: { en: string; zh: string } | null;
  missing: string[];
  errors: string | null;
  /** The same in each language; absent where another version answers. */
  errorTexts?: { en: string; zh: string } | null;
  /** What failed, while a person is needed because of it; absent where another version answers. */
  failures?: { code: string; message: string; number: string | null; chapter: number | null }[];
  failed?: number;
  price: Money | null;
  spent: { sums: { currency: string | null; simulated: boolean; amount: number }[] } | null;
  granted: (Money & { by: string }) | null;
  progress: { segmentsDone: number; segmentsTotal: number; secondsLeft: number | null } | null;
  chapters: number | null;
  folder: string | null;
}

/** `GET /v1/status` */
export interface QueueNow {
  counts: Record<string, number>;
  hold: string | null;
  /** What every book would meet now. */
  cause?: { code: string; message: string } | null;
  today: { day: string; spent: number; reserved: number; limit: number | null };
}

/** The books by path; undefined until they have arrived. */
export const books = signal<readonly WatchedBook[] | undefined>(undefined);
/** The queue; undefined until it has arrived. */
export const queueNow = signal<QueueNow | undefined>(undefined);
/** Whether the watcher answers. */
export const isWatching = signal(true);

const EVENTS = ['accepted', 'rejected', 'attention', 'delivered', 'cancelled', 'budget', 'paused', 'resumed', 'state'];
/** Events often come several at a time: they are waited for this long, in milliseconds. */
const SETTLED_MS = 250;
/** How often progress is asked for while books are spoken, in milliseconds. */
const PROGRESS_MS = 3_000;
const PAGE = 500;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** States in which something goes on by itself. */
export const AT_WORK: ReadonlySet<string> = new Set([
  'queued',
  'speaking',
  'delivering',
  'elsewhere',
  'seen',
  'settling',
  'paused',
]);
/** States in which a person is waited for. */
export const NEEDS_PERSON: ReadonlySet<string> = new Set([
  'waiting-approval',
  'needs-you',
  'rejected',
  'waiting-files',
]);

/** Reads all books and the queue. Throws `RefusedRequest`. */
export async function loadBooks(): Promise<void> {
  const all: WatchedBook[] = [];
  for (let after = ''; ; ) {
    const answer = await getAt<{ books: WatchedBook[]; next: string | null }>(
      `/v1/books?limit=${PAGE}&after=${encodeURIComponent(after)}`,
    );
    all.push(...answer.books);
    if (answer.next === null) break;
    after = answer.next;
  }
  queueNow.value = await getAt<QueueNow>('/v1/status');
  books.value = all;
}

/** Begins to listen; once for a page. */
export function listenToBooks(): void {
  const source = new EventSource('/v1/events');
  const changed = (): void => reloadSoon();
  for (const name of EVENTS) source.addEventListener(`inbox.${name}`, changed);
  source.addEventListener('reset', changed);
  source.onopen = () => {
    if (isWatching.value) return;
    isWatching.value = true;
    changed();
  };
  source.onerror = () => {
    isWatching.value = false;
  };
  setInterval(() => {
    if (document.visibilityState === 'visible' && books.value?.some(({ state }) => AT_WORK.has(state))) changed();
  }, PROGRESS_MS);
}

/** Agrees to the price that is shown; a price that changed in the meantime is shown instead. */
export async function approve(book: WatchedBook, done: string): Promise<void> {
  await change(async () => {
    const now = await getAt<WatchedBook>(`/v1/books/${book.id}`);
    const isSame = now.price?.amount === book.price?.amount && now.price?.currency === book.price?.currency;
    if (isSame) await postAt(`/v1/books/${book.id}/approve`);
    return isSame ? done : undefined;
  });
}

/** States in which another try can help. */
const RETRIED: ReadonlySet<string> = new Set(['needs-you', 'rejected', 'waiting-files']);

/** Whether another try of the book can help now. */
export function canRetry({ state }: WatchedBook): boolean {
  return RETRIED.has(state) || (state === 'paused' && queueNow.value?.hold === 'outage');
}

/** Tries a book again at once; what the service refused is sent again. */
export async function retry(book: WatchedBook, done: string): Promise<void> {
  await change(async () => {
    await postAt(`/v1/books/${book.id}/retry`);
    return done;
  });
}

/** Cancels a book: its file is renamed, and finished files stay. */
export async function cancel(book: WatchedBook, done: string): Promise<void> {
  await change(async () => {
    await postAt(`/v1/books/${book.id}/cancel`);
    return done;
  });
}

async function change(work: () => Promise<string | undefined>): Promise<void> {
  try {
    const done = await work();
    if (done !== undefined) tellDone(done);
  } catch (error) {
    tellProblem(error);
  }
  reloadSoon();
}

function reloadSoon(): void {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    loadBooks().catch((error: unknown) => {
      if (!(error instanceof RefusedRequest && error.problem.status === 0)) tellProblem(error);
    });
  }, SETTLED_MS);
}
