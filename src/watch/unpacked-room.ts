/**
 * The room for unpacked archives, which all watchers share that unpack into one folder: beside each unpacked archive is a note of
 * its size. A note is there before its archive, so what watchers unpack at the same time counts too.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { ownerOf, removeAbandoned } from '../holders/abandoned.ts';
import { makeFolder } from '../store/make-folder.ts';
import { ARCHIVE_BOUNDS } from './unpack-zip.ts';

/** Most bytes of the unpacked files of all archives that wait or are spoken. */
const MOST_BYTES = 8 * 1024 ** 3;
/** What belongs to a watcher that cannot be judged is removed when it has not changed for so long, in milliseconds. */
const ABANDONED_AFTER_MS = 7 * 24 * 60 * 60 * 1000;
const NOTE = '.bytes';

/**
 * Takes room for an archive that is unpacked into `workFolder/<name>`, instead of what that name had. False when others need it: what
 * the name had is removed then. `mostBytes`: default 8 GiB. Rejects with the system's error.
 */
export async function takeRoom(of: {
  workFolder: string;
  name: string;
  bytes: number;
  mostBytes?: number;
}): Promise<boolean> {
  const { workFolder, name, bytes, mostBytes = MOST_BYTES } = of;
  await makeFolder(workFolder);
  await writeFile(join(workFolder, `${name}${NOTE}`), String(bytes));
  // Of two that take the last room at once, each sees the other's note.
  if ((await usedBytes(workFolder)) <= mostBytes) return true;
  await giveRoom(of);
  await removeUnneeded(workFolder);
  return false;
}

/** Removes what was unpacked under the name, and its note. */
export async function giveRoom({ workFolder, name }: { workFolder: string; name: string }): Promise<void> {
  await rm(join(workFolder, name), { recursive: true, force: true });
  await rm(join(workFolder, `${name}${NOTE}`), { force: true });
}

/** Removes what watchers left that were killed. Never rejects. */
export async function removeUnneeded(workFolder: string): Promise<void> {
  const isTemporary = (name: string): boolean => name.startsWith('.unpacking-') || ownerOf(name) !== undefined;
  await removeAbandoned(workFolder, { afterMs: ABANDONED_AFTER_MS, isTemporary }).catch(() => undefined);
}

async function usedBytes(workFolder: string): Promise<number> {
  let sum = 0;
  for (const name of await readdir(workFolder))
    if (name.endsWith(NOTE)) sum += await notedBytes(join(workFolder, name));
  return sum;
}

async function notedBytes(path: string): Promise<number> {
  try {
    const text = await readFile(path, 'utf8');
    // It is being written: as much as an archive may have.
    return /^\d+$/.test(text) ? Number(text) : ARCHIVE_BOUNDS.allBytes;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
