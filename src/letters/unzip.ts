/** A small reader of ZIP archives of its own: the importer unpacks with another one. Pure. */
import { inflateRawSync } from 'node:zlib';

/** Largest file that is unpacked. */
const MOST_BYTES = 64 * 1024 * 1024;
const END_OF_DIRECTORY = 0x06054b50;
const LOCAL_HEADER_BYTES = 30;

/** Gives a file of an archive by its name; undefined for one that is missing or damaged. */
export type Unpacked = Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'> & {
  get(name: string): Buffer | undefined;
};

/** Reads the central directory (PKWARE APPNOTE 6.3.10, 4.3.12); of two equal names the first counts. */
export function unzip(bytes: Uint8Array): Unpacked {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<string, number>();
  let end = all.length - 22;
  while (end >= 0 && all.readUInt32LE(end) !== END_OF_DIRECTORY) end--;
  const count = end < 0 ? 0 : all.readUInt16LE(end + 10);
  let at = end < 0 ? 0 : all.readUInt32LE(end + 16);
  for (let index = 0; index < count && at + 46 <= all.length; index++) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => all.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const written = nameOf(all.subarray(at + 46, at + 46 + name), (all.readUInt16LE(at + 8) & 0x800) !== 0);
    if (!entries.has(written)) entries.set(written, at);
    at += 46 + name + extra + comment;
  }
  return {
    has: (name) => entries.has(name),
    keys: () => entries.keys(),
    get: (name) => (entries.has(name) ? contentOf(all, entries.get(name)!) : undefined),
  };
}

function nameOf(bytes: Buffer, isUtf8: boolean): string {
  return bytes.toString(isUtf8 ? 'utf8' : 'latin1');
}

function contentOf(all: Buffer, entry: number): Buffer | undefined {
  const local = all.readUInt32LE(entry + 42);
  if (local + LOCAL_HEADER_BYTES > all.length) return undefined;
  const start = local + LOCAL_HEADER_BYTES + all.readUInt16LE(local + 26) + all.readUInt16LE(local + 28);
  const packed = all.subarray(start, start + all.readUInt32LE(entry + 20));
  try {
    return all.readUInt16LE(entry + 10) === 0 ? packed : inflateRawSync(packed, { maxOutputLength: MOST_BYTES });
  } catch {
    return undefined;
  }
}
