/**
 * Finding a file by what a person reads: Unicode writes é in two ways, Macs decompose names, most keyboards compose them, and
 * a manifest copied between the two names its files in the other form than the disk.
 */
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../errors.ts';

/**
 * The real path of a file, or of the one whose name differs from it only in its normal form. Rejects as `realpath` does, with
 * the error for the path as it was given.
 */
export async function realpathInAnyForm(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const twin = systemCode(error) === 'ENOENT' && NOT_ASCII.test(path) ? await twinOf(path) : undefined;
    if (twin === undefined) throw error;
    return twin;
  }
}

const NOT_ASCII = /[^\x20-\x7e]/;

async function twinOf(path: string): Promise<string | undefined> {
  const parent = dirname(path);
  if (parent === path) return undefined;
  try {
    const folder = await realpathInAnyForm(parent);
    const wanted = basename(path).normalize('NFC');
    const twin = (await readdir(folder)).find((name) => name.normalize('NFC') === wanted);
    return twin === undefined ? undefined : await realpath(join(folder, twin));
  } catch {
    return undefined;
  }
}
