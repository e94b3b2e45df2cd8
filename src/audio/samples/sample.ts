import { PipelineError } from '../../errors.ts';
import type { MeasuredSample } from '../../qc/sample.ts';
import type { SampleQuality } from '../../qc/sample-quality.ts';
import { decodeAudio } from '../ffmpeg/decode.ts';
import type { Ffmpeg } from '../ffmpeg/ffmpeg-binary.ts';
import { type ClipCounter, createRecordedClipCounter } from '../measure/clipping.ts';
import { BLOCKS_PER_SECOND } from '../measure/loudness.ts';
import { silencePower, type TakeMeasures } from '../measure/measures.ts';
import { createMeter, type Meter } from '../measure/meter.ts';
import { reverberationSeconds } from '../measure/reverberation.ts';
import { createSampleReader, dbFromPower } from '../pcm.ts';

/** Longest part of a recording to measure; the service accepts 60 s. */
const MOST_SECONDS = 120;

/** A voice sample to measure. */
export interface SampleRequest {
  ffmpeg: Ffmpeg;
  bytes: Uint8Array;
  /** Name for messages. Default: `the sample`. */
  name?: string;
  signal?: AbortSignal;
}

/**
 * Decodes a voice sample and measures what `judgeSample` needs. A file without audio is a result (`readable: false`), not an
 * error. Errors: `interrupted`, `ffmpeg-missing`, `disk-full`, and a killed ffmpeg.
 */
export async function inspectSample(request: SampleRequest): Promise<MeasuredSample> {
  return (await measureSample(request)).sample;
}

/** Like `inspectSample`, with the quality of the recording; `quality` is undefined without audio. */
export async function measureSample(
  request: SampleRequest,
): Promise<{ sample: MeasuredSample; quality: SampleQuality | undefined }> {
  const { ffmpeg, bytes, name = 'the sample', signal } = request;
  const reader = createSampleReader();
  let clips: ClipCounter | undefined;
  let meter: Meter | undefined;
  try {
    const decode = { ffmpeg, input: bytes, name, channels: 1, maxSeconds: MOST_SECONDS, signal };
    const facts = await decodeAudio(decode, (chunk, { sampleRateHz }) => {
      meter ??= createMeter(sampleRateHz);
      clips ??= createRecordedClipCounter(sampleRateHz);
      const samples = reader.read(chunk);
      meter.pushSamples(samples);
      clips.push(samples);
    });
    const measures = meter?.finish();
    const durationSeconds = measures === undefined ? 0 : measures.samples / measures.sampleRateHz;
    const speech = {
      longestSpeechSeconds: measures === undefined ? 0 : longestSpeech(measures),
      longestPassageSeconds: measures === undefined ? 0 : longestSpeech(measures, MOST_PAUSE_SECONDS),
    };
    const { container, codec, sampleRateHz, channels } = facts;
    const format = { container, codec, sampleRateHz, channels };
    return {
      sample: { readable: true, byteLength: bytes.length, ...format, durationSeconds, ...speech },
      quality: measures === undefined || durationSeconds === 0 ? undefined : qualityOf(measures, clips?.clipped() ?? 0),
    };
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'ffmpeg-failed' || error.retry !== 'never') throw error;
    return {
      sample: { readable: false, byteLength: bytes.length, reason: error.message.replace(/\bfile:\S+: /, '') },
      quality: undefined,
    };
  }
}

/** Longest gap within continuous speech: a breath, a stop consonant, the end of a phrase. */
const MOST_GAP_SECONDS = 0.5;
/** Longest pause that the successor family allows. Source: voice-cloning guide, 2026-09. */
const MOST_PAUSE_SECONDS = 2;

/** Length of the longest speech without a longer gap, in seconds. Default: half a second. */
export function longestSpeech(
  { power, sampleRateHz, blockSamples }: TakeMeasures,
  mostGapSeconds = MOST_GAP_SECONDS,
): number {
  const threshold = silencePower(power);
  const mostGap = mostGapSeconds * BLOCKS_PER_SECOND;
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

function qualityOf(measures: TakeMeasures, clippedPeaks: number): SampleQuality {
  const { power, peak } = measures;
  const threshold = silencePower(power);
  const loud = power.filter((value) => value >= threshold);
  return {
    silenceShare: pauseBlocks(power, threshold) / Math.max(1, power.length),
    clippedPeaks,
    noiseFloorDbfs: dbFromPower(quietest(power)),
    speechLevelDbfs: dbFromPower(loud.reduce((sum, value) => sum + value, 0) / Math.max(1, loud.length)),
    samplePeakDbfs: dbFromPower(peak.reduce((most, value) => Math.max(most, value), 0) ** 2),
    reverberationSeconds: reverberationSeconds(power),
  };
}

/** Shorter gaps are part of speech: stop consonants, breaths. */
const LEAST_PAUSE_BLOCKS = 0.3 * BLOCKS_PER_SECOND;

/** Number of blocks in pauses. */
function pauseBlocks(power: Float32Array, threshold: number): number {
  let total = 0;
  let run = 0;
  for (let i = 0; i <= power.length; i++) {
    if (i < power.length && power[i]! < threshold) {
      run += 1;
      continue;
    }
    if (run >= LEAST_PAUSE_BLOCKS) total += run;
    run = 0;
  }
  return total;
}

/** Pauses between phrases are rarely longer. */
const NOISE_BLOCKS = 0.2 * BLOCKS_PER_SECOND;

/** Mean square of the quietest 200 ms without digital silence, which comes from editing. */
function quietest(power: Float32Array): number {
  let least = Infinity;
  for (let i = 0; i + NOISE_BLOCKS <= power.length; i++) {
    const blocks = power.subarray(i, i + NOISE_BLOCKS);
    if (blocks.some((value) => value === 0)) continue;
    least = Math.min(least, blocks.reduce((sum, value) => sum + value, 0) / NOISE_BLOCKS);
  }
  return least === Infinity ? 0 : least;
}
