/** Headers of FLAC frames, and their checksums. Pure. Source: RFC 9639, 9.1. */

/** A frame, by its header. */
export interface FlacFrame {
  /** Frames differ in length: `number` counts samples and not frames. */
  isVariable: boolean;
  number: number;
  samples: number;
  rateCode: number;
}

/** The frame whose header is at `at`; undefined when there is none, or not all of its header. */
export function flacFrameAt(bytes: Buffer, at: number): FlacFrame | undefined {
  const [sync, second, codes, channels] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  if (sync !== 0xff || (second! & 0xfe) !== 0xf8 || codes === undefined || channels === undefined) return undefined;
  const [sizeCode, rateCode] = [codes >> 4, codes & 15];
  if (sizeCode === 0 || rateCode === 15 || channels >> 4 > 10 || (channels & 1) === 1) return undefined;
  const coded = codedNumber(bytes, at + 4);
  if (coded === undefined) return undefined;
  let end = coded.end;
  let samples = sizeCode === 1 ? 192 : sizeCode < 6 ? 576 << (sizeCode - 2) : 256 << (sizeCode - 8);
  if (sizeCode === 6) samples = (bytes[end++] ?? 0) + 1;
  if (sizeCode === 7) {
    samples = ((bytes[end] ?? 0) << 8) + (bytes[end + 1] ?? 0) + 1;
    end += 2;
  }
  end += rateCode === 12 ? 1 : rateCode > 12 ? 2 : 0;
  if (end >= bytes.length || crc8(bytes.subarray(at, end)) !== bytes[end]) return undefined;
  return { isVariable: (second! & 1) === 1, number: coded.number, samples, rateCode };
}

/** Of a frame or a sample, as UTF-8 counts letters, up to 36 bits. */
function codedNumber(bytes: Buffer, at: number): { number: number; end: number } | undefined {
  const first = bytes[at];
  if (first === undefined || first === 0xff || (first & 0xc0) === 0x80) return undefined;
  const more = first < 0x80 ? 0 : Math.clz32(~(first << 24)) - 1;
  let number = more === 0 ? first : first & (0x3f >> more);
  for (let i = 1; i <= more; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return undefined;
    number = number * 64 + (byte & 0x3f);
  }
  return { number, end: at + more + 1 };
}

function crc8(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x80 ? ((sum << 1) ^ 0x07) & 0xff : sum << 1;
  }
  return sum;
}

const CRC16_STEPS = Uint16Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 8;
  for (let bit = 0; bit < 8; bit++) sum = sum & 0x8000 ? (sum << 1) ^ 0x8005 : sum << 1;
  return sum;
});

/** The checksum of a frame after one byte more, from 0; 0 again behind the frame's own checksum. */
export function crc16(sum: number, byte: number): number {
  return ((sum << 8) & 0xffff) ^ CRC16_STEPS[(sum >> 8) ^ byte]!;
}
