/** What follows a FLAC in its file: a second one, or bytes behind the last frame. Source: RFC 9639. */
import type { Appended } from '../../qc/measured-file.ts';
import { crc16, type FlacFrame, flacFrameAt } from './flac-frame.ts';
import type { OpenedFile } from './opened-file.ts';
import { behindTags } from './tags-at-end.ts';

const BLOCK_BYTES = 4;
const STREAM_INFO_BYTES = 34;
/** A second file's beginning: its name, and the header of its first block. */
const SECOND = Buffer.from('fLaC\x00\x00\x00"', 'latin1');
const SECOND_ALONE = Buffer.from('fLaC\x80\x00\x00"', 'latin1');
/** So many frames may be lost in a damaged file. */
const MOST_LOST_FRAMES = 64;
/** A frame has a header of six bytes or more, a subframe and its checksum. */
const LEAST_FRAME_BYTES = 10;
const MOST_FRAME_BYTES = 1 << 24;
/** The first few are enough: one by chance is rare. */
const MOST_ENDS = 8;

/** The second file or the bytes; undefined for nothing, and for a FLAC that is damaged at its end. */
export async function afterFlac(file: OpenedFile, start: number): Promise<Appended | undefined> {
  const info = await file.read(start + 4 + BLOCK_BYTES, STREAM_INFO_BYTES);
  const from = await endOfBlocks(file, start + 4);
  if (from === undefined || info.length < STREAM_INFO_BYTES) return undefined;
  const rateHz = info.readUIntBE(10, 3) >> 4;
  const samples = (info[13]! & 15) * 2 ** 32 + info.readUInt32BE(14);
  const atSeconds = rateHz > 0 && samples > 0 ? samples / rateHz : null;
  const { second, last } = await scan(file, from);
  if (second !== undefined) return { kind: 'file', bytes: file.bytes - second, atSeconds };
  if (last === undefined) return undefined;
  const foreign: number[] = [];
  for (const end of await endsOf(file, last)) foreign.push((await behindTags(file, end)).bytes);
  return foreign.length === 0 || foreign.includes(0) ? undefined : { kind: 'bytes', bytes: foreign[0]!, atSeconds };
}

/** Where the frames begin; undefined when the blocks before them are cut off. */
async function endOfBlocks(file: OpenedFile, first: number): Promise<number | undefined> {
  for (let at = first; at + BLOCK_BYTES <= file.bytes; ) {
    const header = await file.read(at, BLOCK_BYTES);
    at += BLOCK_BYTES + header.readUIntBE(1, 3);
    if (header[0]! >= 128) return at;
  }
  return undefined;
}

/** Where a second file begins, and where the last frame of this one does. */
async function scan(file: OpenedFile, from: number): Promise<{ second?: number; last?: number }> {
  let second: number | undefined;
  let last: number | undefined;
  let before: FlacFrame | undefined;
  await file.pieces({ from, to: file.bytes, overlap: 32 }, (bytes, at) => {
    const places = [bytes.indexOf(SECOND), bytes.indexOf(SECOND_ALONE)].filter((place) => place >= 0);
    const end = places.length === 0 ? bytes.length : Math.min(...places);
    if (places.length > 0) second = at + end;
    for (let place = bytes.indexOf(0xff); place >= 0 && place < end; place = bytes.indexOf(0xff, place + 1)) {
      const frame = flacFrameAt(bytes, place);
      if (frame === undefined || (before !== undefined && !follows(frame, before))) continue;
      before = frame;
      last = at + place;
    }
    return second !== undefined;
  });
  return { ...(second !== undefined && { second }), ...(last !== undefined && { last }) };
}

/** Numbers count frames, or samples where frames differ in length. */
function follows(frame: FlacFrame, before: FlacFrame): boolean {
  if (frame.isVariable !== before.isVariable || frame.rateCode !== before.rateCode) return false;
  const step = before.isVariable ? before.samples : 1;
  const off = frame.number - before.number;
  return off >= step && off <= step * MOST_LOST_FRAMES;
}

/** Where the frame may end: its checksum is right there, and by chance at one of 65,536 other places. */
async function endsOf(file: OpenedFile, frame: number): Promise<number[]> {
  const ends: number[] = [];
  let sum = 0;
  const to = Math.min(file.bytes, frame + MOST_FRAME_BYTES);
  await file.pieces({ from: frame, to, overlap: 0 }, (bytes, at) => {
    for (let i = 0; i < bytes.length; i++) {
      sum = crc16(sum, bytes[i]!);
      if (sum === 0 && at + i + 1 - frame >= LEAST_FRAME_BYTES) ends.push(at + i + 1);
    }
    return ends.length >= MOST_ENDS;
  });
  return ends;
}
