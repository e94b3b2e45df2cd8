/**
 * Samples as bytes of a format. Pure.
 *
 * wav has its header in the first frame only, like the service. mp3 is correct MPEG audio of the right length, but
 * silent: an encoder would be a program of its own. Opus is not made.
 */

import { WAV_SIZE_OFFSETS, wavHeader } from '../../audio/pcm.ts';

/** Encodes the sentences of one task, in their order. */
export interface Encoder {
  /** The bytes of a sentence. */
  encode(pcm: Int16Array): Buffer;
}

/** An encoder for one task. */
export function createEncoder(format: 'pcm' | 'wav' | 'mp3', sampleRateHz: number): Encoder {
  if (format === 'pcm') return { encode: bytesOf };
  if (format === 'mp3') return mp3Encoder(sampleRateHz);
  let begun = false;
  return {
    encode(pcm) {
      const bytes = begun ? bytesOf(pcm) : Buffer.concat([streamHeader(sampleRateHz), bytesOf(pcm)]);
      begun = true;
      return bytes;
    },
  };
}

function bytesOf(pcm: Int16Array): Buffer {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

/** Of a stream whose length is not known yet: both sizes at their maximum. */
function streamHeader(sampleRateHz: number): Buffer {
  const header = wavHeader({ sampleRateHz, dataBytes: 0 });
  for (const offset of WAV_SIZE_OFFSETS) header.writeUInt32LE(0xffff_ffff, offset);
  return header;
}

/** By rate: the second byte of the frame header (MPEG 1, 2, 2.5), the rate's index, samples and bytes of a frame. */
const MP3_RATES: Readonly<Record<number, readonly [version: number, rate: number, samples: number, bytes: number]>> = {
  8000: [0xe3, 2, 576, 72],
  16000: [0xf3, 2, 576, 36],
  22050: [0xf3, 0, 576, 26],
  24000: [0xf3, 1, 576, 24],
  44100: [0xfb, 0, 1152, 104],
  48000: [0xfb, 1, 1152, 96],
};

/** Mono frames of the lowest bit rate without any sound; samples that fill no frame wait for the next sentence. */
function mp3Encoder(sampleRateHz: number): Encoder {
  const [version, rate, samples, bytes] = MP3_RATES[sampleRateHz] ?? MP3_RATES[22_050]!;
  const frame = Buffer.alloc(bytes);
  frame.set([0xff, version, 0x10 | (rate << 2), 0xc0]);
  let waiting = 0;
  return {
    encode(pcm) {
      waiting += pcm.length;
      const frames = Math.floor(waiting / samples);
      waiting -= frames * samples;
      return Buffer.concat(Array.from({ length: frames }, () => frame));
    },
  };
}
