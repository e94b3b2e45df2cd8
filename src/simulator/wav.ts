/** Reads WAV samples: PCM of 8, 16, 24 and 32 bits and float, any rate, any number of channels. */

/** A decoded recording. */
export interface DecodedSample {
  /** Mono, the mean of the channels. */
  pcm: Int16Array;
  /** Rate of `pcm`. */
  sampleRateHz: number;
  /** Channels of the file. */
  channels: number;
  /** Rate of the file; a decoder may have changed it for `pcm`. */
  sourceSampleRateHz: number;
  durationSeconds: number;
  /** Bits of one value of a WAV file of integers; undefined for other files. */
  bits?: number | undefined;
}

/** Decodes a WAV file; undefined when the bytes are not WAV, are damaged, or have a codec other than PCM and float. */
export function decodeWav(bytes: Uint8Array): DecodedSample | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || ascii(bytes, 0) !== 'RIFF' || ascii(bytes, 8) !== 'WAVE') return undefined;
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = ascii(bytes, at);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (id === 'fmt ' && start + 16 <= bytes.length) format = readFormat(view, start, size);
    // A writer that could not seek back leaves the size at 0 or at its maximum: then the data ends with the file.
    if (id === 'data') return format && decodeData(view, start, dataLength(size, bytes.length - start), format);
    at = start + size + (size % 2);
  }
  return undefined;
}

interface Format {
  float: boolean;
  channels: number;
  sampleRateHz: number;
  bits: number;
}

function readFormat(view: DataView, start: number, size: number): Format | undefined {
  const WAVE_FORMAT_EXTENSIBLE = 0xfffe;
  let tag = view.getUint16(start, true);
  if (tag === WAVE_FORMAT_EXTENSIBLE && size >= 40 && start + 26 <= view.byteLength) {
    tag = view.getUint16(start + 24, true);
  }
  const channels = view.getUint16(start + 2, true);
  const sampleRateHz = view.getUint32(start + 4, true);
  const bits = view.getUint16(start + 14, true);
  const known = tag === 1 ? [8, 16, 24, 32] : tag === 3 ? [32, 64] : [];
  if (!known.includes(bits) || channels === 0 || sampleRateHz === 0) return undefined;
  return { float: tag === 3, channels, sampleRateHz, bits };
}

function dataLength(size: number, left: number): number {
  return size === 0 || size > left ? left : size;
}

function decodeData(view: DataView, start: number, length: number, format: Format): DecodedSample {
  const { channels, sampleRateHz } = format;
  const bytesPerValue = format.bits / 8;
  const frames = Math.floor(length / (bytesPerValue * channels));
  const read = reader(view, format);
  const pcm = new Int16Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += read(start + (frame * channels + channel) * bytesPerValue);
    }
    pcm[frame] = Math.max(-32_768, Math.min(32_767, Math.round(sum / channels)));
  }
  const bits = format.float ? undefined : format.bits;
  return {
    pcm,
    sampleRateHz,
    channels,
    sourceSampleRateHz: sampleRateHz,
    durationSeconds: frames / sampleRateHz,
    bits,
  };
}

/** Reads one value at a byte, on the scale of 16-bit samples. */
function reader(view: DataView, { float, bits }: Format): (at: number) => number {
  if (float && bits === 64) return (at) => view.getFloat64(at, true) * 32_768;
  if (float) return (at) => view.getFloat32(at, true) * 32_768;
  if (bits === 8) return (at) => (view.getUint8(at) - 128) * 256;
  if (bits === 16) return (at) => view.getInt16(at, true);
  if (bits === 24) return (at) => view.getInt16(at + 1, true) + view.getUint8(at) / 256;
  return (at) => view.getInt32(at, true) / 65_536;
}

function ascii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
