/**
 * Finds files whose names differ only in Unicode normalization: Macs decompose é, most keyboards compose it, so a copied
 * manifest may use another form than the disk.
 */
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../errors.ts';

/**
 * The real path of a file, or of one whose name differs only in Unicode normalization. Rejects like `realpath`, with the
 * error for the given path.
 */
export async function unicodeRealpath(path: string): Promise<string> {
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
    const folder = await unicodeRealpath(parent);
    const wanted = basename(path).normalize('NFC');
    const twin = (await readdir(folder)).find((name) => name.normalize('NFC') === wanted);
    return twin === undefined ? undefined : await realpath(join(folder, twin));
  } catch {
    return undefined;
  }
}
