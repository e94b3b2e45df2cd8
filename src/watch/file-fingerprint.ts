/** The fingerprint of a book: sizes, times and inode numbers of its files, without reading them. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { unicodeRealpath } from '../book/unicode-realpath.ts';
import type { References } from './references.ts';

/** The fingerprint of one book's files. */
export interface BookFingerprint {
  /** Equal as long as no file changes. */
  signature: string;
  /** The manifest or archive itself is missing. */
  gone: boolean;
  /** Files that it names and that are missing or cannot be read. */
  missing: string[];
}

/** Files examined at once. */
const CONCURRENT_STATS = 16;

/**
 * The fingerprint of a manifest (or archive) and the files that it names. Files that are `optional` and not there leave it as if
 * there were no mention of them. Never rejects: an unreadable file is missing.
 */
export async function fingerprintBook(
  path: string,
  { files: references, optional }: Pick<References, 'files' | 'optional'>,
  fingerprintOf: (path: string) => Promise<string | undefined> = diskFingerprint,
): Promise<BookFingerprint> {
  const own = await fingerprintOf(path);
  if (own === undefined) return { signature: '', gone: true, missing: [] };
  const hash = createHash('sha256').update(own);
  const missing: string[] = [];
  for (let start = 0; start < references.length; start += CONCURRENT_STATS) {
    const slice = references.slice(start, start + CONCURRENT_STATS);
    const fingerprints = await Promise.all(
      slice.map(async (file) => (await fingerprintOf(file)) ?? fingerprintInOtherForm(file, fingerprintOf)),
    );
    for (const [index, fingerprint] of fingerprints.entries()) {
      const file = slice[index] as string;
      // Relative paths: another machine may have the folder at another place.
      hash.update(`\n${relative(dirname(path), file)} ${fingerprint ?? 'missing'}`);
      if (fingerprint === undefined) missing.push(file);
    }
  }
  for (const file of optional) {
    const fingerprint = await fingerprintOf(file);
    if (fingerprint !== undefined) hash.update(`\n${relative(dirname(path), file)} ${fingerprint}`);
  }
  return { signature: hash.digest('hex').slice(0, 32), gone: false, missing };
}

/** Size, time, inode number and read permissions of a file; undefined when it is missing or a folder. Never rejects. */
export async function diskFingerprint(path: string): Promise<string | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return undefined;
    return `${stats.size} ${stats.mtimeMs} ${stats.ino} ${stats.mode & 0o444}`;
  } catch {
    return undefined;
  }
}

/** The same name in another Unicode normalization form, as in a copy from a Mac; reading the book finds that file too. */
async function fingerprintInOtherForm(
  path: string,
  fingerprintOf: (path: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const otherForm = await unicodeRealpath(path).catch(() => undefined);
  return otherForm === undefined ? undefined : fingerprintOf(otherForm);
}
