/** Audio as bytes: PCM, and WAV files whose header may say anything about their sizes. */
import { WAV_SIZE_UNKNOWN } from '../../speech/openai-speech/protocol.ts';
import type { OpenaiSpeechSettings } from './settings.ts';

/** Bytes of the header. */
export const WAV_HEADER_BYTES = 44;

/** The header of a WAV file of 16-bit mono samples. */
export function wavHeader(
  dataBytes: number,
  sampleRateHz: number,
  sizes: OpenaiSpeechSettings['wavSizes'] = 'right',
): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(sizeField(dataBytes + WAV_HEADER_BYTES - 8, sizes), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(sizeField(dataBytes, sizes), 40);
  return header;
}

/** Samples as the bytes of a raw format. */
export function rawBytes(samples: Int16Array, format: 'wav' | 'pcm' | 'f32'): Buffer {
  if (format !== 'f32') return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const floats = Float32Array.from(samples, (sample) => sample / 32_768);
  return Buffer.from(floats.buffer);
}

function sizeField(right: number, sizes: OpenaiSpeechSettings['wavSizes']): number {
  // Half as much again, as of a server that wrote less than it had planned.
  return { right, unknown: WAV_SIZE_UNKNOWN, zero: 0, 'too-big': Math.round(right * 1.5) }[sizes];
}
