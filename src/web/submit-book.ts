/**
 * Submits a book over HTTP: the body is written to a temporary file, then moved atomically into a folder of its own below
 * `api/` in the watched folder. From then on it is a drop like any other. Existing files are never overwritten.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { systemCode } from '../errors.ts';
import { bookId } from '../watch/book-memory.ts';
import { isScannedFolder } from '../watch/file-names.ts';
import type { InboxView } from '../watch/view.ts';
import { CLOSE, kindOfBody } from './book-body.ts';
import { submissionKey } from './idempotency.ts';
import { ProblemError } from './problem.ts';

/** Folder of submissions over HTTP. */
const FOLDER = 'api';
/** In each period of this length, in milliseconds, a body must arrive at `MIN_BYTES_PER_SECOND`, or it gives up its place. */
const SLOW_AFTER_MS = 30_000;
const MIN_BYTES_PER_SECOND = 1_000;

/** A request to submit a book. */
export interface IncomingBook {
  headers: Headers;
  body: ReadableStream<Uint8Array> | null;
  name: string | undefined;
  urgent: boolean;
}

/** Submits a book. Throws a `ProblemError` and then leaves nothing behind. */
export async function submitBook(
  view: InboxView,
  of: IncomingBook,
): Promise<{ id: string; path: string; repeated: boolean }> {
  const kind = kindOfBody(of.headers);
  const key = of.headers.get('idempotency-key') ?? undefined;
  const name = of.name === undefined ? generatedName(key) : checkedName(of.name);
  const temporary = join(view.ownFolder, 'tmp', `.writing-${randomUUID()}`);
  try {
    const digest = await receive(of, kind.mostBytes, temporary);
    const wanted = { path: `${of.urgent ? `urgent/${FOLDER}` : FOLDER}/${name}/${kind.file}`, digest };
    const { path, isNew } = await (key === undefined
      ? placeBook(view, temporary, wanted)
      : placeKeyed(view, temporary, { wanted, key, isNamed: of.name !== undefined }));
    view.scanSoon(join(view.folder, path));
    return { id: bookId(path), path, repeated: !isNew };
  } catch (error) {
    throw toProblem(error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** A book that has arrived: where it is to be, in the watched folder, and the digest of its bytes. */
interface ArrivedBook {
  path: string;
  digest: string;
}

/** Puts the book where its key says: repeated requests are one submission, whatever their queries say. */
async function placeKeyed(
  view: InboxView,
  arrived: string,
  { wanted, key, isNamed }: { wanted: ArrivedBook; key: string; isNamed: boolean },
): Promise<{ path: string; isNew: boolean }> {
  const record = submissionKey(view.ownFolder, key);
  const { isNew, done, ...first } = await record.claim(wanted);
  if (first.digest !== wanted.digest) throw anotherBook();
  if (done) return { path: first.path, isNew: false };
  try {
    // An earlier request may have died half way.
    const placed = await placeBook(view, arrived, first);
    await record.done({ ...first, done: true });
    return { path: first.path, isNew: placed.isNew };
  } catch (error) {
    if (isNew) await record.release();
    // An earlier version kept no records: of an unnamed book, the key is the name.
    throw error instanceof NameTaken && !isNamed ? anotherBook() : error;
  }
}

function anotherBook(): ProblemError {
  const detail = 'This Idempotency-Key was used for another book. Use a new key for each book.';
  return new ProblemError(422, detail, {}, 'key-reused');
}

/** The name belongs to other bytes. */
class NameTaken extends ProblemError {}

async function placeBook(
  view: InboxView,
  arrived: string,
  { path, digest }: ArrivedBook,
): Promise<{ path: string; isNew: boolean }> {
  const folder = posix.dirname(path);
  await makeFolders(view.folder, folder);
  const file = join(view.folder, path);
  const isNew = await moveIntoFolder({ arrived, file, folder: join(view.folder, folder) });
  if (!isNew && (await digestOf(file)) !== digest) {
    const name = posix.basename(folder);
    throw new NameTaken(
      409,
      `There is another book named "${name}" (${folder}). Choose another name.`,
      {},
      'name-taken',
    );
  }
  return { path, isNew };
}

function generatedName(key: string | undefined): string {
  const suffix =
    key === undefined ? randomUUID().slice(0, 13) : createHash('sha256').update(key).digest('hex').slice(0, 24);
  return `submission-${suffix}`;
}

/** Checks that the name is a valid folder name on every system and not one that the watcher ignores. */
function checkedName(text: string): string {
  const name = text.normalize('NFC');
  const isInvalid =
    name.length < 1 ||
    Buffer.byteLength(name) > 200 ||
    /[/\\:*?"<>|\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]|^[.~#\s]|[.\s]$/.test(name) ||
    /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name) ||
    /^(done|urgent)$/i.test(name) ||
    !isScannedFolder(name);
  if (isInvalid)
    throw new ProblemError(
      422,
      'The name is invalid. Use a plain folder name of at most 200 bytes, such as the-harbour.',
      CLOSE,
      'invalid-name',
    );
  return name;
}

/** Streams the body to a file. Returns the hash of its bytes. Throws a `ProblemError`. */
export async function receive(
  { headers, body }: Pick<IncomingBook, 'headers' | 'body'>,
  maxBytes: number,
  to: string,
): Promise<string> {
  const tooLong = new ProblemError(413, `The body is too large. The limit is ${maxBytes} bytes.`, CLOSE);
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLong;
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(to, 'wx');
  const reader = body?.getReader();
  const pace = watchPace(() => bytes);
  try {
    for (;;) {
      const part = reader && (await Promise.race([reader.read().catch(hungUp), pace.tooSlow]));
      if (part?.value === undefined) break;
      bytes += part.value.length;
      if (bytes > maxBytes) throw tooLong;
      hash.update(part.value);
      await file.writeFile(part.value);
    }
    if (bytes === 0) throw new ProblemError(415, 'The body is empty. Send the file itself.');
    await file.sync();
  } finally {
    pace.stop();
    // The rest of a refused body is not wanted; of one that has ended there is none.
    void reader?.cancel().catch(() => undefined);
    await file.close();
  }
  return hash.digest('hex');
}

/** The client has gone: nobody reads the response, and nothing is wrong with the program. */
function hungUp(): never {
  throw new ProblemError(408, 'The connection ended before the whole body had arrived.', CLOSE);
}

/** `tooSlow` rejects when too little arrives in one period. */
function watchPace(bytes: () => number): { tooSlow: Promise<never>; stop(): void } {
  const { promise, reject } = deferred();
  let before = 0;
  const timer = setInterval(() => {
    if (bytes() - before < (SLOW_AFTER_MS / 1_000) * MIN_BYTES_PER_SECOND)
      reject(new ProblemError(408, 'The body arrives too slowly. Try again over a faster connection.', CLOSE));
    before = bytes();
  }, SLOW_AFTER_MS);
  return { tooSlow: promise, stop: () => clearInterval(timer) };
}

function deferred(): { promise: Promise<never>; reject(error: Error): void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, reject };
}

/** Creates folders below the watched folder, which must exist. Links out of it are not followed. */
async function makeFolders(root: string, path: string): Promise<void> {
  let folder = root;
  for (const part of path.split('/')) {
    folder = join(folder, part);
    await mkdir(folder).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
    if (!(await lstat(folder)).isDirectory())
      throw new ProblemError(
        409,
        `The folder "${path}" cannot be created, because a part of the path is not a folder. Choose another name.`,
      );
  }
}

/** Moves the file into its folder; false when the file exists already. A folder with other files is refused. */
async function moveIntoFolder(of: { arrived: string; file: string; folder: string }): Promise<boolean> {
  const names = await readdir(of.folder);
  if (names.some((name) => /^book\.(yaml|zip)$/.test(name) && !of.file.endsWith(name)) || hasOtherFiles(names))
    throw new ProblemError(
      409,
      'A book of this name already exists, or was cancelled. Choose another name.',
      {},
      'name-taken',
    );
  try {
    // A link never replaces a file, even one that was created at this moment.
    await link(of.arrived, of.file);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    if (!NO_HARD_LINKS.has(systemCode(error) ?? '')) throw error;
    try {
      await copyFile(of.arrived, of.file, constants.COPYFILE_EXCL);
    } catch (again) {
      if (systemCode(again) === 'EEXIST') return false;
      throw again;
    }
  }
  return true;
}

/** Error codes of file systems without hard links (exFAT, some shares). */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

function hasOtherFiles(names: readonly string[]): boolean {
  return names.some(
    (name) => !/^book\.(yaml|zip)(\.(status|rejected)\.txt|\.approved(\.txt)?|\.review(\.status\.txt)?)?$/.test(name),
  );
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** Turns a disk error into a `ProblemError`; returns any other error unchanged. */
export function toProblem(error: unknown): unknown {
  const code = systemCode(error);
  if (error instanceof ProblemError || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ProblemError(507, 'The disk is full. Nothing was stored. Try again later.');
  if (DISK_CODES.has(code))
    return new ProblemError(
      507,
      `The watched folder cannot be written (${code}). Try again later.`,
      {},
      'not-writable',
    );
  return error;
}

const DISK_CODES = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EIO', 'ESTALE', 'EMFILE', 'ENFILE']);
