/** The files that a manifest names: they belong to the drop and must be complete before the book starts. */
import { type References as BookReferences, readReferences as readInPlace } from '../book/references.ts';
import type { StatusLanguage } from './messages.ts';
import { statusLanguage } from './messages.ts';

/** The result of a first, cheap reading of a manifest. */
export interface References extends Omit<BookReferences, 'language'> {
  /** Language of its status texts. */
  language: StatusLanguage;
}

/** Reads the names in the manifest at a path; undefined when it cannot be read. */
export type ReadReferences = (path: string) => Promise<BookReferences | undefined>;

/** A drop that names no files. */
export const NO_REFERENCES: References = {
  files: [],
  optional: [],
  language: 'en',
  title: undefined,
  looksLikeManifest: true,
};

/** Reads the names in the manifest at `path`, with `read` (default: in this thread). Undefined when it cannot be read. */
export async function readReferences(
  path: string,
  read: ReadReferences = readInPlace,
): Promise<References | undefined> {
  const found = await read(path);
  return found && { ...found, language: statusLanguage(found.language) };
}
