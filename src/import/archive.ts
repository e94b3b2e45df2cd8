import { unzipSync } from 'fflate';
import type { ImportProblem } from './imported.ts';

/** The files of a ZIP archive, each unpacked when it is asked for. Nothing is ever written under an archive's own names. */
export interface Archive {
  names: readonly string[];
  /** The file's bytes; undefined when there is none of that name. Throws `ArchiveDamaged` for one that can not be unpacked. */
  bytes(name: string): Uint8Array | undefined;
  /** As `bytes`, decoded as UTF-8 (or UTF-16 by its byte order mark), without a byte order mark. */
  text(name: string): string | undefined;
}

/** Most of one manuscript file, packed. */
export const MANUSCRIPT_BYTES = 256 * 1024 * 1024;
/** Bounds of what is unpacked: a long novel has 3 MB of markup and, at most, some large pictures. */
const FILE_BYTES = 64 * 1024 * 1024;
const ALL_BYTES = 512 * 1024 * 1024;
const MOST_FILES = 20_000;

/** A file of an archive that can not be unpacked: truncated, damaged, or packed in a way that no reader supports. */
export class ArchiveDamaged extends Error {}

/**
 * Opens a ZIP archive. Sizes are bounded before anything is unpacked: each file gets a buffer of the size it claims, so
 * that a bomb can not grow beyond its claim, and a claim beyond the bounds is refused.
 */
export function openArchive(bytes: Uint8Array): Archive | { problem: ImportProblem } {
  const sizes = new Map<string, number>();
  let total = 0;
  try {
    unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (sizes.size <= MOST_FILES) sizes.set(name, originalSize);
        total += originalSize;
        return false;
      },
    });
  } catch {
    const message = 'This archive is damaged: it has no readable list of its files.';
    return { problem: { code: 'archive-damaged', message, fix: 'Copy or download the file again.' } };
  }
  const largest = Math.max(0, ...sizes.values());
  if (sizes.size > MOST_FILES || total > ALL_BYTES || largest > FILE_BYTES) {
    const message = 'This archive unpacks to more than any book has.';
    return {
      problem: { code: 'archive-too-large', message, fix: 'Make sure that it is the book, and export it anew.' },
    };
  }
  const read = (name: string): Uint8Array | undefined => (sizes.has(name) ? unpack(bytes, name) : undefined);
  return {
    names: [...sizes.keys()],
    bytes: read,
    text(name) {
      const content = read(name);
      return content && new TextDecoder(encodingOf(content)).decode(content);
    },
  };
}

function unpack(bytes: Uint8Array, wanted: string): Uint8Array {
  try {
    let found = false;
    const files = unzipSync(bytes, {
      // The first of two equal names: what the list of files says twice is not unpacked twice.
      filter: ({ name }) => {
        if (found || name !== wanted) return false;
        found = true;
        return true;
      },
    });
    const content = files[wanted];
    if (content) return content;
  } catch {
    // Said below, in words for the author.
  }
  throw new ArchiveDamaged(`"${wanted}" in this archive can not be unpacked.`);
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
