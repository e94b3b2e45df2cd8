/** ADTS: consecutive AAC frames, each with its own header, so that streams can be concatenated. Pure. */

/** Samples of one AAC frame (ISO/IEC 14496-3; 1024 for AAC-LC). */
export const AAC_FRAME_SAMPLES = 1024;

/** The result of counting. */
export interface AdtsCount {
  frames: number;
  sampleRateHz: number;
  channels: number;
  /** At least one frame, none truncated, all with the same sample rate and channels. */
  isComplete: boolean;
}

// ISO/IEC 14496-3, table 1.18: sampling_frequency_index.
const RATES_HZ = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
/** Bytes of a frame's header without a checksum. */
export const HEADER_BYTES = 7;

/** What the decoder's configuration of AAC-LC says. */
export interface AacFormat {
  profile: number;
  rateIndex: number;
  sampleRateHz: number;
  channels: number;
}

/** Of an AudioSpecificConfig (ISO/IEC 14496-3); undefined for anything but AAC-LC at a rate of the table. */
export function aacFormat(config: Buffer): AacFormat | undefined {
  if (config.length < 2) return undefined;
  const objectType = config[0]! >> 3;
  const rateIndex = ((config[0]! & 7) << 1) | (config[1]! >> 7);
  const sampleRateHz = RATES_HZ[rateIndex];
  if (objectType !== 2 || sampleRateHz === undefined) return undefined;
  return { profile: objectType - 1, rateIndex, sampleRateHz, channels: (config[1]! >> 3) & 15 };
}

/** Writes a frame's header at `at`; `bytes` counts the header. Buffer fullness: variable, one block, no checksum. */
export function adtsHeader(
  into: Buffer,
  at: number,
  { profile, rateIndex, channels, bytes }: { profile: number; rateIndex: number; channels: number; bytes: number },
): void {
  into[at] = 0xff;
  into[at + 1] = 0xf1;
  into[at + 2] = (profile << 6) | (rateIndex << 2) | (channels >> 2);
  into[at + 3] = ((channels & 3) << 6) | (bytes >> 11);
  into[at + 4] = (bytes >> 3) & 0xff;
  into[at + 5] = ((bytes & 7) << 5) | 0x1f;
  into[at + 6] = 0xfc;
}

/** A frame, by its header; `bytes` counts that too. */
export interface AdtsFrame {
  profile: number;
  sampleRateHz: number;
  channels: number;
  bytes: number;
}

/** The frame whose header is at `at`; undefined when none is, or not all of its header. */
export function adtsFrameAt(bytes: Buffer, at: number): AdtsFrame | undefined {
  if (at + HEADER_BYTES > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0) return undefined;
  const sampleRateHz = RATES_HZ[(bytes[at + 2]! >> 2) & 15];
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  if (sampleRateHz === undefined || length <= HEADER_BYTES) return undefined;
  const channels = ((bytes[at + 2]! & 1) << 2) | (bytes[at + 3]! >> 6);
  return { profile: bytes[at + 2]! >> 6, sampleRateHz, channels, bytes: length };
}
