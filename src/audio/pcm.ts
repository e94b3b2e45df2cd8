/**
 * 16-bit little-endian PCM: samples out of byte chunks, decibels, and WAV headers. Level 0: imports nothing of ours.
 *
 * All machines that Node 20 is built for in practice are little-endian, so samples are read as typed-array views.
 */

/** Bytes of one sample of one channel. */
export const BYTES_PER_SAMPLE = 2;

/** Amplitude ratio of a level in dB: 0 dB is 1, −6.02 dB is 0.5. */
export function gainFromDb(db: number): number {
  return 10 ** (db / 20);
}

/** Level in dB of an amplitude where full scale is 1; −Infinity for 0. */
export function dbFromGain(gain: number): number {
  return gain > 0 ? 20 * Math.log10(gain) : -Infinity;
}

/** Level in dB of a mean square where full scale is 1; −Infinity for 0. */
export function dbFromPower(meanSquare: number): number {
  return meanSquare > 0 ? 10 * Math.log10(meanSquare) : -Infinity;
}

/** Samples nearest to a duration, never negative. */
export function samplesOf(seconds: number, sampleRateHz: number): number {
  return Math.max(0, Math.round(seconds * sampleRateHz));
}

/**
 * Turns byte chunks of any length and alignment into whole samples. A chunk may end in the middle of a sample: its odd
 * byte waits for the next chunk. The returned samples may be a view of the chunk: use them before the chunk is reused.
 */
export function createSampleReader(): {
  /** The whole samples that are complete with this chunk. */
  read(chunk: Uint8Array): Int16Array;
  /** Bytes left over, 0 or 1; 1 at the end of a stream means that it was cut inside a sample. */
  pendingBytes(): number;
} {
  let pending: number | undefined;
  return {
    read(chunk) {
      let bytes = chunk;
      if (pending !== undefined && chunk.length > 0) {
        bytes = new Uint8Array(chunk.length + 1);
        bytes[0] = pending;
        bytes.set(chunk, 1);
        pending = undefined;
      }
      if (bytes.length % BYTES_PER_SAMPLE === 1) pending = bytes[bytes.length - 1];
      const samples = bytes.length >> 1;
      // A typed array must start at a multiple of its element's size; slices of pooled Buffers often do not. They are
      // copied by the constructor, because `slice` of a Buffer is no copy.
      const aligned = bytes.byteOffset % BYTES_PER_SAMPLE === 0 ? bytes : new Uint8Array(bytes);
      return new Int16Array(aligned.buffer, aligned.byteOffset, samples);
    },
    pendingBytes: () => (pending === undefined ? 0 : 1),
  };
}

/** The header of a WAV file. */
export interface WavHeader {
  encoding: 'pcm' | 'float' | 'other';
  sampleRateHz: number;
  channels: number;
  bitsPerSample: number;
  /** Offset of the first byte of audio. */
  dataOffset: number;
  /** Declared bytes of audio; `null` when unknown (0 or 0xFFFFFFFF, as streams write it). */
  dataBytes: number | null;
}

const EXTENSIBLE = 0xfffe;

/**
 * Reads the header at the start of a WAV stream: `incomplete` when more bytes are needed, `null` when this is not a WAV. The
 * declared size is not trusted: callers use the existing bytes, up to it. Chunks of odd length are padded (RIFF),
 * and WAVE_FORMAT_EXTENSIBLE is read by the first two bytes of its sub-format.
 */
export function parseWavHeader(bytes: Uint8Array): WavHeader | 'incomplete' | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (offset: number) => view.toString('latin1', offset, offset + 4);
  if (view.length < 12) return 'RIFF'.startsWith(word(0).slice(0, 4)) ? 'incomplete' : null;
  if (word(0) !== 'RIFF' || word(8) !== 'WAVE') return null;

  let format: Pick<WavHeader, 'encoding' | 'sampleRateHz' | 'channels' | 'bitsPerSample'> | undefined;
  for (let offset = 12; offset + 8 <= view.length; ) {
    const size = view.readUInt32LE(offset + 4);
    const body = offset + 8;
    if (word(offset) === 'data') {
      if (format === undefined) return null;
      return { ...format, dataOffset: body, dataBytes: size === 0 || size >= 0xffff_fffe ? null : size };
    }
    if (word(offset) === 'fmt ') {
      if (size < 16) return null;
      if (body + Math.min(size, 26) > view.length) return 'incomplete';
      const tag = view.readUInt16LE(body);
      const code = tag === EXTENSIBLE && size >= 26 ? view.readUInt16LE(body + 24) : tag;
      format = {
        encoding: code === 1 ? 'pcm' : code === 3 ? 'float' : 'other',
        channels: view.readUInt16LE(body + 2),
        sampleRateHz: view.readUInt32LE(body + 4),
        bitsPerSample: view.readUInt16LE(body + 14),
      };
    }
    offset = body + size + (size % 2);
  }
  return 'incomplete';
}

/** Where a header of `wavHeader` has the size of the file after these fields, and of the audio. */
export const WAV_SIZE_OFFSETS = [4, 40] as const;

/** The 44-byte header of a 16-bit PCM WAV file with `dataBytes` bytes of audio (at most 4 GiB − 37). */
export function wavHeader(sound: { sampleRateHz: number; channels?: number; dataBytes: number }): Buffer {
  const { sampleRateHz, channels = 1, dataBytes } = sound;
  if (dataBytes > 0xffff_ffff - 36) throw new Error(`Internal error: ${dataBytes} bytes do not fit a WAV file`);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * channels * BYTES_PER_SAMPLE, 28);
  header.writeUInt16LE(channels * BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
