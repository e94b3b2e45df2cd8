/** Finds, reads and updates the lock next to the manifest. */
import { readFile, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { systemCode } from '../errors.ts';
import type { Edition } from '../plan/edition.ts';
import { formatLock, type LockProblem, type ReadLock, readLock } from '../plan/lock.ts';
import { deliverText } from './files.ts';

/** Largest lock; that of a ten-hour book has three megabytes. */
const MOST_LOCK_BYTES = 128 * 1024 * 1024;

/** A lock file. `read` is undefined when the file does not exist. */
export interface LockFile {
  /** In the manifest's folder. */
  name: string;
  read: ReadLock | undefined;
  /** The preferred lock, if it exists but cannot be read: its name and problem. */
  unreadable?: { name: string; message: string };
}

/** Reads a lock; undefined for a missing file. Throws the system error for an unreadable file. */
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
 * The lock of a manifest: `book.lock`, or `NAME.book.lock` if `book.lock` belongs to another manifest in the folder. Simulated
 * speech never replaces a lock of real speech: its lock is then named `….simulated.lock`.
 *
 * @param use a lock to write may be missing; to read, an existing lock is preferred
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
  return { name, read, ...(message !== undefined && { unreadable: { name: named.name, message } }) };
}

async function ofManifest(folder: string, manifest: string): Promise<LockFile> {
  const first = { name: 'book.lock', read: await readLockFile(join(folder, 'book.lock')) };
  const owner = first.read?.edition?.manifest;
  if (owner === undefined || owner === manifest) return first;
  // A renamed manifest keeps its lock.
  const ownerIsThere = /^[^/\\]+$/.test(owner) && (await stat(join(folder, owner)).catch(() => undefined))?.isFile();
  if (!ownerIsThere) return first;
  const name = `${parse(manifest).name}.book.lock`;
  return { name, read: await readLockFile(join(folder, name)) };
}

/** True for an unreadable lock, unless its remains look simulated. */
function mayHoldRealSpeech(read: ReadLock | undefined): boolean {
  if (read === undefined) return false;
  if (read.edition !== undefined) return !read.edition.simulated;
  return !read.looksSimulated;
}

/** Not our file, or written by a newer version: not overwritten. Locks with other problems are rewritten. */
const NOT_OVERWRITTEN: ReadonlySet<LockProblem> = new Set<LockProblem>(['foreign', 'newer', 'binary']);

/**
 * Writes the lock of an edition next to its manifest, atomically and only if it has changed. `written`: the file describes the edition.
 * Returns a warning if it was not written. Never fails: the book is already delivered.
 */
export async function updateLock(
  folder: string,
  edition: Edition,
): Promise<{ name: string; written: boolean; warning?: string }> {
  const { manifest, simulated } = edition;
  let name = 'book.lock';
  try {
    const found = await findLock({ folder, manifest, simulated, use: 'write' });
    name = found.name;
    if (found.read?.problem !== undefined && NOT_OVERWRITTEN.has(found.read.problem))
      return { name, written: false, warning: `${name} was not written: the existing file ${found.read.message}` };
    await deliverText({ text: formatLock(edition), folder, name });
    if (found.unreadable === undefined) return { name, written: true };
    const { name: other, message } = found.unreadable;
    return {
      name,
      written: true,
      warning: `${other} was not changed: it ${message} The lock of this simulated run is ${name}.`,
    };
  } catch (error) {
    const why = systemCode(error) ?? systemCode((error as Error).cause) ?? String(error);
    return {
      name,
      written: false,
      warning: `${name} was not written next to the manifest (${why}). The book itself is complete.`,
    };
  }
}
