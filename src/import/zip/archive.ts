import { inflateSync, unzipSync } from 'fflate';
import { decodeMarkup } from '../encoding.ts';
import type { ImportProblem } from '../imported.ts';
import { type ArchiveEntry, findDirectory, readEntries, TAIL_BYTES } from './zip-directory.ts';

/** The files of a ZIP archive, each unpacked on demand. Nothing is ever written under names from the archive. */
export interface Archive {
  names: readonly string[];
  /** The file's bytes; undefined for a missing file. Throws `ArchiveDamaged` for a file that cannot be unpacked. */
  bytes(name: string): Uint8Array | undefined;
  /** As `bytes`, decoded as the file declares, without a byte order mark. */
  text(name: string): string | undefined;
  /** The name of a file that is listed so, or with other case or another Unicode form when no name is equal. */
  find(name: string): string | undefined;
}

/** Largest manuscript file, packed. */
export const MANUSCRIPT_BYTES = 256 * 1024 * 1024;
/** Limits of the unpacked sizes: a long novel has 3 MB of markup and perhaps some large images. */
const FILE_BYTES = 64 * 1024 * 1024;
const ALL_BYTES = 512 * 1024 * 1024;
const MOST_FILES = 20_000;

/** A file of an archive that cannot be unpacked: truncated, damaged, or packed in an unsupported way. */
export class ArchiveDamaged extends Error {}

/**
 * Opens a ZIP archive. Checks the declared sizes before unpacking: each file gets a buffer of its declared size, so a ZIP
 * bomb cannot exceed it, and declared sizes beyond the limits are refused.
 */
export function openArchive(bytes: Uint8Array): Archive | { problem: ImportProblem } {
  const sizes = new Map<string, number>();
  /** Place in the archive's list, by name; of two equal names the first. */
  const places = new Map<string, number>();
  let count = 0;
  let total = 0;
  try {
    unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (sizes.size <= MOST_FILES) sizes.set(name, originalSize);
        if (!places.has(name) && count <= MOST_FILES) places.set(name, count);
        count++;
        total += originalSize;
        return false;
      },
    });
  } catch {
    const message = 'This archive is damaged: its file list cannot be read.';
    return { problem: { code: 'archive-damaged', message, fix: 'Copy or download the file again.' } };
  }
  const largest = Math.max(0, ...sizes.values());
  if (count > MOST_FILES || total > ALL_BYTES || largest > FILE_BYTES) {
    const message = 'This archive unpacks to more data than any book has.';
    return {
      problem: { code: 'archive-too-large', message, fix: 'Make sure that it is the book, and export it again.' },
    };
  }
  const entries = entriesOf(bytes, count);
  if (entries?.some(({ encrypted, bytes: size }) => encrypted && size > 0)) {
    const message = 'This archive is protected by a password.';
    return { problem: { code: 'protected', message, fix: 'Unpack it with the password and import the book inside.' } };
  }
  const read = (name: string): Uint8Array | undefined => {
    const place = places.get(name);
    return place === undefined ? undefined : (unpackEntry(bytes, entries?.[place]) ?? unpack(bytes, name));
  };
  return {
    names: [...sizes.keys()],
    bytes: read,
    text(name) {
      const content = read(name);
      return content && decodeMarkup(content);
    },
    find: nameFinder(sizes),
  };
}

function nameFinder(names: ReadonlyMap<string, unknown>): Archive['find'] {
  let folded: Map<string, string> | undefined;
  const fold = (name: string): string => name.normalize('NFKC').toLowerCase().replaceAll('\\', '/');
  return (name) => {
    if (names.has(name)) return name;
    if (folded === undefined) {
      folded = new Map();
      for (const one of names.keys()) {
        // Programs on macOS write UTF-8 without saying so, and then it is read as Latin-1.
        for (const key of [fold(one), fold(Buffer.from(one, 'latin1').toString())])
          if (!folded.has(key)) folded.set(key, one);
      }
      // Some programs write names as links do: "a%20b.xhtml".
      for (const one of names.keys())
        if (one.includes('%')) folded.set(fold(decoded(one)), folded.get(fold(decoded(one))) ?? one);
    }
    return folded.get(fold(name));
  };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The archive's list; undefined for one with 64-bit fields, whose files are searched one by one. */
function entriesOf(bytes: Uint8Array, count: number): ArchiveEntry[] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const place = findDirectory(buffer.subarray(Math.max(0, buffer.length - TAIL_BYTES)));
  if (place === undefined || place.count !== count) return undefined;
  return readEntries(buffer.subarray(place.offset, place.offset + place.byteLength), count);
}

/** Unpacks a file at its place, without a search of the list; undefined when that does not work. */
function unpackEntry(bytes: Uint8Array, entry: ArchiveEntry | undefined): Uint8Array | undefined {
  if (entry === undefined || entry.bytes > FILE_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { offset, packedBytes, method } = entry;
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== 0x04034b50) return undefined;
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const packed = bytes.subarray(start, start + packedBytes);
  if (packed.length !== packedBytes) return undefined;
  try {
    if (method === 0) return packed.length === entry.bytes ? packed : undefined;
    return method === 8 ? inflateSync(packed, { out: new Uint8Array(entry.bytes) }) : undefined;
  } catch {
    return undefined;
  }
}

function unpack(bytes: Uint8Array, wanted: string): Uint8Array {
  try {
    let found = false;
    const files = unzipSync(bytes, {
      // Of two equal names only the first is unpacked.
      filter: ({ name }) => {
        if (found || name !== wanted) return false;
        found = true;
        return true;
      },
    });
    const content = files[wanted];
    if (content) return content;
  } catch {
    // Reported below.
  }
  throw new ArchiveDamaged(`"${wanted}" in this archive cannot be unpacked.`);
}
