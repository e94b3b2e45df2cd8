/** The folder for intermediate files, and unique names in it. */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { guard } from './disk-failure.ts';
import { removeStaleFiles } from './disk-format.ts';
import { makeFolder } from './make-folder.ts';

/** Creates the folder for intermediate files, and removes old files that crashes left in it. */
export async function openWorkFolder(folder: string): Promise<void> {
  await guard(folder, async () => {
    await makeFolder(folder);
    await removeStaleFiles(folder);
  });
}

/** A new empty folder below `root`, which must exist. */
export async function newWorkFolder(root: string): Promise<string> {
  const folder = join(root, temporaryName());
  await guard(root, () => mkdir(folder));
  return folder;
}

/** A unique name that shows which process made it. */
export function temporaryName(): string {
  return `${process.pid}-${randomUUID()}`;
}
