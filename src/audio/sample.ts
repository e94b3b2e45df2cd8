import { PipelineError } from '../errors.ts';
import type { MeasuredSample } from '../qc/sample.ts';
import { decodeAudio } from './decode.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';
import { BLOCKS_PER_SECOND } from './loudness.ts';
import { silencePower, type TakeMeasures } from './measures.ts';
import { createMeter, type Meter } from './meter.ts';

/** Longer recordings are measured up to here only; the service takes 60 s. */
const MOST_SECONDS = 120;

/**
 * Decodes a recording to clone from and measures what `judgeSample` asks for. A file that is no sound is an answer
 * (`readable: false`), not an error. Errors: `interrupted`, `ffmpeg-missing`, `disk-full`, and a killed ffmpeg.
 */
export async function inspectSample(request: {
  ffmpeg: Ffmpeg;
  bytes: Uint8Array;
  /** What it is, for messages. Default: `the sample`. */
  name?: string;
  signal?: AbortSignal;
}): Promise<MeasuredSample> {
  const { ffmpeg, bytes, name = 'the sample', signal } = request;
  let meter: Meter | undefined;
  try {
    const decode = { ffmpeg, input: bytes, name, channels: 1, maxSeconds: MOST_SECONDS, signal };
    const facts = await decodeAudio(decode, (chunk, { sampleRateHz }) => {
      meter ??= createMeter(sampleRateHz);
      meter.push(chunk);
    });
    const measures = meter?.finish();
    const durationSeconds = measures === undefined ? 0 : measures.samples / measures.sampleRateHz;
    const longestSpeechSeconds = measures === undefined ? 0 : longestSpeech(measures);
    const { container, codec, sampleRateHz, channels } = facts;
    const format = { container, codec, sampleRateHz, channels };
    return { readable: true, byteLength: bytes.length, ...format, durationSeconds, longestSpeechSeconds };
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'ffmpeg-failed' || error.retry !== 'never') throw error;
    return { readable: false, byteLength: bytes.length, reason: error.message };
  }
}

/** Speech goes on over a gap as short as this: a breath, a stop consonant, the end of a phrase. */
const MOST_GAP_SECONDS = 0.5;

function longestSpeech({ power, sampleRateHz, blockSamples }: TakeMeasures): number {
  const threshold = silencePower(power);
  const mostGap = MOST_GAP_SECONDS * BLOCKS_PER_SECOND;
  let longest = 0;
  let start = -1;
  let last = -1;
  for (let i = 0; i < power.length; i++) {
    if (power[i]! < threshold) continue;
    if (start < 0 || i - last > mostGap) start = i;
    last = i;
    longest = Math.max(longest, last - start + 1);
  }
  return (longest * blockSamples) / sampleRateHz;
}
