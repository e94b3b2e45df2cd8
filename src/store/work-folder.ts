/** The folder for intermediate files. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeAbandoned, temporaryName } from '../holders/abandoned.ts';
import { guard } from './disk-failure.ts';
import { makeFolder } from './make-folder.ts';

/** What cannot be proved to be a crashed process's is removed when it has not changed for a day. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** Creates the folder for intermediate files, and removes those that crashes left in it. */
export async function openWorkFolder(folder: string): Promise<void> {
  await guard(folder, async () => {
    await makeFolder(folder);
    await removeLeftovers(folder);
  });
}

/** Removes what crashed processes left in a folder of intermediate files. Rejects when the folder cannot be read. */
export async function removeLeftovers(folder: string): Promise<void> {
  await removeAbandoned(folder, { afterMs: ABANDONED_AFTER_MS });
}

/** A new empty folder below `root`, which must exist. */
export async function newWorkFolder(root: string): Promise<string> {
  const folder = join(root, temporaryName());
  await guard(root, () => mkdir(folder));
  return folder;
}
