/**
 * The central directory of a ZIP archive, read as untrusted input. Format: PKWARE APPNOTE 6.3.10, sections 4.3.12 and 4.3.16.
 * ZIP64 is not supported: archives that need it exceed the limits.
 */

/** A file in an archive. */
export interface ArchiveEntry {
  /** With `/` between the parts. */
  name: string;
  isFolder: boolean;
  isLink: boolean;
  encrypted: boolean;
  /** 0: stored, 8: deflated; others are not supported. */
  method: number;
  crc32: number;
  packedBytes: number;
  bytes: number;
  /** Offset of its local header. */
  offset: number;
}

/** Longest part of the end that must be searched: the end record and a comment. */
export const TAIL_BYTES = 22 + 65_535;

/** The position of the central directory; undefined when the archive has no end record (yet). */
export function findDirectory(tail: Buffer): { offset: number; byteLength: number; count: number } | undefined {
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50) continue;
    return {
      count: tail.readUInt16LE(at + 10),
      byteLength: tail.readUInt32LE(at + 12),
      offset: tail.readUInt32LE(at + 16),
    };
  }
  return undefined;
}

/** The entries of a central directory; undefined when it is damaged. */
export function readEntries(list: Buffer, count: number): ArchiveEntry[] | undefined {
  const entries: ArchiveEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > list.length || list.readUInt32LE(at) !== 0x02014b50) return undefined;
    const flags = list.readUInt16LE(at + 8);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => list.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const end = at + 46 + nameBytes + extraBytes + commentBytes;
    if (end > list.length) return undefined;
    const name = nameOf(list.subarray(at + 46, at + 46 + nameBytes), (flags & 0x800) !== 0);
    const madeByUnix = list.readUInt16LE(at + 4) >> 8 === 3;
    const unixMode = list.readUInt32LE(at + 38) >>> 16;
    entries.push({
      name,
      isFolder: name.endsWith('/'),
      isLink: madeByUnix && (unixMode & 0o170000) === 0o120000,
      encrypted: (flags & 1) !== 0,
      method: list.readUInt16LE(at + 10),
      crc32: list.readUInt32LE(at + 16),
      packedBytes: list.readUInt32LE(at + 20),
      bytes: list.readUInt32LE(at + 24),
      offset: list.readUInt32LE(at + 42),
    });
    at = end;
  }
  return entries;
}

/**
 * A name without the UTF-8 flag is UTF-8 anyway if it is valid UTF-8 (macOS); otherwise Windows wrote it in the system's
 * encoding, which on a Chinese system is GBK. Old Windows programs separate folders with backslashes.
 */
function nameOf(bytes: Buffer, isUtf8: boolean): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: !isUtf8 }).decode(bytes);
  } catch {
    name = new TextDecoder('gb18030').decode(bytes);
  }
  return name.replaceAll('\\', '/');
}
