/** The header of one frame of an MP3 (ISO/IEC 11172-3 and 13818-3, layer III). Pure. */

/** A frame by its header. */
export interface Mp3Frame {
  bytes: number;
  kbps: number;
  seconds: number;
  /** MPEG version, sample rate, and mono or stereo: the same in all frames of one stream. */
  format: string;
}

// In kb/s by the header's index; 0 (free) and 15 (bad) are not taken.
const KBPS_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBPS_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES_HZ: Record<number, readonly number[]> = {
  3: [44_100, 48_000, 32_000],
  2: [22_050, 24_000, 16_000],
  0: [11_025, 12_000, 8_000],
};
const MPEG1 = 3;
const MONO = 3;

/** The frame whose header begins at `at`; `null` when there is none. */
export function mp3FrameAt(bytes: Buffer, at: number): Mp3Frame | null {
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return null;
  const version = (bytes[at + 1]! >> 3) & 3;
  const layer = (bytes[at + 1]! >> 1) & 3;
  const kbps = (version === MPEG1 ? KBPS_MPEG1 : KBPS_MPEG2)[bytes[at + 2]! >> 4];
  const rateHz = RATES_HZ[version]?.[(bytes[at + 2]! >> 2) & 3];
  if (layer !== 1 || !kbps || rateHz === undefined) return null;
  const padding = (bytes[at + 2]! >> 1) & 1;
  const samples = version === MPEG1 ? 1152 : 576;
  return {
    bytes: Math.floor((samples * 125 * kbps) / rateHz) + padding,
    kbps,
    seconds: samples / rateHz,
    format: `${version} ${rateHz} ${bytes[at + 3]! >> 6 === MONO ? 'mono' : 'stereo'}`,
  };
}

/** The frame count in a Xing or Info header; `null` when it has none; `undefined` for other frames. */
export function promisedFrames(frame: Buffer): number | null | undefined {
  const at = infoAt(frame);
  if (at < 0 || at + 12 > frame.length) return undefined;
  return (frame.readUInt32BE(at + 4) & 1) === 1 ? frame.readUInt32BE(at + 8) : null;
}

const XING = Buffer.from('Xing').readUInt32BE();
const INFO = Buffer.from('Info').readUInt32BE();

/** Where the name of such a header is: behind the side information, which has 9 to 32 bytes. −1 for nowhere. */
function infoAt(frame: Buffer): number {
  const end = Math.min(frame.length, 44) - 4;
  for (let at = 4; at <= end; at++) {
    const first = frame[at];
    if (first !== 0x58 && first !== 0x49) continue;
    const name = frame.readUInt32BE(at);
    if (name === XING || name === INFO) return at;
  }
  return -1;
}
