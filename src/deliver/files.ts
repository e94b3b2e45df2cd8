/** Writes single files to the delivery folder atomically; leaves files that are already correct. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';
import { temporaryName } from '../holders/abandoned.ts';
import { inodesError, lacksInodes } from '../store/disk-failure.ts';
import type { BlobRef, Store } from '../store/store.ts';

/** Names of temporary files before they are renamed; a crash may leave them. */
export const TEMPORARY = /^\.delivering-[\w-]+$/;

/**
 * Copies a blob to `path`, unless a file with its size and time, or with its content, is already there. Returns whether it was
 * written. Fails with `store-unwritable`, `disk-full` or `store-damaged`.
 */
export async function deliverStored(of: {
  store: Store;
  file: BlobRef;
  folder: string;
  name: string;
  /** Becomes the file's modification time, so that the next check is fast. */
  madeAt: Date;
}): Promise<boolean> {
  const { store, file, folder, name, madeAt } = of;
  const path = join(folder, name);
  if (await isDelivered({ path, file, madeAt })) return false;
  await deliverWritten({ folder, path, madeAt, write: (temporary) => store.copyOut(file.digest, temporary) });
  return true;
}

/** Writes bytes to `path` atomically, with this modification time. */
export async function deliverBytes(of: {
  bytes: Uint8Array;
  folder: string;
  path: string;
  madeAt: Date;
}): Promise<void> {
  await deliverWritten({ ...of, write: (temporary) => writeFile(temporary, of.bytes, { flush: true }) });
}

/**
 * Calls `write` with a temporary path and then renames the file to `path`; when `write` rejects, nothing is left. Fails like
 * `write`, with system errors translated by `inFolder`. Returns whether the file got its name: with `isNeeded`, which is
 * asked after `write`, it may not.
 */
export async function deliverWritten(of: {
  folder: string;
  path: string;
  madeAt: Date;
  write(temporary: string): Promise<void>;
  isNeeded?(): Promise<boolean>;
}): Promise<boolean> {
  const { folder, path, madeAt, write, isNeeded } = of;
  return inFolder(folder, async () => {
    const temporary = temporaryPath(folder);
    try {
      await write(temporary);
      if (isNeeded !== undefined && !(await isNeeded())) {
        await rm(temporary, { force: true });
        await utimes(path, madeAt, madeAt);
        return false;
      }
      await utimes(temporary, madeAt, madeAt);
      await rename(temporary, path);
      return true;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** Writes a text as UTF-8, unless the file already contains it, or one of `earlierTexts`. Returns whether it was written. */
export async function deliverText(of: {
  text: string | Uint8Array;
  folder: string;
  name: string;
  earlierTexts?: () => readonly string[];
}): Promise<boolean> {
  const { folder, name, earlierTexts } = of;
  const bytes = Buffer.from(of.text);
  return inFolder(folder, async () => {
    const path = join(folder, name);
    if (await isText(path, bytes)) return false;
    if (earlierTexts !== undefined && (await isFile(path))) {
      for (const earlier of earlierTexts()) if (await isText(path, Buffer.from(earlier))) return false;
    }
    const temporary = temporaryPath(folder);
    try {
      await writeFile(temporary, bytes, { flush: true });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return true;
  });
}

/** A link does not count: it is replaced, and what it leads to stays as it is. */
async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isFile() === true;
}

async function isText(path: string, bytes: Buffer): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size !== bytes.length) return false;
  return (await readFile(path)).equals(bytes);
}

/** Writes and removes an empty file; fails like later writes to the folder would. */
export async function proveWritable(folder: string): Promise<void> {
  const temporary = temporaryPath(folder);
  await writeFile(temporary, '');
  await rm(temporary, { force: true });
}

/** Runs work that writes to the folder and translates its system errors for a producer. */
export async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (error instanceof PipelineError || code === undefined) throw error;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    if (full && (await lacksInodes(folder))) throw inodesError(`of ${folder}`, error);
    throw new PipelineError({
      code: full ? 'disk-full' : 'store-unwritable',
      message: full
        ? `The disk of ${folder} is full. Everything made so far is kept in the store. Free some space and run again.`
        : code === 'EISDIR' || code === 'ENOTEMPTY'
          ? `In ${folder} a folder has the name of a file to deliver. Rename it, or choose another folder with --out.`
          : `The folder ${folder} cannot be written (${code}). Choose another folder with --out, or change its permissions.`,
      retry: 'never',
      cause: error,
    });
  }
}

/** Whether the file exists with its size and time, or with its content. */
export async function isDelivered({
  path,
  file,
  madeAt,
}: {
  path: string;
  file: BlobRef;
  madeAt: Date;
}): Promise<boolean> {
  // A link to the right content is no delivered file.
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size !== file.byteLength) return false;
  if (Math.abs(found.mtimeMs - madeAt.getTime()) < 1) return true;
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex') === file.digest;
}

function temporaryPath(folder: string): string {
  return join(folder, `.delivering-${temporaryName()}`);
}
