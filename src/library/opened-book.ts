/** A book whose lines are looked at, spoken again or decided: as it is written now, with its lines and its store. */
import type { Account } from '../account.ts';
import { type Book, type BookReading, loadBook, type ModelChoice } from '../book/load-book.ts';
import { modelChooser } from '../composition/choose-model.ts';
import { openConfiguredStore } from '../composition/open-store.ts';
import { serviceOfBook } from '../composition/own-server.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/values.ts';
import { plain } from '../errors.ts';
import { type BookLine, bookLines } from '../plan/book-lines.ts';
import type { Draft } from '../plan/draft.ts';
import { draftRun } from '../run/plan.ts';
import { formatLineName, type LineName, parseLineName } from '../script/lines/line-name.ts';
import { wordsInQuotes } from '../script/lines/words-in-quotes.ts';
import type { Store } from '../store/store.ts';
import { ManifestError } from './manifest-error.ts';

/** A book whose lines are looked at. */
export interface OpenedBook {
  manifest: string;
  book: Book;
  config: Config;
  account: Account;
  store: Store;
  draft: Draft;
  lines: BookLine[];
  /** Absent when the manifest names its model. */
  modelChoice?: ModelChoice;
}

/** What is opened. */
export interface BookToOpen {
  manifest: string;
  config: Config;
  signal?: AbortSignal | undefined;
  /** One that is open already. */
  store?: Store | undefined;
  /** A review file to read in place of its own: a book as it would be. */
  decided?: Uint8Array | undefined;
}

/** Opens it, or returns its errors. `sends`: the service may be called, so it needs a key. */
export async function readBook(of: BookToOpen, { sends = false } = {}): Promise<OpenedBook | { reading: BookReading }> {
  const { manifest, config: given, signal, decided } = of;
  const reading = await loadBook({
    ...{ manifestPath: manifest, modelFor: modelChooser(given) },
    ...(signal && { signal }),
    ...(decided && { decided }),
  });
  const { book, modelChoice } = reading;
  if (book === undefined) return { reading };
  const { account, config } = await serviceOfBook(given, book.manifest, { sends });
  const store = of.store ?? (await openConfiguredStore(config));
  const draft = draftRun({ book, account });
  return {
    manifest,
    book,
    config,
    account,
    store,
    draft,
    lines: bookLines(draft, book.chapters),
    ...(modelChoice && { modelChoice }),
  };
}

/** Opens it. Throws `ManifestError` for a book with errors. */
export async function openBook(of: BookToOpen, { sends = false } = {}): Promise<OpenedBook> {
  const opened = await readBook(of, { sends });
  if ('reading' in opened) throw new ManifestError(of.manifest, opened.reading.diagnostics);
  return opened;
}

/** The line that a program names: `3:37`. Throws `ConfigError` for anything else, and when the book lacks it. */
export function completeLine(opened: Pick<OpenedBook, 'lines'>, number: string): BookLine {
  const name = parseLineName(number);
  if (name === undefined || name.segment !== undefined)
    throw new ConfigError(`"${number}" is not a line number. Give CHAPTER:LINE, such as 3:37. Nothing was done.`);
  return lineNamed(opened, name);
}

/** The line of that name. Throws `ConfigError` with the nearest one when the book lacks it. */
export function lineNamed({ lines }: Pick<OpenedBook, 'lines'>, name: LineName): BookLine {
  const found = lines.find(({ chapter, line }) => chapter === name.chapter && line === name.line);
  if (found !== undefined) {
    if (name.segment === undefined || name.segment <= found.segments.length) return found;
    throw new ConfigError(
      `There is no ${formatLineName(name)}: the line has ${found.segments.length} ${found.segments.length === 1 ? 'segment' : 'segments'}.`,
    );
  }
  const nearest = nearestLine(lines, name);
  const chapter = lines.filter((line) => line.chapter === name.chapter);
  const has = chapter.length > 0 ? `Chapter ${name.chapter} has ${chapter.length} lines` : chaptersText(lines);
  const near =
    nearest &&
    `; the nearest is ${nearest.number}, ${plain(nearest.character)}: “${beginning(wordsInQuotes(plain(nearest.words)))}”`;
  throw new ConfigError(
    `There is no line ${formatLineName(name)}. ${has}${near ?? ''}. To see all lines: pipeline lines BOOK`,
  );
}

function nearestLine(lines: readonly BookLine[], { chapter, line }: LineName): BookLine | undefined {
  const far = (one: BookLine): number => Math.abs(one.chapter - chapter) * 1_000_000 + Math.abs(one.line - line);
  return lines.reduce<BookLine | undefined>((best, one) => (best && far(best) <= far(one) ? best : one), undefined);
}

function chaptersText(lines: readonly BookLine[]): string {
  const numbers = lines.flatMap(({ chapter, role }) => (role === undefined ? [chapter] : []));
  return `The book has chapters ${Math.min(...numbers)} to ${Math.max(...numbers)}`;
}

function beginning(words: string, most = 50): string {
  const letters = [...words];
  return letters.length <= most
    ? words
    : `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
