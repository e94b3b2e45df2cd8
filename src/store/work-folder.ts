/** The folder for intermediate files, and unique names in it. */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { guard } from './disk-failure.ts';
import { sweep } from './disk-format.ts';
import { makeFolder } from './make-folder.ts';

/** Makes the folder for intermediate files, and clears what crashes left in it. */
export async function openWorkFolder(folder: string): Promise<void> {
  await guard(folder, async () => {
    await makeFolder(folder);
    await sweep(folder);
  });
}

/** A new empty folder below `root`, which is there. */
export async function newWorkFolder(root: string): Promise<string> {
  const folder = join(root, temporaryName());
  await guard(root, () => mkdir(folder));
  return folder;
}

/** A name that nobody else uses, and that tells whose it was. */
export function temporaryName(): string {
  return `${process.pid}-${randomUUID()}`;
}
