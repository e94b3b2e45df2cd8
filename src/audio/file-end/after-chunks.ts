/** What follows a WAV or AIFF in its file: both are chunks, one after another. */
import type { Appended } from '../../qc/measured-file.ts';
import type { OpenedFile } from './opened-file.ts';
import { behindTags } from './tags-at-end.ts';

/** A family of formats. */
interface Family {
  /** How a file begins: these four bytes, a size, these bytes. */
  heads: readonly string[];
  kinds: readonly string[];
  sound: string;
  isBigEndian: boolean;
}

const WAV: Family = { heads: ['RIFF', 'RF64', 'BW64'], kinds: ['WAVE'], sound: 'data', isBigEndian: false };
const AIFF: Family = { heads: ['FORM'], kinds: ['AIFF', 'AIFC'], sound: 'SSND', isBigEndian: true };
const HEAD_BYTES = 12;
const CHUNK_BYTES = 8;
/** Sizes that mean the rest of the file: what a program writes that does not know the length yet. */
const LEAST_UNKNOWN = 0xffff_fffe;
/** Larger files keep their sizes elsewhere, or in no field at all. */
const MOST_FILE_BYTES = 0xffff_ffff;
/** A chunk's name is of these. */
const NAME = /^[\x20-\x7e]{4}$/;

/** The second file behind a WAV or within its sound, or bytes behind it that are no chunk; undefined for nothing. */
export async function afterChunks(file: OpenedFile, start: number): Promise<Appended | undefined> {
  const head = await file.read(start, HEAD_BYTES);
  const family = [WAV, AIFF].find((one) => isHead(head, 0, one));
  if (family === undefined) return undefined;
  const own = sizeAt(head, 4, family);
  const end = own === 0 || own >= LEAST_UNKNOWN ? 0 : start + CHUNK_BYTES + own;
  let wide: number | undefined;
  let bytesPerSecond: number | undefined;
  for (let at = start + HEAD_BYTES; at < file.bytes; ) {
    const chunk = await file.read(at, CHUNK_BYTES + 24);
    if (at > start + HEAD_BYTES && isHead(chunk, 0, family))
      return { kind: 'file', bytes: file.bytes - at, atSeconds: null };
    const name = chunk.toString('latin1', 0, 4);
    const size = chunk.length < CHUNK_BYTES ? Infinity : sizeAt(chunk, 4, family);
    const isSound = name === family.sound;
    // Broken within its own end is no other file; the check for damage tells what is missing.
    if (!isSound && (!NAME.test(name) || at + CHUNK_BYTES + size > file.bytes)) {
      if (at < end) return undefined;
      const behind = await behindTags(file, at);
      if (behind.bytes === 0) return undefined;
      if (isHead(await file.read(behind.at, HEAD_BYTES), 0, family))
        return { kind: 'file', bytes: file.bytes - behind.at, atSeconds: null };
      return { kind: 'bytes', bytes: behind.bytes, atSeconds: null };
    }
    if (name === 'ds64' && chunk.length >= CHUNK_BYTES + 16) wide = Number(chunk.readBigUInt64LE(CHUNK_BYTES + 8));
    if (name === 'fmt ' && chunk.length >= CHUNK_BYTES + 12) bytesPerSecond = chunk.readUInt32LE(16);
    const isUnknown = size === 0 || size >= LEAST_UNKNOWN;
    const from = at + CHUNK_BYTES;
    const to = isSound && isUnknown ? (wide === undefined ? file.bytes : from + wide) : from + size;
    if (isSound) {
      const second = await headWithin(file, { from, to: Math.min(to, file.bytes), family });
      if (second !== undefined) {
        const atSeconds = bytesPerSecond ? (second - from) / bytesPerSecond : null;
        return { kind: 'file', bytes: file.bytes - second, atSeconds };
      }
      if (wide === undefined && file.bytes > MOST_FILE_BYTES) return undefined;
    }
    // Each chunk has an even length; some programs leave the last byte out.
    const isPadded = (to - start) % 2 === 1 && (to + 1 === file.bytes || (await file.read(to, 1))[0] === 0);
    at = to + Number(isPadded);
  }
  return undefined;
}

/** Where a head stands in the sound; undefined for nowhere. */
async function headWithin(
  file: OpenedFile,
  { from, to, family }: { from: number; to: number; family: Family },
): Promise<number | undefined> {
  let found: number | undefined;
  await file.pieces({ from, to, overlap: HEAD_BYTES + 4 }, (bytes, at) => {
    const places = family.kinds.flatMap((kind) => placesOf(bytes, kind).map((place) => place - 8));
    const place = places
      .sort((a, b) => a - b)
      .find((one) => isHead(bytes, one, family) && NAME.test(bytes.toString('latin1', one + 12, one + 16)));
    if (place !== undefined) found = at + place;
    return place !== undefined;
  });
  return found;
}

function placesOf(bytes: Buffer, text: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at);
  return places;
}

function isHead(bytes: Buffer, at: number, { heads, kinds }: Family): boolean {
  const word = (from: number) => bytes.toString('latin1', at + from, at + from + 4);
  return at >= 0 && heads.includes(word(0)) && kinds.includes(word(8));
}

function sizeAt(bytes: Buffer, at: number, { isBigEndian }: Family): number {
  return isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
}
