/** The boxes of a track in an MP4 index (ISO/IEC 14496-12; QuickTime File Format for the text track). Pure. */
import { AAC_FRAME_SAMPLES } from '../mp4/adts.ts';
import { box } from '../mp4/mp4-boxes.ts';

/** What the boxes of both tracks are made from. */
export interface Track {
  id: number;
  /** Units of a second in which its packets are counted. */
  timescale: number;
  /** Its length when played, in its units. */
  duration: number;
  /** Bytes of each packet. */
  sizes: Uint32Array;
  /** Its packets begin here and follow each other. */
  from: number;
  /** Packets in a chunk. */
  perChunk: number;
  /** Places need eight bytes. */
  isLong: boolean;
}

/** A box with a version and flags. */
export function fullBox(type: string, version: number, flags: number, ...parts: readonly Uint8Array[]): Buffer {
  return box(type, u32((version << 24) | flags), ...parts);
}

/** Numbers of four bytes. */
export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * i);
  return bytes;
}

/** Numbers of two bytes. */
export function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(value & 0xffff, 2 * i);
  return bytes;
}

/** Numbers of eight bytes. */
export function u64(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [i, value] of values.entries()) bytes.writeBigUInt64BE(BigInt(value), 8 * i);
  return bytes;
}

/** Above this, some readers take a duration for a negative one, so it has eight bytes. */
const MOST_SHORT = 0x7fff_ffff;

/** Whether a duration needs a box of version 1. */
export function isLongTime(duration: number): boolean {
  return duration > MOST_SHORT;
}

/** Neither turned nor moved: fixed point, 16.16 and 2.30. */
export const UNIT_MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/**
 * Units of a second of the whole file. Not finer, because mutagen takes Nero's list of chapters to be counted in ten thousandths of
 * them (mutagen/mp4/__init__.py, `MP4Chapters`).
 */
const FILE_TIMESCALE = 1000;

/** A track's length in the units of the file; never less than it is. */
function fileDuration({ timescale, duration }: Pick<Track, 'timescale' | 'duration'>): number {
  return Math.ceil((duration * FILE_TIMESCALE) / timescale);
}

/** The header of the whole file; no time of day, so that equal books have equal bytes. */
export function movieHeader(of: { timescale: number; duration: number; nextTrack: number }): Buffer {
  const duration = fileDuration(of);
  const { nextTrack } = of;
  const long = isLongTime(duration);
  const times = long ? [u64(0, 0), u32(FILE_TIMESCALE), u64(duration)] : [u32(0, 0, FILE_TIMESCALE, duration)];
  const normalSpeed = u32(0x10000);
  const fullVolume = u16(0x100);
  return fullBox(
    ...(['mvhd', long ? 1 : 0, 0] as const),
    ...times,
    ...[normalSpeed, fullVolume, Buffer.alloc(10), UNIT_MATRIX, Buffer.alloc(24), u32(nextTrack)],
  );
}

/** The track's own header. `flags`: 1 it is played, 2 it belongs to the presentation. */
export function trackHeader(track: Track, { flags, isSound }: { flags: number; isSound: boolean }): Buffer {
  const { id } = track;
  const duration = fileDuration(track);
  const long = isLongTime(duration);
  const times = long ? [u64(0, 0), u32(id, 0), u64(duration)] : [u32(0, 0, id, 0, duration)];
  // Sounds of one alternate group are not played together.
  const rest = [Buffer.alloc(8), u16(0, isSound ? 1 : 0, isSound ? 0x100 : 0, 0), UNIT_MATRIX, u32(0, 0)];
  return fullBox('tkhd', long ? 1 : 0, flags, ...times, ...rest);
}

/** Plays the track from `start` on, which is counted in its units. */
export function editList(track: Track, start: number): Buffer {
  const duration = fileDuration(track);
  const long = isLongTime(duration);
  const entry = long ? [u64(duration, start)] : [u32(duration, start)];
  return box('edts', fullBox('elst', long ? 1 : 0, 0, u32(1), ...entry, u16(1, 0)));
}

/** The header of the track's packets. `language`: ISO 639-2, three letters. */
export function mediaHeader(of: { timescale: number; duration: number; language: string }): Buffer {
  const { timescale, duration, language } = of;
  const long = isLongTime(duration);
  const times = long ? [u64(0, 0), u32(timescale), u64(duration)] : [u32(0, 0, timescale, duration)];
  const packed = [...language].reduce((sum, letter) => (sum << 5) | (letter.charCodeAt(0) - 0x60), 0);
  return fullBox('mdhd', long ? 1 : 0, 0, ...times, u16(packed, 0));
}

/** What kind of track it is. */
export function handler(kind: string, name: string): Buffer {
  return fullBox(
    'hdlr',
    0,
    0,
    u32(0),
    Buffer.from(kind, 'latin1'),
    Buffer.alloc(12),
    Buffer.from(`${name}\0`, 'latin1'),
  );
}

/** The packets are in this file. */
export const DATA_IN_FILE = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));

/** Where the packets are, how long each is, and how long each lasts: `durations` as runs of equal ones. */
export function packetTables(
  { sizes, from, perChunk, isLong }: Track,
  durations: readonly (readonly [packets: number, duration: number])[],
): Buffer[] {
  return [
    fullBox('stts', 0, 0, u32(durations.length, ...durations.flat())),
    chunkRuns(sizes.length, perChunk),
    fullBox('stsz', 0, 0, u32(0, sizes.length), bigEndian(sizes)),
    chunkPlaces({ sizes, from, perChunk, isLong }),
  ];
}

/** All chunks have the same number of packets, except the last. */
function chunkRuns(packets: number, perChunk: number): Buffer {
  const full = Math.floor(packets / perChunk);
  const left = packets % perChunk;
  const runs: number[][] = [];
  if (full > 0) runs.push([1, perChunk, 1]);
  if (left > 0) runs.push([full + 1, left, 1]);
  return fullBox('stsc', 0, 0, u32(runs.length, ...runs.flat()));
}

function chunkPlaces({ sizes, from, perChunk, isLong }: Pick<Track, 'sizes' | 'from' | 'perChunk' | 'isLong'>): Buffer {
  const count = Math.ceil(sizes.length / perChunk);
  const places = Buffer.alloc(count * (isLong ? 8 : 4));
  let at = from;
  for (let i = 0; i < sizes.length; i++) {
    const chunk = i / perChunk;
    if (Number.isInteger(chunk))
      isLong ? places.writeBigUInt64BE(BigInt(at), 8 * chunk) : places.writeUInt32BE(at, 4 * chunk);
    at += sizes[i]!;
  }
  return fullBox(isLong ? 'co64' : 'stco', 0, 0, u32(count), places);
}

function bigEndian(values: Uint32Array): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (let i = 0; i < values.length; i++) bytes.writeUInt32BE(values[i]!, 4 * i);
  return bytes;
}

/** A decoder that begins inside must first decode one packet whose sound it drops (ISO/IEC 14496-12, 10.1.1.1). */
export function decoderWarmUp(packets: number): Buffer[] {
  const roll = Buffer.from('roll', 'latin1');
  return [fullBox('sgpd', 1, 0, roll, u32(2, 1), u16(-1)), fullBox('sbgp', 0, 0, roll, u32(1), u32(packets, 1))];
}

/** Packets of about one second. */
export function packetsPerSecond(sampleRateHz: number): number {
  return Math.max(1, Math.round(sampleRateHz / AAC_FRAME_SAMPLES));
}

/** Bytes of all packets. */
export function bytesOf(sizes: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < sizes.length; i++) sum += sizes[i]!;
  return sum;
}
