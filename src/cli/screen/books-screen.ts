/** Submitted books, as people and programs see them. */
import { moneyOf, nanosText } from '../../plan/price.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import type { GrantBalance } from '../../store/grants.ts';
import type { BookFailure, BookStatus } from '../../store/submissions.ts';
import type { SubmittedBook } from '../../submissions/list.ts';
import { counted, grouped, plain } from './format.ts';
import { partText } from './part-of-book.ts';
import type { Terminal } from './terminal.ts';
import { pad, shorten } from './text-width.ts';

/** Longest title in a line, in columns. */
const MAX_TITLE_COLUMNS = 32;
/** Books that a screen lists; `--json` lists all. */
const MOST_BOOKS = 30;

/** One book as `--json` prints it. Relied upon from outside: add, never rename. */
export function bookEvent({ submission, status, state, grant }: SubmittedBook) {
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
    ...(state?.partial && { partial: state.partial }),
    folder: state?.folder ?? null,
    failures: state?.failures ?? [],
    trouble: state?.trouble ?? null,
    notBefore: state?.notBefore ?? null,
    grant: grant === undefined ? null : grantMoney(grant),
  };
}

/** What was granted, spent of it, and set aside for runs, in the currency. */
function grantMoney({ grantedNanos, spentNanos, heldNanos, currency }: GrantBalance) {
  const amount = (nanos: number): number => moneyOf(nanos, currency).amount;
  return { granted: amount(grantedNanos), spent: amount(spentNanos), held: amount(heldNanos), currency };
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

/** A line for each book, the latest first. */
export function bookTable(books: readonly SubmittedBook[], terminal: Terminal): string[] {
  const width = Math.max(0, ...books.slice(0, MOST_BOOKS).map(({ submission }) => submission.id.length));
  const rows = books
    .slice(0, MOST_BOOKS)
    .map((book) => `  ${pad(book.submission.id, width)}  ${bookLine(book, terminal)}`);
  const more = books.length - rows.length;
  return [...rows, ...(more > 0 ? [`  … and ${counted(more, 'older book')} (--json lists all)`] : [])];
}

/** The state of a book in one line, without its ID. */
export function bookLine({ submission, status, state }: SubmittedBook, { paint }: Terminal): string {
  const { segments, chapters, partial, failures, trouble } = state ?? {};
  const parts = [
    paint(COLORS[status], pad(status, 11)),
    `“${shorten(plain(submission.title), MAX_TITLE_COLUMNS)}”`,
    segments && segments.total > 0 ? `segments ${grouped(segments.done)}/${grouped(segments.total)}` : undefined,
    chapters && chapters.total > 0 ? `chapters ${chapters.done}/${chapters.total}` : undefined,
    partial && partText(partial).toLowerCase(),
    failures !== undefined && failures.length > 0 ? paint('red', counted(failures.length, 'failure')) : undefined,
    trouble === undefined ? undefined : shorten(plain(trouble.message), 100),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** Everything of one book. */
export function bookScreen(book: SubmittedBook, terminal: Terminal): string[] {
  const { submission, status, state, grant } = book;
  const { id, manifest, host, submittedAt, content, outDir } = submission;
  const { segments, trouble, failures = [], folder, runner, notBefore } = state ?? {};
  return [
    `${id}  ${bookLine({ ...book, state: state && { ...state, failures: [] } }, terminal)}`,
    `  ${content === undefined ? 'run' : 'submitted'} on ${plain(host)} at ${submittedAt}: ${plain(manifest)}`,
    `  delivered to ${plain(folder ?? outDir)}`,
    ...(runner === undefined ? [] : [`  worked on by ${plain(runner)}`]),
    ...(grant === undefined ? [] : [`  ${grantLine(grant)}`]),
    ...(notBefore === undefined ? [] : [`  next try at ${notBefore}`]),
    ...(trouble === undefined ? [] : [terminal.paint('red', `  ${plain(trouble.message)}`)]),
    ...failures.map((failure) => terminal.paint('red', `  ✗ ${failureLine(failure)}`)),
    ...((segments?.failed ?? 0) > 0 && content !== undefined && status === 'failed'
      ? [`  To try what failed again: pipeline retry ${id}`]
      : []),
  ];
}

function grantLine({ grantedNanos, spentNanos, heldNanos, currency }: GrantBalance): string {
  const money = (nanos: number): string => nanosText(nanos, currency);
  return `budget of ${money(grantedNanos)}: spent ${money(spentNanos)}, reserved ${money(heldNanos)}`;
}

function failureLine({ chapter, ordinal, number, character, text, message }: BookFailure): string {
  const place = [
    ...(number === undefined
      ? [
          chapter === undefined ? undefined : `chapter ${chapter}`,
          ordinal === undefined ? undefined : `segment ${ordinal}`,
        ]
      : [`line ${number}`]),
    character === undefined ? undefined : plain(character),
  ].filter((part) => part !== undefined);
  const said = text === undefined ? '' : ` “${shorten(wordsInQuotes(plain(text)), 60)}”`;
  return `${place.length === 0 ? 'the book' : place.join(', ')}${said}: ${plain(message)}`;
}
