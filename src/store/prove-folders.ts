/** Proves, before anything is paid for, that every folder of a store on disk takes files. */
import type { Dirent } from 'node:fs';
import { access, constants, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { temporaryName } from '../holders/abandoned.ts';
import { guard } from './disk-failure.ts';

/** How kinds of records are named, unlike what a file manager leaves. */
const KIND = /^[a-z][a-z-]*$/;

/**
 * Moves a file from tmp/ into each folder and back, as results are moved: a folder may be mounted, read-only, or of
 * another user. Folders that do not exist yet are proven by their parents; of the many folders below blobs/ and each kind
 * of record only the permissions are read. Fails with `store-unwritable`, which names the folder, or `disk-full`.
 */
export async function proveFolders(root: string, { workFolder }: { workFolder: string }): Promise<void> {
  const temporary = join(root, 'tmp', temporaryName());
  const records = join(root, 'records');
  await guard(workFolder, async () => {
    const inWork = join(workFolder, temporaryName());
    await writeFile(inWork, '', { flag: 'wx' });
    await rm(inWork, { force: true });
  });
  await guard(join(root, 'tmp'), () => writeFile(temporary, '', { flag: 'wx' }));
  try {
    const kinds = (await entriesOf(records)).filter(({ name }) => KIND.test(name));
    const parents = [join(root, 'blobs'), ...kinds.map(({ name }) => join(records, name))];
    for (const folder of [root, records, ...parents]) await proveFolder(folder, temporary);
    for (const folder of parents) await proveSubfolders(folder);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function proveFolder(folder: string, temporary: string): Promise<void> {
  const path = join(folder, temporaryName());
  await guard(folder, async () => {
    try {
      await rename(temporary, path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return;
      throw error;
    }
    await rename(path, temporary);
  });
}

async function proveSubfolders(folder: string): Promise<void> {
  const folders = (await entriesOf(folder)).filter((entry) => entry.isDirectory());
  await Promise.all(
    folders.map(({ name }) => {
      const path = join(folder, name);
      return guard(path, () => access(path, constants.W_OK | constants.X_OK));
    }),
  );
}

/** Nothing for a folder that does not exist. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return guard(folder, async () => {
    try {
      return await readdir(folder, { withFileTypes: true });
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  });
}
