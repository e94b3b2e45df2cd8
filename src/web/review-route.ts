/** The review file of a book over HTTP: read, and replaced only by someone who has read it. */
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readReviewFile, replaceReviewFile } from '../book/review-file.ts';
import { PipelineError } from '../errors.ts';
import { type Diagnostic, formatDiagnostics, hasErrors } from '../manifest/diagnostics/diagnostic.ts';
import { parseReview } from '../review/parse.ts';
import { REVIEW_BYTES, reviewPath } from '../review/review.ts';
import type { BookView, InboxView } from '../watch/view.ts';
import { ProblemError } from './problem.ts';
import { receive, toProblem } from './submit-book.ts';

/** The review file with its ETag. Throws a `ProblemError`. */
export async function sendReview(book: BookView): Promise<Response> {
  refuseArchive(book);
  const read = await readReviewFile(book.file);
  if (read?.digest === undefined || read.text === undefined)
    throw new ProblemError(404, `${book.path} has no review file.`);
  const headers = { 'content-type': 'application/yaml', 'cache-control': 'no-store', etag: etagOf(read.digest) };
  return new Response(read.text, { headers });
}

/** Stores a review file beside the manifest. Throws a `ProblemError` and then changes nothing. */
export async function putReview(
  view: InboxView,
  book: BookView,
  { headers, body }: { headers: Headers; body: ReadableStream<Uint8Array> | null },
): Promise<{ id: string; path: string; etag: string }> {
  refuseArchive(book);
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^(?:application|text)\/(?:x-)?yaml$/.test(type))
    throw new ProblemError(415, 'Send a review file as application/yaml.', { connection: 'close' });
  const temporary = join(view.ownFolder, 'tmp', `.writing-${randomUUID()}`);
  try {
    const digest = await receive({ headers, body }, REVIEW_BYTES, temporary);
    const bytes = await readFile(temporary);
    refuseErrors(bytes);
    await refuseOfOtherBook(view, book, bytes);
    const expected = digestOfEtag(headers.get('if-match'));
    if (!(await replaceReviewFile(book.file, { bytes, expected })))
      throw new ProblemError(
        412,
        expected === undefined
          ? 'The book has a review file already. Get it, merge your decisions into it, and send its ETag in If-Match.'
          : 'The review file was changed in the meantime. Get it again, and merge your decisions into it.',
      );
    view.scanSoon(reviewPath(book.file));
    return { id: book.id, path: reviewPath(book.path), etag: etagOf(digest) };
  } catch (error) {
    // Its message has the path on this machine.
    if (error instanceof PipelineError)
      throw new ProblemError(507, 'The review file cannot be written. Try again later.');
    throw toProblem(error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

function refuseArchive({ path }: BookView): void {
  if (/\.zip$/i.test(path))
    throw new ProblemError(
      409,
      `${path} is an archive. Put the review file into it, and submit it again.`,
      {},
      'in-archive',
    );
}

function refuseErrors(bytes: Uint8Array): void {
  const { diagnostics, text = '' } = parseReview({ file: 'review', bytes });
  if (!hasErrors(diagnostics)) return;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  refuse(errors, text);
}

/** It would take the place of decisions about this book, and the book could not be made. */
async function refuseOfOtherBook(view: InboxView, { file, title }: BookView, bytes: Uint8Array): Promise<void> {
  const { review, text = '' } = parseReview({ file: 'review', bytes });
  if (review?.book === undefined || review.book === title) return;
  const found = await view.diagnose(file, bytes);
  const errors = found.filter(({ code }) => code === 'review-other-book').map((one) => ({ ...one, file: 'review' }));
  if (errors.length > 0) refuse(errors, text);
}

function refuse(diagnostics: readonly Diagnostic[], text: string): never {
  const sources = new Map([['review', text]]);
  throw new ProblemError(422, formatDiagnostics({ diagnostics, sources, color: false }));
}

function etagOf(digest: string): string {
  return `"${digest}"`;
}

/** Any other text matches no file. */
function digestOfEtag(text: string | null): string | undefined {
  return text === null ? undefined : (/^"([0-9a-f]{64})"$/.exec(text.trim())?.[1] ?? 'other');
}
