/**
 * The first frame of an MP3, whose header `Info` says how many frames follow and what the encoder put around the sound. Sources:
 * Xing's VBR header SDK; gabriel.mp3-tech.org/mp3infotag.html (LAME's part). Pure.
 */

/** What a chapter's Info frame says. */
export interface ChapterInfo {
  /** The frame itself. */
  frame: Buffer;
  /** Frames that follow. */
  frames: number;
  /** Samples that the encoder added before and after the sound. */
  delay: number;
  padding: number;
}

/** Where its parts are, from the word `Info` on. */
const FRAMES_AT = 8;
const BYTES_AT = 12;
const TABLE_AT = 16;
const TABLE_ENTRIES = 100;
const DELAY_AT = 141;
const LENGTH_AT = 148;
const SOUND_CRC_AT = 152;
const CRC_AT = 154;
const END_AT = 156;
/** All four parts are there: frames, bytes, table, quality. */
const ALL_PARTS = 15;

/** Reads an Info frame; undefined for another frame, and for one without LAME's part. */
export function readInfoFrame(frame: Buffer): ChapterInfo | undefined {
  const at = frame.subarray(0, 44).indexOf('Info', 4, 'latin1');
  if (at < 0 || frame.length < at + END_AT || (frame.readUInt32BE(at + 4) & ALL_PARTS) !== ALL_PARTS) return undefined;
  const both = frame.readUIntBE(at + DELAY_AT, 3);
  return { frame, frames: frame.readUInt32BE(at + FRAMES_AT), delay: both >> 12, padding: both & 0xfff };
}

/** The Info frame of chapters in a row, from that of the first. `soundBytes`: of all frames that follow. */
export function joinedInfoFrame(chapters: readonly ChapterInfo[], soundBytes: number): Buffer {
  const [first, last] = [chapters[0]!, chapters.at(-1)!];
  const frame = Buffer.from(first.frame);
  const at = frame.subarray(0, 44).indexOf('Info', 4, 'latin1');
  const bytes = soundBytes + frame.length;
  frame.writeUInt32BE(
    chapters.reduce((sum, { frames }) => sum + frames, 0),
    at + FRAMES_AT,
  );
  frame.writeUInt32BE(bytes, at + BYTES_AT);
  // With a constant bit rate, every hundredth of the time is a hundredth of the bytes.
  for (let i = 0; i < TABLE_ENTRIES; i++) frame[at + TABLE_AT + i] = Math.floor((256 * i) / TABLE_ENTRIES);
  frame.writeUIntBE((first.delay << 12) | last.padding, at + DELAY_AT, 3);
  frame.writeUInt32BE(bytes, at + LENGTH_AT);
  // A checksum of all sound, which no player reads: zero is "not computed".
  frame.writeUInt16BE(0, at + SOUND_CRC_AT);
  frame.writeUInt16BE(crc16(frame.subarray(0, at + CRC_AT)), at + CRC_AT);
  return frame;
}

/** CRC-16 (polynomial 0x8005, bits reversed), as LAME's part is protected. */
function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
