/** The files that a manifest names, found by reading the manifest alone. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { MANIFEST_BYTES, parseManifest } from '../manifest/parse.ts';
import { reviewPath } from '../review/review.ts';
import { isInside } from './edit/author-file.ts';
import { readReviewFile } from './review-file.ts';

/** The result of a first, cheap reading of a manifest. */
export interface References {
  /** Absolute paths of the files that it names and that are inside its folder. */
  files: readonly string[];
  /** Files that belong to it when they are there: its review file, and the recordings that this names inside its folder. */
  optional: readonly string[];
  /** The book's language, as the manifest has it. */
  language: string | undefined;
  title: string | undefined;
  /** It has at least one group of a manifest; a word list, which is YAML too, has none. */
  looksLikeManifest: boolean;
}

/** A manifest that names no files. */
export const NO_REFERENCES: References = {
  files: [],
  optional: [],
  language: undefined,
  title: undefined,
  looksLikeManifest: true,
};

/** Reads the names in the manifest at `path`; in an invalid one, those that can be found. Undefined when it cannot be read. */
export async function readReferences(path: string): Promise<References | undefined> {
  let bytes: Uint8Array;
  try {
    if ((await stat(path)).size > MANIFEST_BYTES) return NO_REFERENCES;
    bytes = await readFile(path);
  } catch {
    return undefined;
  }
  const { manifest, draft, text } = parseManifest({ file: path, bytes });
  const readable = manifest ?? draft?.manifest;
  const looksLikeManifest = readable !== undefined || /^\s*["']?(book|characters|chapters)["']?\s*:/m.test(text ?? '');
  const optional = looksLikeManifest ? await filesOfReview(path) : [];
  if (readable === undefined) return { ...NO_REFERENCES, optional, looksLikeManifest };
  const folder = dirname(path);
  const files = [...new Set([...pathsIn(readable)].map((name) => resolve(folder, name)))].filter((file) =>
    isInside(file, folder),
  );
  return { files, optional, language: readable.language, title: readable.title || undefined, looksLikeManifest };
}

async function filesOfReview(manifestPath: string): Promise<string[]> {
  const folder = dirname(manifestPath);
  const read = await readReviewFile(manifestPath).catch(() => undefined);
  const recordings = (read?.review?.lines ?? []).flatMap(({ recording }) =>
    recording === undefined ? [] : [resolve(folder, recording)],
  );
  return [reviewPath(manifestPath), ...new Set(recordings.filter((file) => isInside(file, folder)))];
}

/**
 * Every file reference in a parsed manifest, recognized by its shape (a path and its position), so that new fields of the
 * manifest need no change here.
 */
function* pathsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  if ('path' in value && 'at' in value && typeof value.path === 'string') yield value.path;
  else for (const inner of Object.values(value)) yield* pathsIn(inner);
}
