/** `pipeline review --merge`: takes over what a reviewer has decided in an exported page. */

import { basename, parse, resolve } from 'node:path';
import { readAuthorFile } from '../../book/edit/author-file.ts';
import { readReviewFile, updateReviewFile } from '../../book/review-file.ts';
import { readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { type OpenedBook, readBook } from '../../library/opened-book.ts';
import { storedTakes } from '../../lines/stored-takes.ts';
import { type Diagnostic, formatDiagnostics, hasErrors } from '../../manifest/diagnostics/diagnostic.ts';
import { knownLines } from '../../plan/book-lines.ts';
import { formatReview } from '../../review/format.ts';
import { parseReview, type ReadReview } from '../../review/parse.ts';
import { isOfOtherBook, mergeReturned, type ReturnedReview } from '../../review/returned.ts';
import { EMPTY_REVIEW, REVIEW_BYTES, type Review, reviewPath } from '../../review/review.ts';
import { parseLineName } from '../../script/lines/line-name.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { samePlace } from '../command-line/same-place.ts';
import { type BookFlags, openBook } from '../lines/open-book.ts';
import { printDiagnostics } from '../screen/diagnostics-screen.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { shorten } from '../screen/text-width.ts';

/** Flags of `review --merge`. */
export type MergeFlags = BookFlags;

/**
 * Exit code 0; 1 when a decision could not be taken over: another one stands in the book, or its line is gone. 2, and nothing is
 * changed, when the file cannot be read, is of another book, or would break this one. Safe to repeat.
 */
export async function mergeCommand(manifest: string, file: string, flags: MergeFlags): Promise<number> {
  const terminal = openTerminal();
  const opened = await openBook({ manifest, flags, terminal });
  if (opened === undefined) return EXIT.wrongInput;
  const lines = knownLines(opened.lines);
  const returned = await readReturned(file);
  if (returned.review === undefined || hasErrors(returned.diagnostics)) return refuse(file, returned, terminal);
  const { title } = opened.book.manifest;
  const theirs = returned.review;
  if (isOfOtherBook(theirs, { title, lines }))
    throw new ConfigError(
      `${plain(file)} is a review of “${plain(theirs.book ?? '')}”, not of “${plain(title)}”: most of its lines are not in this book. Nothing was changed.`,
    );
  const own = (await readReviewFile(manifest))?.review ?? EMPTY_REVIEW;
  const broken = await errorsWith(opened, flags, mergeReturned(own, theirs, lines).review);
  if (broken !== undefined)
    throw new ConfigError(
      `With the decisions of ${plain(file)} the book would have errors. Nothing was changed.\n${broken}`,
    );
  let merged: ReturnedReview | undefined;
  await updateReviewFile(manifest, (now) => {
    merged = mergeReturned(now, theirs, lines);
    return merged.review;
  });
  printDiagnostics({ ...returned, sources: sourcesOf(file, returned) }, terminal);
  return tell({ merged: merged!, opened, file, flags, terminal });
}

/** The file, as it was saved by the page and perhaps edited by hand. */
async function readReturned(file: string): Promise<ReadReview> {
  const content = await readAuthorFile({
    path: file,
    shown: basename(file),
    inside: [parse(resolve(file)).root],
    maxBytes: MOST_BYTES,
  });
  if (!('bytes' in content)) {
    const { byteLength: _, ...problem } = content.problem;
    return { diagnostics: [{ severity: 'error', file, ...problem }], placeOf: () => undefined };
  }
  const beginning = Buffer.from(content.bytes.subarray(0, 200)).toString('utf8').trimStart().toLowerCase();
  if (beginning.startsWith('<!doctype') || beginning.startsWith('<html'))
    throw new ConfigError(
      `${plain(file)} is the page itself. Open it in a browser, press "Save decisions", and merge the file that is saved.`,
    );
  return parseReview({ file, bytes: content.bytes });
}

/** An exported page is read that far, to say what it is. */
const MOST_BYTES = Math.max(REVIEW_BYTES, 64 * 1024 * 1024);

function refuse(file: string, returned: ReadReview, terminal: Terminal): number {
  printDiagnostics({ ...returned, sources: sourcesOf(file, returned) }, terminal);
  terminal.err(`Nothing was changed. If the file is not complete, save it in the page again.`);
  return EXIT.wrongInput;
}

function sourcesOf(file: string, { text }: ReadReview): Map<string, string> {
  return new Map(text === undefined ? [] : [[file, text]]);
}

/** The errors that the book would have; undefined when it would have none. */
async function errorsWith(opened: OpenedBook, flags: BookFlags, review: Review): Promise<string | undefined> {
  const { manifest, store, book } = opened;
  const decided = Buffer.from(formatReview({ ...review, book: book.manifest.title }));
  const read = await readBook({ manifest, config: readConfig(flags), store, decided });
  if (!('reading' in read)) return undefined;
  const diagnostics = read.reading.diagnostics.filter(({ severity }: Diagnostic) => severity === 'error');
  return formatDiagnostics({ diagnostics, sources: read.reading.sources, color: false }).trimEnd();
}

async function tell(of: {
  merged: ReturnedReview;
  opened: OpenedBook;
  file: string;
  flags: BookFlags;
  terminal: Terminal;
}): Promise<number> {
  const { merged, opened, file, flags, terminal } = of;
  const { decisions, taken, conflicts, withoutLine } = merged;
  const missing = await missingTakes(opened, merged);
  const isAll = conflicts.length + withoutLine.length === 0;
  const into = reviewPath(opened.manifest);
  if (flags.json) {
    const lost = withoutLine.map(({ at, words }) => ({ at, words }));
    terminal.raw(
      JSON.stringify({ type: 'review.merged', file: into, decisions, taken, conflicts, withoutLine: lost, missing }),
    );
    return isAll ? EXIT.ok : EXIT.incomplete;
  }
  const known = decisions - taken;
  const had = known === 0 ? '' : ` (${known} were there already)`;
  terminal.out(
    taken === 0
      ? `${plain(basename(file))} has nothing new. ${plain(into)} is unchanged.`
      : `${counted(taken, 'decision')} taken over into ${plain(into)}${had}.`,
  );
  for (const { at, field, ours, theirs } of conflicts)
    terminal.err(
      `! ${plain(at ?? 'The book')}: "${field}" is ${shown(ours)} in the book and ${shown(theirs)} in the file. The book keeps its own; the other one is a comment on the line.`,
    );
  for (const { at, words } of withoutLine)
    terminal.err(
      `! The line of a decision is gone (${plain(at)}: “${shorten(wordsInQuotes(plain(words)), 50)}”). It is kept, and applied to nothing.`,
    );
  for (const { number, take } of missing)
    terminal.err(`! ${number}: take ${take} is not in this store. The next run would speak it and pay for it.`);
  if (taken > 0) terminal.out(`Then make what changed: pipeline run ${plain(opened.manifest)}${samePlace(flags)}`);
  return isAll ? EXIT.ok : EXIT.incomplete;
}

function shown(value: unknown): string {
  return plain(typeof value === 'string' ? `“${value}”` : JSON.stringify(value));
}

/** Chosen takes that nobody has spoken: a page of another store, or a number typed by hand. */
async function missingTakes(
  { lines, store, account }: OpenedBook,
  { review }: ReturnedReview,
): Promise<{ number: string; take: number }[]> {
  const chosen = review.lines.flatMap(({ at, take }) => {
    const name = take === undefined ? undefined : parseLineName(at);
    const line = name && lines.find(({ chapter, line: own }) => chapter === name.chapter && own === name.line);
    return line === undefined || take === undefined ? [] : [{ line, take }];
  });
  const stored = await storedTakes(
    store,
    chosen.map(({ line }) => line),
    account.realm,
  );
  return chosen.flatMap(({ line, take }, index) =>
    stored[index]!.some(({ number }) => number === take) ? [] : [{ number: line.number, take }],
  );
}
