/**
 * Where an encoder began anew in an MP3 without a header. A frame may keep its sound in bytes that the frames before it left over,
 * the bit reservoir, and no encoder throws many of them away while something sounds; a second file begins with none. Pure.
 */
import type { Mp3Frame } from './mp3-header.ts';

/** A new file loses what was left at the end of the one before; encoders drop up to 50 bytes now and then, and all before silence. */
const LEAST_LOST_BYTES = 64;
/** Of the frames that sound: joints are rare, and an encoder that often begins at its own frame keeps no reservoir. */
const MOST_JOINTS = 1 / 300;
const MOST_EMPTY = 1 / 20;
/** At the highest bit rate the reservoir is too small to tell. */
const MOST_KBPS = 256;

/** Watches the frames of one file in their order. */
export function createReservoirWatch() {
  let before: { left: number; used: number } | undefined;
  let firstSeconds: number | null = null;
  /** What may be a joint, if the next frame sounds. */
  let jointSeconds: number | undefined;
  const count = { sounding: 0, empty: 0, joints: 0 };
  return {
    /** The next frame with sound, and where it begins. */
    push(frame: Mp3Frame, bytes: Buffer, atSeconds: number): void {
      const { begin, room, used, sounds } = reservoirOf(frame, bytes);
      if (sounds && jointSeconds !== undefined) {
        count.joints += 1;
        firstSeconds ??= jointSeconds;
      }
      jointSeconds = undefined;
      if (sounds && before !== undefined && before.used > 0 && frame.kbps <= MOST_KBPS) {
        count.sounding += 1;
        if (begin === 0) count.empty += 1;
        if (begin === 0 && before.left >= LEAST_LOST_BYTES) jointSeconds = atSeconds;
      }
      before = { left: begin + room - used, used };
    },
    /** Where the second file begins; `null` for none. */
    finish: (): number | null =>
      count.joints <= 1 + count.sounding * MOST_JOINTS && count.empty <= 1 + count.sounding * MOST_EMPTY
        ? firstSeconds
        : null,
  };
}

/**
 * In bytes: how far before its own sound data a frame's begins, the room for sound data in it, and what it uses; and whether
 * all of it sounds (ISO/IEC 11172-3 and 13818-3, 2.4.1.7).
 */
function reservoirOf({ format, bytes: length }: Mp3Frame, bytes: Buffer) {
  const isMpeg1 = format.startsWith('3');
  const channels = format.endsWith('mono') ? 1 : 2;
  const hasChecksum = (bytes[1]! & 1) === 0;
  const from = hasChecksum ? 6 : 4;
  const granules = isMpeg1 ? 2 : 1;
  const head = isMpeg1 ? 9 + (channels === 1 ? 5 : 3) + 4 * channels : 8 + channels;
  const each = isMpeg1 ? 59 : 63;
  let usedBits = 0;
  let sounds = true;
  for (let granule = 0; granule < granules; granule++) {
    let own = 0;
    for (let c = 0; c < channels; c++) own += bitsAt(bytes, from * 8 + head + (granule * channels + c) * each, 12);
    usedBits += own;
    sounds &&= own > 0;
  }
  return {
    begin: bitsAt(bytes, from * 8, isMpeg1 ? 9 : 8),
    room: length - from - (head + granules * channels * each) / 8,
    used: Math.ceil(usedBits / 8),
    sounds,
  };
}

/** At most 12 bits; 0 beyond the end. */
function bitsAt(bytes: Buffer, bit: number, bits: number): number {
  const at = bit >> 3;
  const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  return (three >> (24 - (bit & 7) - bits)) & ((1 << bits) - 1);
}
