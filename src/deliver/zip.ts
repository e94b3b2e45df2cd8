/**
 * Writes a ZIP archive with sizes and checksums in the local headers. Streaming libraries write them after the data, which many
 * EPUB readers refuse for uncompressed entries. Source: PKWARE APPNOTE 6.3.
 */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { crc32, deflateRawSync } from 'node:zlib';
import { PipelineError } from '../errors.ts';

/** One file of an archive: text may be compressed; audio is already compressed. */
export type ZipEntry =
  | { name: string; text: string; packed: boolean }
  | { name: string; bytes: AsyncIterable<Uint8Array> };

/** Larger archives need ZIP64, which older readers do not support. */
const MOST_BYTES = 0xffff_ffff;
const LOCAL_BYTES = 30;
/** Midnight of 1980-01-01, the format's epoch: equal inputs give equal bytes. */
const DOS_DATE = 0x0021;
const UTF8_NAMES = 0x0800;

/**
 * Writes the archive to a new file, with `comment` at its end. Holds one chunk in memory at a time. Rejects with
 * `input-unreadable` above 4 GB, and with the errors of the entries' streams and the disk; the caller must remove the
 * incomplete file.
 */
export async function writeZip(of: {
  path: string;
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>;
  comment: string;
}): Promise<void> {
  const file = await open(of.path, 'wx');
  try {
    const written: Written[] = [];
    let at = 0;
    for await (const entry of of.entries) {
      const one = await writeEntry(file, entry, at);
      at = one.end;
      written.push(one);
    }
    const list = Buffer.concat(written.map(centralHeader));
    const comment = Buffer.from(of.comment, 'latin1');
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x0605_4b50, 0);
    end.writeUInt16LE(written.length, 8);
    end.writeUInt16LE(written.length, 10);
    end.writeUInt32LE(list.length, 12);
    end.writeUInt32LE(at, 16);
    end.writeUInt16LE(comment.length, 20);
    await writeAt(file, Buffer.concat([list, end, comment]), at);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The comment at the end of a complete archive without trailing bytes; undefined for anything else. */
export async function zipComment(path: string, length: number): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(22 + length);
    if (size < tail.length) return undefined;
    await file.read(tail, 0, tail.length, size - tail.length);
    const isEnd = tail.readUInt32LE(0) === 0x0605_4b50 && tail.readUInt16LE(20) === length;
    const isWhole = isEnd && tail.readUInt32LE(16) + tail.readUInt32LE(12) === size - tail.length;
    return isWhole ? tail.toString('latin1', 22) : undefined;
  } finally {
    await file.close();
  }
}

interface Written {
  name: Buffer;
  method: number;
  crc: number;
  packedBytes: number;
  bytes: number;
  start: number;
  end: number;
}

async function writeEntry(file: FileHandle, entry: ZipEntry, start: number): Promise<Written> {
  const name = Buffer.from(entry.name);
  const from = start + LOCAL_BYTES + name.length;
  const one: Written = { name, method: 0, crc: 0, packedBytes: 0, bytes: 0, start, end: from };
  const write = async (piece: Uint8Array): Promise<void> => {
    if (one.end + piece.length > MOST_BYTES) throw tooLarge();
    await writeAt(file, piece, one.end);
    one.end += piece.length;
    one.packedBytes += piece.length;
  };
  if ('text' in entry) {
    const bytes = Buffer.from(entry.text);
    Object.assign(one, { crc: crc32(bytes), bytes: bytes.length, method: entry.packed ? 8 : 0 });
    await write(entry.packed ? deflateRawSync(bytes) : bytes);
  } else {
    for await (const piece of entry.bytes) {
      one.crc = crc32(piece, one.crc);
      one.bytes += piece.length;
      await write(piece);
    }
  }
  const header = Buffer.alloc(LOCAL_BYTES);
  header.writeUInt32LE(0x0403_4b50, 0);
  commonHeader(one).copy(header, 4);
  await writeAt(file, Buffer.concat([header, name]), start);
  return one;
}

/** The fields that both headers of an entry share, from the version on. */
function commonHeader({ name, method, crc, packedBytes, bytes }: Written): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(UTF8_NAMES, 2);
  header.writeUInt16LE(method, 4);
  header.writeUInt16LE(DOS_DATE, 8);
  header.writeUInt32LE(crc, 10);
  header.writeUInt32LE(packedBytes, 14);
  header.writeUInt32LE(bytes, 18);
  header.writeUInt16LE(name.length, 22);
  return header;
}

function centralHeader(one: Written): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(20, 4);
  commonHeader(one).copy(header, 6);
  header.writeUInt32LE(one.start, 42);
  return Buffer.concat([header, one.name]);
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

function tooLarge(): PipelineError {
  const message = 'The archive would be larger than 4 GB. Use MP3 instead of M4A, or divide the book.';
  return new PipelineError({ code: 'input-unreadable', message, retry: 'never' });
}
