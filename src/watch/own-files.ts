/** The program's own small files: written atomically, and read as missing when they are damaged. */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeAbandoned, temporaryName } from '../holders/abandoned.ts';
import { sealRecord, unsealRecord } from '../store/record-seal.ts';

/**
 * Writes a text to a temporary file and renames it. `temporaryFolder` must be on the same disk; it keeps
 * half-written files out of sight. `flush`: the file must survive a power cut. Rejects with the file system's error.
 */
export async function writeAtomically(
  path: string,
  text: string,
  { temporaryFolder = dirname(path), flush = true }: { temporaryFolder?: string; flush?: boolean } = {},
): Promise<void> {
  const temporary = join(temporaryFolder, `.writing-${temporaryName()}`);
  try {
    await writeFile(temporary, text, { flush });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Writes a value with a checksum. `flush` as in `writeAtomically`. Rejects with the file system's error. */
export async function writeSealed(path: string, value: object, { flush = true } = {}): Promise<void> {
  await writeAtomically(path, sealRecord(value), { flush });
}

/** Reads a value that `writeSealed` wrote; undefined when there is no file or it is damaged. */
export async function readSealed(path: string): Promise<unknown> {
  try {
    return unsealRecord(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Names in a folder; none when it does not exist. */
export async function listNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

/** Removes a file. Never rejects. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/** A temporary file that nobody has changed for so long was left by a crash, even if that cannot be proved. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** Removes temporary files that a crash left. Rejects when the folder cannot be read. */
export async function removeLeftovers(folder: string): Promise<void> {
  await removeAbandoned(folder, {
    afterMs: ABANDONED_AFTER_MS,
    isTemporary: (name) => /^\.writing-[\w-]+$/.test(name),
  });
}
