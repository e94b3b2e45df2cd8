/** Creates folders with their parents. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../errors.ts';

/**
 * Creates a folder and its missing parents; does nothing when it exists. Not Node's own `recursive`, which never ends
 * below /proc, where a folder can neither be created nor is reported as missing, and says ENOENT for a disk that takes no more files.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = systemCode(error);
    // A file of that name fails at the first use of the folder, with a better message.
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path).catch((again: unknown) => {
      if (systemCode(again) !== 'EEXIST') throw again;
    });
  }
}
