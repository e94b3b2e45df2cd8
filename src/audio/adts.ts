/** ADTS: consecutive AAC frames, each with its own header, so that streams can be concatenated. */

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
const HEADER_BYTES = 7;

/** Counts the frames of a stream. Push in order; buffers at most seven bytes. */
export function createAdtsCounter(): { push(chunk: Uint8Array): void; finish(): AdtsCount } {
  const header = Buffer.alloc(HEADER_BYTES);
  let filled = 0;
  let skip = 0;
  let frames = 0;
  let format: { sampleRateHz: number; channels: number } | undefined;
  let broken = false;
  const readHeader = (): void => {
    const own = {
      sampleRateHz: RATES_HZ[(header[2]! >> 2) & 15] ?? 0,
      channels: ((header[2]! & 1) << 2) | (header[3]! >> 6),
    };
    format ??= own;
    const length = ((header[3]! & 3) << 11) | (header[4]! << 3) | (header[5]! >> 5);
    const isSync = header[0] === 0xff && (header[1]! & 0xf6) === 0xf0;
    const blocks = (header[6]! & 3) + 1;
    const agrees = own.sampleRateHz === format.sampleRateHz && own.channels === format.channels;
    if (!isSync || !agrees || blocks !== 1 || length < HEADER_BYTES) broken = true;
    frames += 1;
    skip = length - HEADER_BYTES;
    filled = 0;
  };
  return {
    push(chunk) {
      for (let at = 0; at < chunk.length && !broken; ) {
        if (skip > 0) {
          const step = Math.min(skip, chunk.length - at);
          skip -= step;
          at += step;
          continue;
        }
        header[filled++] = chunk[at++]!;
        if (filled === HEADER_BYTES) readHeader();
      }
    },
    finish: () => ({
      frames,
      sampleRateHz: format?.sampleRateHz ?? 0,
      channels: format?.channels ?? 0,
      isComplete: !broken && frames > 0 && skip === 0 && filled === 0,
    }),
  };
}
