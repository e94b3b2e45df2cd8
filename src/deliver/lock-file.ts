/** The lock beside the manifest: which file it is, reading it, and keeping it up to date. */
import { readFile, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { systemCode } from '../errors.ts';
import type { Edition } from '../plan/edition.ts';
import { formatLock, type LockProblem, type ReadLock, readLock } from '../plan/lock.ts';
import { deliverText } from './files.ts';

/** Largest file that is read as a lock, in bytes; a ten-hour book's has three megabytes. */
const MOST_LOCK_BYTES = 128 * 1024 * 1024;

/** A lock where it lies. `read` is undefined when there is none. */
export interface LockFile {
  /** In the manifest's folder. */
  name: string;
  read: ReadLock | undefined;
  /** The lock that it would be but for one that is there and can not be read: its name, and what is wrong with it. */
  besides?: { name: string; message: string };
}

/** Reads a lock; undefined when there is no such file. Throws the disk's own error for one that can not be read. */
export async function readLockFile(path: string): Promise<ReadLock | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MOST_LOCK_BYTES) return { problem: 'foreign', message: 'is too large for a lock.' };
    return readLock(await readFile(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    if (systemCode(error) === 'EISDIR') return { problem: 'foreign', message: 'is a folder.' };
    throw error;
  }
}

/**
 * The lock of a manifest: `book.lock`, or `NAME.book.lock` where `book.lock` belongs to another manifest of the folder.
 * Simulated speech never takes the place of a lock of real speech: its lock is then called `….simulated.lock`.
 *
 * @param use a lock to write need not be there; to read, the one that is there is better than none
 */
export async function findLock(of: {
  folder: string;
  manifest: string;
  simulated: boolean;
  use: 'read' | 'write';
}): Promise<LockFile> {
  const { folder, manifest, simulated, use } = of;
  const named = await ofManifest(folder, manifest);
  if (!simulated || !mayHoldRealSpeech(named.read)) return named;
  const name = named.name.replace(/\.lock$/, '.simulated.lock');
  const read = await readLockFile(join(folder, name));
  if (use === 'read' && read === undefined) return named;
  const message = named.read?.message;
  return { name, read, ...(message !== undefined && { besides: { name: named.name, message } }) };
}

async function ofManifest(folder: string, manifest: string): Promise<LockFile> {
  const first = { name: 'book.lock', read: await readLockFile(join(folder, 'book.lock')) };
  const owner = first.read?.edition?.manifest;
  if (owner === undefined || owner === manifest) return first;
  // A manifest that was renamed takes its lock along.
  const ownerIsThere = /^[^/\\]+$/.test(owner) && (await stat(join(folder, owner)).catch(() => undefined))?.isFile();
  if (!ownerIsThere) return first;
  const name = `${parse(manifest).name}.book.lock`;
  return { name, read: await readLockFile(join(folder, name)) };
}

/** Of a lock that can not be read nobody knows, unless what is left of it says so. */
function mayHoldRealSpeech(read: ReadLock | undefined): boolean {
  if (read === undefined) return false;
  if (read.edition !== undefined) return !read.edition.simulated;
  return !read.looksSimulated;
}

/** Files that are not ours, or of a program that knows more: they stay. The other kinds of damage are mended by writing. */
const NOT_OURS: ReadonlySet<LockProblem> = new Set<LockProblem>(['foreign', 'newer', 'binary']);

/**
 * Writes the lock of an edition beside its manifest, whole or not at all, and only when it says something new. Answers what
 * a person should know: that it was not written, and why. Never fails; the book is delivered by then.
 */
export async function keepLock(folder: string, edition: Edition): Promise<{ name: string; trouble?: string }> {
  const { manifest, simulated } = edition;
  let name = 'book.lock';
  try {
    const found = await findLock({ folder, manifest, simulated, use: 'write' });
    name = found.name;
    if (found.read?.problem !== undefined && NOT_OURS.has(found.read.problem))
      return { name, trouble: `${name} was not written: the one that is there ${found.read.message}` };
    await deliverText({ text: formatLock(edition), folder, name });
    if (found.besides === undefined) return { name };
    const { name: other, message } = found.besides;
    return { name, trouble: `${other} stays as it is: it ${message} The lock of this simulated run is ${name}.` };
  } catch (error) {
    const why = systemCode(error) ?? systemCode((error as Error).cause) ?? String(error);
    return { name, trouble: `${name} was not written beside the manifest (${why}); the book itself is complete.` };
  }
}
