/** Small files of ours: whole or not at all, and read as missing when they are damaged. */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openRecord, sealRecord } from '../store/record-seal.ts';

/**
 * Writes a text beside its place and renames it. `via` is the folder of the file that is written first; it must be on
 * the same disk, and keeps half-written files out of sight. `flush`: it must outlive a power cut.  Rejects as the file system does.
 */
export async function writeAtomically(
  path: string,
  text: string,
  { via: viaFolder = dirname(path), flush = true }: { via?: string; flush?: boolean } = {},
): Promise<void> {
  const temporary = join(viaFolder, `.writing-${randomUUID()}`);
  try {
    await writeFile(temporary, text, { flush });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Writes a value with a seal. `flush` as in `writeWhole`. Rejects as the file system does. */
export async function writeSealed(path: string, value: object, { flush = true } = {}): Promise<void> {
  await writeAtomically(path, sealRecord(value), { flush });
}

/** What was sealed; undefined when there is nothing, or nothing whole. */
export async function readSealed(path: string): Promise<unknown> {
  try {
    return openRecord(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Names in a folder; none when it is not there. */
export async function listNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

/** Removes a file of ours, if it is there and the folder lets us. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/** Removes what a crash left while it wrote. For the start, when nobody else writes into the folder. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await listNames(folder)) {
    if (/^\.writing-[0-9a-f-]{36}$/.test(basename(name))) await removeFile(join(folder, name));
  }
}
