/** Copies the AAC packets of an MP4 file as ADTS, without decoding and without another process. */
import { type FileHandle, open } from 'node:fs/promises';
import { AAC_FRAME_SAMPLES, type AacFormat, type AdtsCount, aacFormat, adtsHeader, HEADER_BYTES } from './adts.ts';
import { readMp4Index } from './mp4-index.ts';
import type { Mp4Track } from './mp4-tracks.ts';

/** A chapter mark as the file has it. */
export interface ReadMark {
  title: string;
  startSeconds: number;
}

/** What a file says besides its sound. */
export interface CopiedSound extends AdtsCount {
  marks: ReadMark[];
}

/** Some packets in a row. */
export interface Packets {
  /** All of them, one after the other. */
  bytes: Buffer;
  sizes: Uint32Array;
  /** The same as ADTS, each with its header. */
  adts(): Buffer;
}

/** Bytes that are read at a time. */
const PIECE_BYTES = 1 << 20;

/**
 * Passes all packets to `write`, in order. `isComplete` is false for a file without an index, with another sound than AAC-LC,
 * whose packets are not all there, or that counts another duration than its packets have. Errors: those of the file system.
 */
export async function copyPackets(
  path: string,
  write: (packets: Packets) => Promise<void> | void,
): Promise<CopiedSound> {
  const file = await open(path);
  try {
    const tracks = (await readMp4Index(file)) ?? [];
    const sound = tracks.find(({ kind }) => kind === 'soun');
    const format = sound && aacFormat(sound.config);
    if (sound === undefined || format === undefined)
      return { frames: 0, sampleRateHz: 0, channels: 0, isComplete: false, marks: [] };
    const wasCopied = await copyTrack(file, sound, format, write);
    const last = sound.durations.length - 1;
    const isWhole = sound.durations.every((duration, i) => i === last || duration === AAC_FRAME_SAMPLES);
    const { sampleRateHz, channels } = format;
    const isComplete = wasCopied && isWhole && sound.timescale === sampleRateHz && sound.sizes.length > 0;
    return { frames: sound.sizes.length, sampleRateHz, channels, isComplete, marks: await marksOf(file, tracks) };
  } finally {
    await file.close();
  }
}

/** False when packets are missing. Reads packets that are next to each other at once. */
async function copyTrack(
  file: FileHandle,
  { sizes, offsets }: Mp4Track,
  format: AacFormat,
  write: (packets: Packets) => Promise<void> | void,
): Promise<boolean> {
  for (let first = 0; first < sizes.length; ) {
    const start = offsets[first]!;
    let end = first;
    let bytes = 0;
    while (
      end < sizes.length &&
      offsets[end] === start + bytes &&
      (end === first || bytes + sizes[end]! <= PIECE_BYTES)
    )
      bytes += sizes[end++]!;
    const piece = Buffer.allocUnsafe(bytes);
    if ((await file.read(piece, 0, bytes, start)).bytesRead < bytes) return false;
    const own = sizes.subarray(first, end);
    await write({ bytes: piece, sizes: own, adts: () => withHeaders(piece, own, format) });
    first = end;
  }
  return true;
}

function withHeaders(packets: Buffer, sizes: Uint32Array, format: AacFormat): Buffer {
  const adts = Buffer.allocUnsafe(packets.length + HEADER_BYTES * sizes.length);
  let from = 0;
  let to = 0;
  for (const size of sizes) {
    adtsHeader(adts, to, { ...format, bytes: size + HEADER_BYTES });
    packets.copy(adts, to + HEADER_BYTES, from, from + size);
    from += size;
    to += size + HEADER_BYTES;
  }
  return adts;
}

/** The marks are the samples of the text track: each a length in two bytes and the title. */
async function marksOf(file: FileHandle, tracks: readonly Mp4Track[]): Promise<ReadMark[]> {
  const texts = tracks.find(({ kind }) => kind === 'text');
  const marks: ReadMark[] = [];
  let at = 0;
  for (const [i, size] of [...(texts?.sizes ?? [])].entries()) {
    const sample = Buffer.alloc(size);
    await file.read(sample, 0, size, texts!.offsets[i]!);
    const title = size < 2 ? '' : sample.toString('utf8', 2, 2 + sample.readUInt16BE(0));
    marks.push({ title, startSeconds: at / texts!.timescale });
    at += texts!.durations[i]!;
  }
  return marks;
}
