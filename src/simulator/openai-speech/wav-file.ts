/** Audio as bytes: PCM, and WAV files whose header may say anything about their sizes. */
import { WAV_SIZE_OFFSETS, wavHeader as wavFileHeader } from '../../audio/pcm.ts';
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
  const header = wavFileHeader({ sampleRateHz, dataBytes });
  for (const offset of WAV_SIZE_OFFSETS) header.writeUInt32LE(sizeField(header.readUInt32LE(offset), sizes), offset);
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
