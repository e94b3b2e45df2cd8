/** How books on the shelf look to a person and to a program, and how they are followed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../store/store.ts';
import type { BookFailure, BookStatus } from '../../store/submissions.ts';
import { listBooks, type SubmittedBook } from '../../submissions/list.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { counted, grouped, pad, plain, shorten, type Terminal } from '../screen/terminal.ts';
import { pickBook } from './pick-book.ts';

/** Widest column of titles. */
const MAX_TITLE_COLUMNS = 32;
/** Books that a screen lists; `--json` lists all. */
const MOST_BOOKS = 30;
/** How often followed books are looked at, in milliseconds. */
const LOOK_MS = 1_000;

/** One book as `--json` prints it. Relied upon from outside: add, never rename. */
export function bookEvent({ submission, status, state }: SubmittedBook) {
  const { id, title, author, manifest, outDir, host, submittedAt, content, urgent } = submission;
  return {
    type: 'book' as const,
    id,
    title,
    author,
    status,
    detached: content !== undefined,
    urgent,
    manifest,
    outDir,
    host,
    submittedAt,
    runner: state?.runner ?? null,
    voices: state?.voices ?? null,
    segments: state?.segments ?? null,
    chapters: state?.chapters ?? null,
    folder: state?.folder ?? null,
    failures: state?.failures ?? [],
    trouble: state?.trouble ?? null,
    notBefore: state?.notBefore ?? null,
  };
}

const COLORS = {
  done: 'green',
  failed: 'red',
  interrupted: 'red',
  cancelled: 'yellow',
  paused: 'yellow',
  running: 'bold',
  queued: 'dim',
} as const satisfies Record<BookStatus, string>;

/** A table of books, the latest first. */
export function bookTable(books: readonly SubmittedBook[], terminal: Terminal): string[] {
  const width = Math.max(0, ...books.slice(0, MOST_BOOKS).map(({ submission }) => submission.id.length));
  const rows = books
    .slice(0, MOST_BOOKS)
    .map((book) => `  ${pad(book.submission.id, width)}  ${bookLine(book, terminal)}`);
  const more = books.length - rows.length;
  return [...rows, ...(more > 0 ? [`  … and ${counted(more, 'older book')} (--json lists all)`] : [])];
}

function bookLine({ submission, status, state }: SubmittedBook, { paint }: Terminal): string {
  const { segments, chapters, failures, trouble } = state ?? {};
  const parts = [
    paint(COLORS[status], pad(status, 11)),
    `“${shorten(plain(submission.title), MAX_TITLE_COLUMNS)}”`,
    segments && segments.total > 0 ? `segments ${grouped(segments.done)}/${grouped(segments.total)}` : undefined,
    chapters && chapters.total > 0 ? `chapters ${chapters.done}/${chapters.total}` : undefined,
    failures !== undefined && failures.length > 0 ? paint('red', counted(failures.length, 'failure')) : undefined,
    trouble === undefined ? undefined : shorten(plain(trouble.message), 100),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** Everything of one book. */
export function bookScreen(book: SubmittedBook, terminal: Terminal): string[] {
  const { submission, status, state } = book;
  const { id, manifest, host, submittedAt, content, outDir } = submission;
  const { segments, trouble, failures = [], folder, runner, notBefore } = state ?? {};
  return [
    `${id}  ${bookLine({ ...book, state: state && { ...state, failures: [] } }, terminal)}`,
    `  ${content === undefined ? 'run' : 'handed in'} on ${plain(host)} at ${submittedAt}: ${plain(manifest)}`,
    `  delivered to ${plain(folder ?? outDir)}`,
    ...(runner === undefined ? [] : [`  seen through by ${plain(runner)}`]),
    ...(notBefore === undefined ? [] : [`  tried again at ${notBefore}`]),
    ...(trouble === undefined ? [] : [terminal.paint('red', `  ${plain(trouble.message)}`)]),
    ...failures.map((failure) => terminal.paint('red', `  ✗ ${failureLine(failure)}`)),
    ...((segments?.failed ?? 0) > 0 && content !== undefined && status === 'failed'
      ? [`  pipeline retry ${id} takes up just what failed.`]
      : []),
  ];
}

function failureLine({ chapter, ordinal, character, text, message }: BookFailure): string {
  const place = [
    chapter === undefined ? undefined : `chapter ${chapter}`,
    ordinal === undefined ? undefined : `segment ${ordinal}`,
    character === undefined ? undefined : plain(character),
  ].filter((part) => part !== undefined);
  const said = text === undefined ? '' : ` “${shorten(plain(text), 60)}”`;
  return `${place.length === 0 ? 'the book' : place.join(', ')}${said}: ${plain(message)}`;
}

const ENDED: ReadonlySet<BookStatus> = new Set<BookStatus>(['done', 'failed', 'cancelled', 'interrupted']);

/** Tells each change until the named book, or all, have ended; 130 on Ctrl-C, which ends nothing but the looking. */
export async function followBooks(of: {
  store: Store;
  name: string | undefined;
  terminal: Terminal;
  json: boolean;
}): Promise<number> {
  const { store, name, terminal, json } = of;
  const told = new Map<string, string>();
  const interrupt = onInterrupt(() => undefined);
  try {
    for (;;) {
      const all = await listBooks(store);
      // Books that had ended before are no news, unless one is asked for.
      const books =
        name === undefined
          ? all.filter(({ submission, status }) => told.has(submission.id) || !ENDED.has(status))
          : [pickBook(all, name)];
      for (const book of books) {
        const { id } = book.submission;
        const news = json ? JSON.stringify(bookEvent(book)) : `${id}  ${bookLine(book, terminal)}`;
        if (told.get(id) !== news) terminal.out(news);
        told.set(id, news);
      }
      if (books.every(({ status }) => ENDED.has(status))) {
        if (name !== undefined && !json)
          for (const line of bookScreen(books[0]!, terminal).slice(1)) terminal.out(line);
        return books.every(({ status }) => status === 'done') ? EXIT.ok : EXIT.incomplete;
      }
      await sleep(LOOK_MS, undefined, { signal: interrupt.signal }).catch(() => undefined);
      if (interrupt.signal.aborted) return EXIT.interrupted;
    }
  } finally {
    interrupt.release();
  }
}
