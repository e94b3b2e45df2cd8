/** The review file beside a manifest: read with care, and changed so that no writer undoes what another one decided. */
import { createHash } from 'node:crypto';
import { chmod, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';
import { hiddenBeside, removeAbandoned, temporaryBeside } from '../holders/abandoned.ts';
import type { Hold } from '../holders/file-hold.ts';
import { takeTurn } from '../holders/turn.ts';
import { formatDiagnostics, hasErrors } from '../manifest/diagnostics/diagnostic.ts';
import { MANIFEST_BYTES, parseManifest } from '../manifest/parse.ts';
import { formatReview } from '../review/format.ts';
import { parseReview, type ReadReview } from '../review/parse.ts';
import { EMPTY_REVIEW, REVIEW_BYTES, type Review, reviewPath } from '../review/review.ts';
import { type FileProblem, readAuthorFile } from './edit/author-file.ts';

/** A review file on disk. */
export interface ReviewFile extends ReadReview {
  /** Its name in diagnostics. */
  file: string;
  /** SHA-256 of its bytes; absent when they cannot be read. */
  digest?: string;
}

/**
 * Reads the review file of a manifest; undefined when it has none. Its errors are diagnostics; throws as `readAuthorFile`.
 * `instead`: bytes to read as if they were in it.
 */
export async function readReviewFile(
  manifestPath: string,
  { signal, instead }: { signal?: AbortSignal | undefined; instead?: Uint8Array | undefined } = {},
): Promise<ReviewFile | undefined> {
  const file = reviewPath(manifestPath);
  if (instead !== undefined) return { file, digest: digestOf(instead), ...parseReview({ file, bytes: instead }) };
  const path = await realReviewPath(manifestPath);
  if ((await stat(path).catch(() => undefined)) === undefined) return undefined;
  const request = { path, shown: basename(file), inside: [dirname(path)], maxBytes: REVIEW_BYTES, signal };
  const content = await readAuthorFile(request);
  if ('bytes' in content)
    return { file, digest: digestOf(content.bytes), ...parseReview({ file, bytes: content.bytes }) };
  const { byteLength: _, ...problem }: FileProblem = content.problem;
  return { file, diagnostics: [{ severity: 'error', file, ...problem }], placeOf: () => undefined };
}

/**
 * Changes the review file of a manifest and returns the new review. `change` gets what is in the file at that moment, so it
 * must say what is decided and not what the file should be; it may be called again when somebody saves the file meanwhile.
 * The file is replaced by a complete one, and only if it still is what `change` got. A file with errors stays as it is: then
 * this throws `input-unreadable`, like for a folder that cannot be written; `interrupted` when the signal aborts.
 */
export async function updateReviewFile(
  manifestPath: string,
  change: (review: Review) => Review,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Review> {
  const path = await realReviewPath(manifestPath);
  for (;;) {
    const hold = await turnFor(path, signal);
    try {
      const written = await changeOnce({ path, manifestPath, change, hold });
      if (written !== undefined) return written;
    } catch (error) {
      throw unwritable(path, error);
    } finally {
      await hold.release();
    }
  }
}

/** Undefined when the file changed in the meantime, or when it is another process's turn by now. */
async function changeOnce(of: {
  path: string;
  manifestPath: string;
  change: (review: Review) => Review;
  hold: Hold;
}): Promise<Review | undefined> {
  const { path, manifestPath, change, hold } = of;
  const before = await bytesOf(path);
  const review = change(before === undefined ? EMPTY_REVIEW : reviewOf(reviewPath(manifestPath), before));
  if (before === undefined && review === EMPTY_REVIEW) return review;
  const { title, chapterNumbers } = await bookOf(manifestPath);
  const text = formatReview(title === undefined ? review : { ...review, book: title }, { chapterNumbers });
  if (before?.toString() === text) return review;
  return (await replace(path, { before, text, hold })) ? review : undefined;
}

/**
 * Replaces the review file of a manifest by these bytes, which have no errors, if it still has the digest `expected`; undefined:
 * if there is none. Returns whether it did. Throws as `updateReviewFile`.
 */
export async function replaceReviewFile(
  manifestPath: string,
  { bytes, expected }: { bytes: Uint8Array; expected: string | undefined },
): Promise<boolean> {
  const path = await realReviewPath(manifestPath);
  const hold = await turnFor(path, undefined);
  try {
    const before = await bytesOf(path);
    if (digestOf(before) !== (expected ?? NO_FILE)) return false;
    return await replace(path, { before, text: bytes, hold });
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    await hold.release();
  }
}

/** Beside the manifest itself, not beside a link to it, like its lock. */
async function realReviewPath(manifestPath: string): Promise<string> {
  const real = await realpath(manifestPath).catch(() => resolve(manifestPath));
  return join(dirname(real), basename(reviewPath(manifestPath)));
}

/** Two processes at once change a file one after the other. */
async function turnFor(path: string, signal: AbortSignal | undefined): Promise<Hold> {
  const turn = hiddenBeside(path, 'turn.tmp');
  return takeTurn(turn, { what: `waiting for ${basename(path)}`, signal }).catch((error: unknown) => {
    throw unwritable(path, error);
  });
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function reviewOf(file: string, bytes: Uint8Array): Review {
  const { review, diagnostics, text = '' } = parseReview({ file, bytes });
  if (review !== undefined && !hasErrors(diagnostics)) return review;
  const listed = formatDiagnostics({ diagnostics, sources: new Map([[file, text]]), color: false });
  const message = `${basename(file)} has errors, so nothing was written into it.\n${listed}`;
  throw new PipelineError({ code: 'input-unreadable', message, retry: 'never' });
}

/** Title and chapters from the manifest; nothing when it has errors, since a decision does not depend on them. */
async function bookOf(manifestPath: string): Promise<{ title: string | undefined; chapterNumbers: number[] }> {
  const bytes = await readFile(manifestPath).catch(() => undefined);
  const manifest =
    bytes === undefined || bytes.length > MANIFEST_BYTES
      ? undefined
      : parseManifest({ file: manifestPath, bytes }).manifest;
  if (manifest === undefined) return { title: undefined, chapterNumbers: [] };
  const { title, chapters, credits } = manifest;
  const chapterNumbers = [
    ...(credits?.opening === undefined ? [] : [0]),
    ...chapters.map(({ number }) => number),
    ...(credits?.closing === undefined ? [] : [chapters.length + 1]),
  ];
  return { title, chapterNumbers };
}

/** Writes the file; false when it is not what it was before. */
async function replace(
  path: string,
  { before, text, hold }: { before: Buffer | undefined; text: string | Uint8Array; hold: Hold },
): Promise<boolean> {
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, text, { flag: 'wx', flush: true });
    const mode = (await stat(path).catch(() => undefined))?.mode;
    if (mode !== undefined) await chmod(temporary, mode & 0o777);
    const now = await bytesOf(path);
    // An editor may have saved the file, and another process may have taken over from one that was suspended.
    if (hold.lost.aborted || digestOf(now) !== digestOf(before)) return false;
    await rename(temporary, path);
    return true;
  } finally {
    await rm(temporary, { force: true });
    await removeLeftovers(path);
  }
}

/** Removes what processes left that ended while they wrote. */
async function removeLeftovers(path: string): Promise<void> {
  const beginning = basename(hiddenBeside(path, ''));
  const isTemporary = (name: string): boolean =>
    name.startsWith(beginning) && name.endsWith('.tmp') && !name.endsWith('turn.tmp');
  await removeAbandoned(dirname(path), { afterMs: 60 * 60 * 1000, isTemporary }).catch(() => undefined);
}

/** In place of a digest. */
const NO_FILE = 'none';

function digestOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? NO_FILE : createHash('sha256').update(bytes).digest('hex');
}

function unwritable(path: string, error: unknown): unknown {
  const code = systemCode(error);
  if (error instanceof PipelineError || code === undefined) return error;
  const message = `${path} cannot be written (${code}). Nothing was changed. Check that you may write to its folder and that the disk is not full.`;
  return new PipelineError({ code: 'input-unreadable', message, retry: 'never', cause: error });
}
