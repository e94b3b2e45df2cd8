/** What follows a CAF or a Wave64 in its file: both are chunks with sizes of eight bytes. */
import type { Appended } from '../../qc/measured-file.ts';
import type { OpenedFile } from './opened-file.ts';
import { behindTags } from './tags-at-end.ts';

/** A format of such chunks. */
interface Format {
  /** How a file begins, and what its first chunk begins with. */
  head: Buffer;
  headBytes: number;
  first: Buffer;
  nameBytes: number;
  /** The name of the sound's chunk begins with it. */
  sound: string;
  isBigEndian: boolean;
  /** A size counts the name and itself. */
  countsHeader: boolean;
  /** Each chunk begins at a multiple of it. */
  align: number;
}

const FMT = '666d7420f3acd3118cd100c04f8edb8a';
/** Apple Core Audio Format, version 1. */
const CAF: Format = {
  ...{ head: Buffer.from('caff\0\x01', 'latin1'), headBytes: 8, first: Buffer.from('desc') },
  ...{ nameBytes: 4, sound: 'data', isBigEndian: true, countsHeader: false, align: 1 },
};
/** Sony Wave64: names of 16 bytes. */
const W64: Format = {
  ...{ head: Buffer.from('726966662e91cf11a5d628db04c10000', 'hex'), headBytes: 40, first: Buffer.from(FMT, 'hex') },
  ...{ nameBytes: 16, sound: 'data', isBigEndian: false, countsHeader: true, align: 8 },
};
const SIZE_BYTES = 8;
/** Sizes of a program that does not know them: −1, and the largest there is. */
const LEAST_UNKNOWN = 2n ** 62n;
const NAME = /^[\x20-\x7e]{4}$/;

/** Whether the head of a file is of one of these formats. */
export function isOfLongChunks(head: Buffer): boolean {
  return formatOf(head) !== undefined;
}

/** The second file or the bytes; undefined for nothing, for one that is cut off, and for other formats. */
export async function afterLongChunks(file: OpenedFile, start: number): Promise<Appended | undefined> {
  const format = formatOf(await file.read(start, 16));
  if (format === undefined) return undefined;
  for (let at = start + format.headBytes; at < file.bytes; ) {
    const header = await file.read(at, format.nameBytes + SIZE_BYTES);
    const name = header.toString('latin1', 0, 4);
    const size = header.length < format.nameBytes + SIZE_BYTES ? undefined : sizeIn(header, format);
    const isSound = name === format.sound;
    if (isSound && size === 'unknown') return within(file, at, format);
    const end = typeof size === 'number' ? at + size : Infinity;
    if (isHead(header, format) || !NAME.test(name) || (end > file.bytes && !isKnown(name)))
      return behind(file, at, format);
    if (end > file.bytes) return undefined;
    at = start + Math.ceil((end - start) / format.align) * format.align;
  }
  return undefined;
}

/** Bytes of sound that a CAF or Wave64 declares but does not have; 0 for one that does not know its length, and for other formats. */
export async function missingInLongChunks(file: OpenedFile): Promise<number> {
  const format = formatOf(await file.read(0, 16));
  if (format === undefined) return 0;
  for (let at = format.headBytes; at < file.bytes; ) {
    const header = await file.read(at, format.nameBytes + SIZE_BYTES);
    if (header.length < format.nameBytes + SIZE_BYTES) return 0;
    const size = sizeIn(header, format);
    if (size === 'unknown') return 0;
    if (header.toString('latin1', 0, 4) === format.sound) return Math.max(0, at + size - file.bytes);
    at = Math.ceil((at + size) / format.align) * format.align;
  }
  return 0;
}

/** Chunks of the two formats; one of these that is too long is a file that was cut off. */
function isKnown(name: string): boolean {
  return /^(desc|data|fmt |fact|levl|list|bext|mark|summ|chan|info|pakt|kuki|strg|regn|inst|midi|ovvw|peak|edct|umid|uuid|free|LIST|junk)$/.test(
    name,
  );
}

async function behind(file: OpenedFile, from: number, format: Format): Promise<Appended | undefined> {
  const { at, bytes } = await behindTags(file, from);
  if (bytes === 0) return undefined;
  const isFile = isHead(await file.read(at, 16), format);
  return { kind: isFile ? 'file' : 'bytes', bytes: isFile ? file.bytes - at : bytes, atSeconds: null };
}

/** Sound without a size reaches to the end of the file: a second one stands in it. */
async function within(file: OpenedFile, from: number, format: Format): Promise<Appended | undefined> {
  let found: number | undefined;
  const overlap = format.headBytes + format.first.length;
  await file.pieces({ from, to: file.bytes, overlap }, (bytes, at) => {
    for (let place = bytes.indexOf(format.head); place >= 0; place = bytes.indexOf(format.head, place + 1))
      if (bytes.subarray(place + format.headBytes).indexOf(format.first) === 0) {
        found = at + place;
        return true;
      }
    return false;
  });
  return found === undefined ? undefined : { kind: 'file', bytes: file.bytes - found, atSeconds: null };
}

/** Bytes of a chunk with its header. */
function sizeIn(header: Buffer, { nameBytes, isBigEndian, countsHeader }: Format): number | 'unknown' {
  const size = isBigEndian ? header.readBigUInt64BE(nameBytes) : header.readBigUInt64LE(nameBytes);
  if (size >= LEAST_UNKNOWN) return 'unknown';
  return Math.max(nameBytes + SIZE_BYTES, Number(size) + (countsHeader ? 0 : nameBytes + SIZE_BYTES));
}

function formatOf(head: Buffer): Format | undefined {
  return [CAF, W64].find((format) => isHead(head, format));
}

function isHead(bytes: Buffer, { head }: Format): boolean {
  return bytes.subarray(0, head.length).equals(head);
}
