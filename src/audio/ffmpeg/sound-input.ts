/** How a chapter's sound reaches ffmpeg: as a CAF stream, which it reads in packets of 4 KB. As bare samples they are of 2 KB, and cost twice. */
import { BYTES_PER_SAMPLE } from '../pcm.ts';
import type { FfmpegRun } from './ffmpeg.ts';

/** Sound to send to ffmpeg. */
export interface Sound {
  /** s16le mono. Each chunk is written before the next one is requested. */
  pcm: AsyncIterable<Uint8Array>;
  /** Samples of `pcm`, exactly. */
  samples: number;
  sampleRateHz: number;
}

/** The input of a run for a sound. Pure. */
export function soundInput(sound: Sound): FfmpegRun['inputs'][number] {
  return { from: asCaf(sound), options: ['-f', 'caf', '-c:a', 'pcm_s16le'] };
}

async function* asCaf(sound: Sound): AsyncGenerator<Uint8Array> {
  yield cafHeader(sound);
  yield* sound.pcm;
}

const HEADER_BYTES = 68;
const LITTLE_ENDIAN = 2;

/** Source: Apple Core Audio Format Specification 1.0: file header, audio description, head of the audio data. */
function cafHeader({ samples, sampleRateHz }: Omit<Sound, 'pcm'>): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('caff', 0, 'latin1');
  header.writeUInt16BE(1, 4);
  header.write('desc', 8, 'latin1');
  header.writeBigInt64BE(32n, 12);
  header.writeDoubleBE(sampleRateHz, 20);
  header.write('lpcm', 28, 'latin1');
  header.writeUInt32BE(LITTLE_ENDIAN, 32);
  header.writeUInt32BE(BYTES_PER_SAMPLE, 36);
  // Frames in a packet, and channels.
  header.writeUInt32BE(1, 40);
  header.writeUInt32BE(1, 44);
  header.writeUInt32BE(8 * BYTES_PER_SAMPLE, 48);
  header.write('data', 52, 'latin1');
  // With the four bytes of the edit count, which is 0.
  header.writeBigInt64BE(BigInt(samples * BYTES_PER_SAMPLE + 4), 56);
  return header;
}
