/** Reads the frames of an MP3 without decoding them, what its header declares, and what else is in the file. */
import { open } from 'node:fs/promises';
import type { Mp3Stream } from '../../qc/measured-file.ts';
import { createReservoirWatch } from './bit-reservoir.ts';
import { type Mp3Frame, mp3FrameAt, promisedFrames } from './mp3-header.ts';
import { tagBytesAt } from './mp3-tags.ts';

/** Properties of an MP3's frames. */
export interface Mp3Frames {
  /** Number of audio frames, without Xing or Info header frames. */
  frames: number;
  /** Lowest, highest and mean bit rate of the audio frames. */
  leastKbps: number;
  mostKbps: number;
  meanKbps: number;
  /** Number of frames in the Xing or Info header; `null` without one. */
  promisedFrames: number | null;
  /** Where the last frame ends, in bytes from the start of the file. */
  endByte: number;
  /** The file ends inside a frame. */
  cutInFrame: boolean;
  /** All audio frames have one MPEG version, sample rate and number of channels. */
  isOneFormat: boolean;
  /** What does not belong in one MP3. */
  stream: Mp3Stream;
}

/** Longest frame: MPEG-1 layer III, 320 kb/s at 32 kHz, padded. */
const MOST_FRAME_BYTES = 1441;
/** Read at once. */
const PIECE_BYTES = 1 << 18;
/** Some encoders count the header's frame or the last one otherwise; a second file has more. */
const SPARE_FRAMES = 8;

/**
 * Reads all frames of a file; `null` when it has no MPEG layer III frame. Holds one chunk at a time. Skips tags and other data
 * between frames, and says where there are any. Errors: those of the file system.
 */
export async function readMp3Frames(path: string, signal?: AbortSignal): Promise<Mp3Frames | null> {
  const scan = createScan();
  // One memory for the whole file: what is left of a piece moves to its start, and the next piece is read behind it.
  const room = Buffer.allocUnsafeSlow(PIECE_BYTES + MOST_FRAME_BYTES + 4);
  const file = await open(path);
  try {
    let rest = 0;
    let roomAt = 0;
    for (let skip = 0, isEnd = false; !isEnd; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(room, rest, PIECE_BYTES, null);
      isEnd = bytesRead === 0;
      const length = rest + bytesRead;
      let at = Math.min(skip, length);
      skip -= at;
      const bytes = room.subarray(0, length);
      while (at + 4 <= length && (isEnd || at + MOST_FRAME_BYTES + 4 <= length)) at += scan.step(bytes, at, roomAt);
      skip += Math.max(0, at - length);
      rest = length - Math.min(at, length);
      roomAt += length - rest;
      room.copyWithin(0, length - rest, length);
    }
  } finally {
    await file.close();
  }
  return scan.finish();
}

/** Goes through the file from one frame, tag or foreign byte to the next. */
function createScan() {
  const count = { frames: 0, leastKbps: Infinity, mostKbps: 0, total: 0, seconds: 0, cut: false };
  const stream: Mp3Stream = { bytesBefore: 0, bytesWithin: 0, secondFileAtSeconds: null };
  const reservoir = createReservoirWatch();
  let promised: number | null = null;
  let endByte = 0;
  let format: string | undefined;
  let isOneFormat = true;
  /** Bytes since the last frame that are neither tags nor zero. */
  let foreign = 0;
  /** After foreign bytes, and at the start, a frame counts only when another one or a tag follows. */
  let isLost = true;
  let wasTag = false;

  const add = (frame: Mp3Frame, bytes: Buffer): void => {
    const isFirst = format === undefined;
    const ownPromise = promisedFrames(bytes);
    if (isFirst) stream.bytesBefore = foreign;
    else stream.bytesWithin += foreign;
    if (!isFirst && (wasTag || ownPromise !== undefined || frame.format !== format))
      stream.secondFileAtSeconds ??= count.seconds;
    if (!isFirst && frame.format !== format) isOneFormat = false;
    format = frame.format;
    foreign = 0;
    wasTag = isLost = false;
    if (isFirst && ownPromise !== undefined) promised = ownPromise;
    if (ownPromise !== undefined) return;
    reservoir.push(frame, bytes, count.seconds);
    count.frames += 1;
    count.total += frame.kbps;
    count.seconds += frame.seconds;
    count.leastKbps = Math.min(count.leastKbps, frame.kbps);
    count.mostKbps = Math.max(count.mostKbps, frame.kbps);
  };
  return {
    /** Handles what begins at `at`; returns its length, which may exceed the buffer. The buffer is at `bytesAt` in the file. */
    step(bytes: Buffer, at: number, bytesAt: number): number {
      const frame = mp3FrameAt(bytes, at);
      if (frame !== null && (!isLost || isFollowed(bytes, at + frame.bytes))) {
        count.cut = at + frame.bytes > bytes.length;
        if (!count.cut) {
          add(frame, bytes.subarray(at, at + frame.bytes));
          endByte = bytesAt + at + frame.bytes;
        }
        return frame.bytes;
      }
      const tag = tagBytesAt(bytes, at);
      if (tag > 0) {
        wasTag ||= format !== undefined;
        return tag;
      }
      // Some programs fill the room behind a tag with zeros.
      if (bytes[at] !== 0) foreign += 1;
      isLost = true;
      return 1;
    },
    finish(): Mp3Frames | null {
      if (count.frames === 0) return null;
      if (promised !== null && count.frames > promised + SPARE_FRAMES)
        stream.secondFileAtSeconds ??= (count.seconds * promised) / count.frames;
      // A header that counts all frames was written for them, as for a book that is joined from its chapters.
      if (promised === null) stream.secondFileAtSeconds ??= reservoir.finish();
      return {
        frames: count.frames,
        leastKbps: count.leastKbps,
        mostKbps: count.mostKbps,
        meanKbps: Math.round(count.total / count.frames),
        promisedFrames: promised,
        endByte,
        cutInFrame: count.cut,
        isOneFormat,
        stream,
      };
    },
  };
}

/** Whether a frame, a tag or the end comes next; the sync bytes alone could be chance. */
function isFollowed(bytes: Buffer, at: number): boolean {
  return at + 4 > bytes.length || mp3FrameAt(bytes, at) !== null || tagBytesAt(bytes, at) > 0;
}
