/**
 * Samples as bytes of a format. Pure.
 *
 * wav has its header in the first frame only, like the service. mp3 and opus are correct and of the right length, but
 * silent: an encoder would be a program of its own.
 */

import { WAV_SIZE_OFFSETS, wavHeader } from '../../audio/pcm.ts';
import type { AudioFormat } from '../../speech/dashscope-inference/protocol.ts';
import { opusPages } from './opus.ts';

/** Encodes the sentences of one task, in their order. */
export interface Encoder {
  /** The bytes of a sentence. Where `isPaged`, each piece is a frame of its own. */
  encode(pcm: Int16Array): Buffer[];
  isPaged: boolean;
}

/** An encoder for one task. */
export function createEncoder(format: AudioFormat, sampleRateHz: number): Encoder {
  if (format === 'pcm') return { encode: (pcm) => [bytesOf(pcm)], isPaged: false };
  if (format === 'mp3') return mp3Encoder(sampleRateHz);
  if (format === 'opus') return { encode: opusPages(sampleRateHz), isPaged: true };
  let begun = false;
  return {
    isPaged: false,
    encode(pcm) {
      const header = begun ? [] : [streamHeader(sampleRateHz)];
      begun = true;
      return [...header, bytesOf(pcm)];
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
    isPaged: false,
    encode(pcm) {
      waiting += pcm.length;
      const frames = Math.floor(waiting / samples);
      waiting -= frames * samples;
      return Array.from({ length: frames }, () => frame);
    },
  };
}
