import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { interrupted, PipelineError, systemCode } from '../../errors.ts';
import type { Diagnostic } from '../../manifest/diagnostics/diagnostic.ts';
import { FileNames } from '../file-names.ts';
import { unicodeRealpath } from '../unicode-realpath.ts';

/** A problem with a file that the author named. */
export interface FileProblem extends Pick<Diagnostic, 'code' | 'message' | 'fix'> {
  /** Size of a file that is too large. */
  byteLength?: number;
}

/** A request to read one of the author's files. */
export interface FileRequest {
  /** Absolute path, or one relative to the working directory. */
  path: string;
  /** The path for messages. */
  shown: string;
  /** Real paths of the allowed folders; a link that leads out of them is refused. */
  inside: readonly string[];
  maxBytes: number;
  signal?: AbortSignal | undefined;
  /** Suggests another name for a missing file. Default: one that reads the folder for this file alone. */
  fileNames?: FileNames;
}

/** A file's content. */
export interface FileContent {
  bytes: Uint8Array;
}
/** The digest and first bytes of a file. */
export interface FileDigest {
  /** SHA-256 in hex. */
  digest: string;
  byteLength: number;
  /** Its first 64 KiB, or less. */
  head: Uint8Array;
}

/**
 * Reads a complete file. Returns the author's errors (missing, a folder, a pipe, outside, too large, no permission) as a
 * problem; throws `input-unreadable` for a failing disk, which may be temporary.
 */
export async function readAuthorFile(request: FileRequest): Promise<FileContent | { problem: FileProblem }> {
  return withFile(request, async (chunks) => {
    const parts: Buffer[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return { bytes: Buffer.concat(parts) };
  });
}

/** Like `readAuthorFile`, but hashes the content instead of keeping it. */
export async function digestAuthorFile(request: FileRequest): Promise<FileDigest | { problem: FileProblem }> {
  return withFile(request, async (chunks) => {
    const hash = createHash('sha256');
    let byteLength = 0;
    let head: Buffer | undefined;
    for await (const chunk of chunks) {
      head ??= chunk;
      hash.update(chunk);
      byteLength += chunk.length;
    }
    return { digest: hash.digest('hex'), byteLength, head: head ?? new Uint8Array() };
  });
}

const CHUNK_BYTES = 64 * 1024;

async function withFile<T>(
  request: FileRequest,
  use: (chunks: AsyncGenerator<Buffer>) => Promise<T>,
): Promise<T | { problem: FileProblem }> {
  if (request.signal?.aborted) throw interrupted(`reading ${request.shown}`);
  let handle: FileHandle | undefined;
  try {
    const real = await unicodeRealpath(request.path);
    if (!request.inside.some((folder) => isInside(real, folder))) return { problem: outside(request) };
    // Do not follow a link that was just created, and do not wait for the other end of a pipe.
    handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await handle.stat();
    const problem = stat.isFile() ? sizeProblem(request, stat.size) : notAFile(request, stat.isDirectory());
    if (problem) return { problem };
    return await use(chunksOf(handle, request));
  } catch (error) {
    if (error instanceof TooLarge) return { problem: sizeProblem(request, error.bytes)! };
    const problem = await problemOf(error, request);
    if (problem) return { problem };
    throw error instanceof PipelineError ? error : unreadable(request.shown, error);
  } finally {
    await handle?.close();
  }
}

/** A file that grew beyond its limit while it was read. */
class TooLarge extends Error {
  readonly bytes: number;
  constructor(bytes: number) {
    super('Internal error: a file grew beyond its limit and was not reported.');
    this.bytes = bytes;
  }
}

async function* chunksOf(handle: FileHandle, { maxBytes, signal, shown }: FileRequest): AsyncGenerator<Buffer> {
  let total = 0;
  while (true) {
    if (signal?.aborted) throw interrupted(`reading ${shown}`);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
    if (bytesRead === 0) return;
    total += bytesRead;
    if (total > maxBytes) throw new TooLarge(total);
    yield buffer.subarray(0, bytesRead);
  }
}

/** Whether a real path is the folder or inside it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** The failure to read a file; retried, because a network share may come back. */
export function unreadable(shown: string, cause: unknown): PipelineError {
  const reason = systemCode(cause) ?? (cause instanceof Error ? cause.message : 'unknown reason');
  return new PipelineError({
    code: 'input-unreadable',
    message: `Cannot read ${shown} (${reason}).`,
    retry: 'backoff',
    cause,
  });
}

function outside({ shown }: FileRequest): FileProblem {
  const message = `"${shown}" leads out of the manifest's folder.`;
  return { code: 'path-outside', message, fix: "Put the file itself, not a link, into the manifest's folder." };
}

function notAFile({ shown }: FileRequest, folder: boolean): FileProblem {
  const what = folder ? 'a folder' : 'a pipe or a device';
  return { code: 'not-a-file', message: `"${shown}" is ${what}, not a file.`, fix: 'Write the path of a file.' };
}

function sizeProblem({ shown, maxBytes }: FileRequest, bytes: number): FileProblem | undefined {
  if (bytes <= maxBytes) return undefined;
  const megabytes = (n: number): string => (n / 1024 / 1024).toFixed(1).replace(/\.0$/, '');
  const message = `"${shown}" has ${megabytes(bytes)} MB; the maximum is ${megabytes(maxBytes)} MB.`;
  return { code: 'file-too-large', message, fix: 'Use a smaller file.', byteLength: bytes };
}

async function problemOf(error: unknown, request: FileRequest): Promise<FileProblem | undefined> {
  const { shown } = request;
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        code: 'file-not-found',
        message: `There is no file "${shown}".`,
        fix: withoutQuotes(shown) ?? (await nearestFile(request)),
      };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'file-not-readable',
        message: `You have no permission to read "${shown}".`,
        fix: 'Change the permissions of the file.',
      };
    case 'ELOOP':
      return {
        code: 'bad-path',
        message: `"${shown}" is a link to itself.`,
        fix: 'Replace the link with the file.',
      };
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
      return {
        code: 'bad-path',
        message: `"${shown.slice(0, 80)}" cannot be a file path.`,
        fix: 'Write a shorter, plain path.',
      };
    default:
      return undefined;
  }
}

/** The fix for a path in the quotation marks of a word processor, which are part of it. */
function withoutQuotes(shown: string): string | undefined {
  const inside = /^[“”„‘’‚«»「『](.+)[“”‘’«»」』]$/u.exec(shown)?.[1];
  return inside === undefined
    ? undefined
    : `These quotation marks are part of the path: write "${inside}", in plain ones or in none.`;
}

async function nearestFile({ path, shown, inside, fileNames = new FileNames() }: FileRequest): Promise<string> {
  try {
    const wanted = { folder: dirname(path), name: basename(path) };
    const near = await fileNames.nearest(wanted, (folder) => inside.some((root) => isInside(folder, root)));
    if (near === 'outside') return 'Check the path.';
    const place = dirname(shown);
    if (near !== undefined) return `Did you mean "${place === '.' ? near : `${place}/${near}`}"?`;
    return 'Check the name, or put the file in the folder.';
  } catch {
    // Without the folder there is no name to suggest.
    const place = dirname(shown);
    return `There is no folder "${place === '.' ? basename(dirname(path)) : place}" either; check the path.`;
  }
}
