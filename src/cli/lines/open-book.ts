/** Opens a book for the commands about single lines: the book as it is written now, its lines, and its store. */
import type { Account } from '../../account.ts';
import { type Book, type BookReading, loadBook, type ModelChoice } from '../../book/load-book.ts';
import { modelChooser } from '../../composition/choose-model.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { serviceOfBook } from '../../composition/own-server.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { type BookLine, bookLines } from '../../plan/book-lines.ts';
import type { Draft } from '../../plan/draft.ts';
import { draftRun } from '../../run/plan.ts';
import { formatLineName, type LineName } from '../../script/line-name.ts';
import type { Store } from '../../store/store.ts';
import { diagnosticsEvent, printDiagnostics } from '../screen/diagnostics-screen.ts';
import { plain } from '../screen/format.ts';
import type { Terminal } from '../screen/terminal.ts';
import { shorten } from '../screen/text-width.ts';

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

/** Flags of these commands. */
export type BookFlags = Flags & { json?: boolean };

/**
 * Opens it; prints its errors and returns undefined when it has any (exit code 2). `sends`: the command may call the
 * service, so it needs a key.
 */
export async function openBook(
  of: { manifest: string; flags: BookFlags; terminal: Terminal; signal?: AbortSignal },
  { sends = false } = {},
): Promise<OpenedBook | undefined> {
  const { manifest, flags, terminal } = of;
  const opened = await readBook(of, { sends });
  if (!('reading' in opened)) return opened;
  printDiagnostics(opened.reading, terminal);
  if (flags.json) terminal.raw(JSON.stringify(diagnosticsEvent(manifest, opened.reading.diagnostics)));
  return undefined;
}

/** Opens it, or returns its errors. `store`: one that is open already. */
export async function readBook(
  of: { manifest: string; flags: BookFlags; signal?: AbortSignal; store?: Store | undefined },
  { sends = false } = {},
): Promise<OpenedBook | { reading: BookReading }> {
  const { manifest, flags, signal } = of;
  const given = readConfig(flags);
  const reading = await loadBook({ manifestPath: manifest, modelFor: modelChooser(given), ...(signal && { signal }) });
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
    `; the nearest is ${nearest.number}, ${plain(nearest.character)}: “${shorten(plain(nearest.words), 50)}”`;
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
