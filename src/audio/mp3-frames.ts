/** Reads the frames of an MP3 without decoding them, and what its header declares. */
import { createReadStream } from 'node:fs';

/** Properties of an MP3's frames. */
export interface Mp3Frames {
  /** Number of audio frames, without the Xing or Info header frame. */
  frames: number;
  /** Lowest, highest and mean bit rate of the audio frames. */
  leastKbps: number;
  mostKbps: number;
  meanKbps: number;
  /** Number of frames in the Xing or Info header; `null` without one. */
  promisedFrames: number | null;
  /** The file ends inside a frame. */
  cutInFrame: boolean;
}

/** Longest frame: MPEG-1 layer III, 320 kb/s at 32 kHz, padded. */
const MOST_FRAME_BYTES = 1441;
const TAIL_TAG = /^(TAG|APETAGEX|LYRICSBEGIN)/;

/**
 * Reads all frames of a file; `null` when it has no MPEG layer III frame. Holds one chunk at a time. Skips tags and other data
 * between frames. Errors: those of the file system.
 */
export async function readMp3Frames(path: string, signal?: AbortSignal): Promise<Mp3Frames | null> {
  const count = { frames: 0, leastKbps: Infinity, mostKbps: 0, total: 0, promised: null as number | null, cut: false };
  let rest: Buffer = Buffer.alloc(0);
  let skip = 0;
  let started = false;
  const scanFrames = (atEnd: boolean): void => {
    let at = 0;
    while (at + 4 <= rest.length && (atEnd || at + MOST_FRAME_BYTES + 4 <= rest.length)) {
      const frame = frameAt(rest, at);
      if (frame === null || (!started && !isFollowed(rest, at + frame.bytes))) {
        at += 1;
        continue;
      }
      count.cut = at + frame.bytes > rest.length;
      if (!count.cut) {
        const promised = started ? undefined : promisedFrames(rest.subarray(at, at + frame.bytes));
        if (promised !== undefined) count.promised = promised;
        else tally(frame.kbps);
      }
      started = true;
      at += frame.bytes;
    }
    rest = rest.subarray(Math.min(at, rest.length));
  };
  const tally = (kbps: number): void => {
    count.frames += 1;
    count.total += kbps;
    count.leastKbps = Math.min(count.leastKbps, kbps);
    count.mostKbps = Math.max(count.mostKbps, kbps);
  };
  let first = true;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18, signal }) as AsyncIterable<Buffer>) {
    let bytes = chunk;
    if (first) skip = id3Bytes(chunk);
    first = false;
    if (skip > 0) {
      bytes = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - bytes.length;
    }
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    scanFrames(false);
  }
  scanFrames(true);
  if (count.frames === 0) return null;
  return {
    frames: count.frames,
    leastKbps: count.leastKbps,
    mostKbps: count.mostKbps,
    meanKbps: Math.round(count.total / count.frames),
    promisedFrames: count.promised,
    cutInFrame: count.cut,
  };
}

// ISO/IEC 11172-3 and 13818-3, layer III, in kb/s by the header's index; 0 (free) and 15 (bad) are not taken.
const KBPS_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBPS_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES_HZ: Record<number, readonly number[]> = {
  3: [44_100, 48_000, 32_000],
  2: [22_050, 24_000, 16_000],
  0: [11_025, 12_000, 8_000],
};

function frameAt(bytes: Buffer, at: number): { bytes: number; kbps: number } | null {
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return null;
  const version = (bytes[at + 1]! >> 3) & 3;
  const layer = (bytes[at + 1]! >> 1) & 3;
  const kbps = (version === 3 ? KBPS_MPEG1 : KBPS_MPEG2)[bytes[at + 2]! >> 4];
  const rateHz = RATES_HZ[version]?.[(bytes[at + 2]! >> 2) & 3];
  if (layer !== 1 || !kbps || rateHz === undefined) return null;
  const padding = (bytes[at + 2]! >> 1) & 1;
  return { bytes: Math.floor(((version === 3 ? 144_000 : 72_000) * kbps) / rateHz) + padding, kbps };
}

/** Whether a frame, a tag or the end comes next; the sync bytes alone could be chance. */
function isFollowed(bytes: Buffer, at: number): boolean {
  if (at + 4 > bytes.length) return true;
  return frameAt(bytes, at) !== null || TAIL_TAG.test(bytes.toString('latin1', at, at + 12));
}

/** The frame count in a Xing or Info header; null when it has none; undefined for other frames. */
function promisedFrames(frame: Buffer): number | null | undefined {
  const at = Math.max(frame.indexOf('Xing', 4, 'latin1'), frame.indexOf('Info', 4, 'latin1'));
  // Behind the side information, which has 9 to 32 bytes.
  if (at < 0 || at > 40 || at + 12 > frame.length) return undefined;
  return (frame.readUInt32BE(at + 4) & 1) === 1 ? frame.readUInt32BE(at + 8) : null;
}

function id3Bytes(start: Buffer): number {
  if (start.length < 10 || start.toString('latin1', 0, 3) !== 'ID3') return 0;
  const [a, b, c, d] = [start[6]! & 127, start[7]! & 127, start[8]! & 127, start[9]! & 127];
  const footer = (start[5]! & 0x10) === 0 ? 0 : 10;
  return 10 + (a << 21) + (b << 14) + (c << 7) + d + footer;
}
