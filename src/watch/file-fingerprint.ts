/** How a book's files look from outside: sizes, times and numbers, without reading them. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { realpathInAnyForm } from '../book/any-form.ts';

/** A look at the files of one book. */
export interface Look {
  /** Equal for two looks when nothing has changed between them. */
  signature: string;
  /** The manifest or archive itself is not there. */
  gone: boolean;
  /** Files that it names and that are not there, or may not be read. */
  missing: string[];
}

/** Files looked at together. */
const AT_ONCE = 16;

/** Looks at a manifest (or archive) and the files that it names. Never rejects: what can not be looked at is missing. */
export async function lookAt(
  path: string,
  references: readonly string[],
  factsOf: (path: string) => Promise<string | undefined> = diskFingerprint,
): Promise<Look> {
  const own = await factsOf(path);
  if (own === undefined) return { signature: '', gone: true, missing: [] };
  const hash = createHash('sha256').update(own);
  const missing: string[] = [];
  for (let start = 0; start < references.length; start += AT_ONCE) {
    const slice = references.slice(start, start + AT_ONCE);
    const facts = await Promise.all(slice.map(async (file) => (await factsOf(file)) ?? factsOfTwin(file, factsOf)));
    for (const [index, fact] of facts.entries()) {
      const file = slice[index] as string;
      // Not where the folder is on this machine: another watcher may see it elsewhere.
      hash.update(`\n${relative(dirname(path), file)} ${fact ?? 'missing'}`);
      if (fact === undefined) missing.push(file);
    }
  }
  return { signature: hash.digest('hex').slice(0, 32), gone: false, missing };
}

/** Size, time, number and rights of a file; undefined when it is not there, or no file. Never rejects. */
export async function diskFingerprint(path: string): Promise<string | undefined> {
  try {
    const about = await stat(path);
    if (about.isDirectory()) return undefined;
    return `${about.size} ${about.mtimeMs} ${about.ino} ${about.mode & 0o444}`;
  } catch {
    return undefined;
  }
}

/** The same name in another normal form of Unicode (a copy from a Mac), which the book's reader finds as well. */
async function factsOfTwin(
  path: string,
  factsOf: (path: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const twin = await realpathInAnyForm(path).catch(() => undefined);
  return twin === undefined ? undefined : factsOf(twin);
}
