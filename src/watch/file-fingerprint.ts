/** How a book's files look from outside: sizes, times and numbers, without reading them. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { realpathInAnyForm } from '../book/any-form.ts';

/** A look at the files of one book. */
export interface BookFingerprint {
  /** Equal for two looks when nothing has changed between them. */
  signature: string;
  /** The manifest or archive itself is not there. */
  gone: boolean;
  /** Files that it names and that are not there, or may not be read. */
  missing: string[];
}

/** Files looked at together. */
const CONCURRENT_STATS = 16;

/** Looks at a manifest (or archive) and the files that it names. Never rejects: what can not be looked at is missing. */
export async function fingerprintBook(
  path: string,
  references: readonly string[],
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
      // Not where the folder is on this machine: another watcher may see it elsewhere.
      hash.update(`\n${relative(dirname(path), file)} ${fingerprint ?? 'missing'}`);
      if (fingerprint === undefined) missing.push(file);
    }
  }
  return { signature: hash.digest('hex').slice(0, 32), gone: false, missing };
}

/** Size, time, number and rights of a file; undefined when it is not there, or no file. Never rejects. */
export async function diskFingerprint(path: string): Promise<string | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return undefined;
    return `${stats.size} ${stats.mtimeMs} ${stats.ino} ${stats.mode & 0o444}`;
  } catch {
    return undefined;
  }
}

/** The same name in another normal form of Unicode (a copy from a Mac), which the book's reader finds as well. */
async function fingerprintInOtherForm(
  path: string,
  fingerprintOf: (path: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const otherForm = await realpathInAnyForm(path).catch(() => undefined);
  return otherForm === undefined ? undefined : fingerprintOf(otherForm);
}
