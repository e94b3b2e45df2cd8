/** Single files into the delivery folder: whole or not at all, and left alone when they are right already. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';
import type { BlobRef, Store } from '../store/store.ts';

/** What we write before renaming; also how a crash's leftovers are known. */
export const TEMPORARY = /^\.delivering-[0-9a-f-]{36}$/;

/**
 * Puts a blob at `path`. A file that is there with its size and time, or else with its content, is not touched. Answers
 * whether it was written. Fails with `store-unwritable`, `disk-full` or `store-damaged`.
 */
export async function deliverStored(of: {
  store: Store;
  file: BlobRef;
  folder: string;
  name: string;
  /** Becomes the file's time, so that the next look is quick. */
  madeAt: Date;
}): Promise<boolean> {
  const { store, file, folder, name, madeAt } = of;
  const path = join(folder, name);
  if (await isDelivered({ path, file, madeAt })) return false;
  await deliverWritten({ folder, path, madeAt, write: (temporary) => store.copyOut(file.digest, temporary) });
  return true;
}

/** Puts bytes at `path`, whole or not at all, with that time. */
export async function deliverBytes(of: {
  bytes: Uint8Array;
  folder: string;
  path: string;
  madeAt: Date;
}): Promise<void> {
  await deliverWritten({ ...of, write: (temporary) => writeFile(temporary, of.bytes, { flush: true }) });
}

/**
 * Has a file written under a temporary name and then renames it to `path`; when `write` rejects, nothing is left. Fails as
 * `write` does, its system errors told as `inFolder` tells them.
 */
export async function deliverWritten(of: {
  folder: string;
  path: string;
  madeAt: Date;
  write(temporary: string): Promise<void>;
}): Promise<void> {
  const { folder, path, madeAt, write } = of;
  await inFolder(folder, async () => {
    const temporary = temporaryPath(folder);
    try {
      await write(temporary);
      await utimes(temporary, madeAt, madeAt);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** Puts a text at a name, in UTF-8. A file that holds it already is not touched. Answers whether it was written. */
export async function deliverText(of: { text: string | Uint8Array; folder: string; name: string }): Promise<boolean> {
  const { folder, name } = of;
  const bytes = Buffer.from(of.text);
  return inFolder(folder, async () => {
    const path = join(folder, name);
    const before = await readFile(path).catch(() => undefined);
    if (before?.equals(bytes)) return false;
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

/** Writes and removes an empty file; fails as the folder's later writes would. */
export async function proveWritable(folder: string): Promise<void> {
  const temporary = temporaryPath(folder);
  await writeFile(temporary, '');
  await rm(temporary, { force: true });
}

/** Runs work that writes into the folder, and tells its system errors as what they mean to a producer. */
export async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (error instanceof PipelineError || code === undefined) throw error;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new PipelineError({
      code: full ? 'disk-full' : 'store-unwritable',
      message: full
        ? `The disk of ${folder} is full. What was made is kept in the store: free some space and run again.`
        : code === 'EISDIR' || code === 'ENOTEMPTY'
          ? `In ${folder} there is a folder where a file belongs. Rename it, or choose another place with --out.`
          : `The folder ${folder} can not be written (${code}). Choose another with --out, or change its permissions.`,
      retry: 'never',
      cause: error,
    });
  }
}

/** Whether a file is there with its size and time, or else with its content. */
export async function isDelivered({
  path,
  file,
  madeAt,
}: {
  path: string;
  file: BlobRef;
  madeAt: Date;
}): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size !== file.byteLength) return false;
  if (Math.abs(found.mtimeMs - madeAt.getTime()) < 1) return true;
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex') === file.digest;
}

function temporaryPath(folder: string): string {
  return join(folder, `.delivering-${randomUUID()}`);
}
