/** Measures a take as it arrives: the blocks for mastering, and the values for the checks. */
import type { MeasuredTake } from '../../qc/measured-take.ts';
import { createSampleReader, dbFromGain, dbFromPower, samplesOf } from '../pcm.ts';
import { createClipCounter } from './clipping.ts';
import { silencePower, soundBlocks, type TakeMeasures } from './measures.ts';
import { createMeter } from './meter.ts';

/** Measures one take. Push in order, finish once. */
export interface TakeMeter {
  /** s16le bytes; a chunk may end inside a sample. */
  push(chunk: Uint8Array): void;
  finish(): { measures: TakeMeasures; measured: MeasuredTake };
}

/** A meter for one take at this rate. */
export function createTakeMeter(sampleRateHz: number): TakeMeter {
  const reader = createSampleReader();
  const meter = createMeter(sampleRateHz);
  const clips = createClipCounter();
  const end = createTailBuffer(samplesOf(END_SECONDS, sampleRateHz));
  return {
    push(chunk) {
      const samples = reader.read(chunk);
      meter.pushSamples(samples);
      clips.push(samples);
      end.push(samples);
    },
    finish() {
      const measures = meter.finish();
      return {
        measures,
        measured: measuredTake(measures, { clippedPeaks: clips.clipped(), endPower: end.power(measures.offset) }),
      };
    },
  };
}

/** A complete utterance has faded in this time; a truncated one has not. */
const END_SECONDS = 0.005;

/** Remembers the last samples. */
function createTailBuffer(length: number) {
  let last = new Int16Array(0);
  return {
    push(samples: Int16Array) {
      if (samples.length >= length) last = samples.slice(samples.length - length);
      else {
        const kept = last.subarray(Math.max(0, last.length + samples.length - length));
        const joined = new Int16Array(kept.length + samples.length);
        joined.set(kept);
        joined.set(samples, kept.length);
        last = joined;
      }
    },
    /** Without the recording's constant offset, which is no sound and which mastering removes. */
    power: (offset: number) =>
      last.reduce((sum, sample) => sum + ((sample - offset) / 32_768) ** 2, 0) / Math.max(1, last.length),
  };
}

function measuredTake(
  { power, peak, samples, sampleRateHz, blockSamples }: TakeMeasures,
  { clippedPeaks, endPower }: { clippedPeaks: number; endPower: number },
): MeasuredTake {
  const blockSeconds = blockSamples / sampleRateHz;
  const threshold = silencePower(power);
  const sound = soundBlocks(power);
  const first = sound?.first ?? 0;
  const inner = sound === null ? power.subarray(0, 0) : power.subarray(first, sound.last + 1);
  const silence = longestBelow(inner, threshold);
  const step = levelStep(inner, threshold, Math.ceil(SIDE_SECONDS / blockSeconds));
  return {
    durationSeconds: samples / sampleRateHz,
    peakDbfs: dbFromGain(peak.reduce((highest, value) => Math.max(highest, value), 0)),
    speechDbfs: dbFromPower(meanOf(inner.filter((value) => value >= threshold))),
    longestSilence: silence && {
      startSeconds: (silence.start + first) * blockSeconds,
      seconds: (silence.end - silence.start) * blockSeconds,
    },
    endDbfs: dbFromPower(endPower),
    // Leaves out an incomplete last block, which counts as padded with silence.
    quietestDbfs: dbFromPower(quietest(power.subarray(0, Math.floor(samples / blockSamples)))),
    levelStep: step && { atSeconds: (step.block + first) * blockSeconds, db: step.db },
    clippedPeaks,
  };
}

/** Length of one stop consonant, which also occurs in speech without pauses. */
const QUIET_BLOCKS = 3;
/** Speech that is needed on both sides of a level step; within less, normal intonation varies as much. */
const SIDE_SECONDS = 0.6;

function longestBelow(power: Float32Array, threshold: number): { start: number; end: number } | null {
  let found: { start: number; end: number } | null = null;
  let start = 0;
  for (let i = 0; i <= power.length; i++) {
    if (i < power.length && power[i]! < threshold) continue;
    if (i > start && (found === null || i - start > found.end - found.start)) found = { start, end: i };
    start = i + 1;
  }
  return found;
}

/** Mean power of the quietest `QUIET_BLOCKS`. */
function quietest(power: Float32Array): number {
  let least = Infinity;
  for (let i = 0; i + QUIET_BLOCKS <= power.length; i++) {
    least = Math.min(least, meanOf(power.subarray(i, i + QUIET_BLOCKS)));
  }
  return least === Infinity ? 0 : least;
}

/** The block with the largest difference between the mean powers of the speech before and after. */
function levelStep(power: Float32Array, threshold: number, side: number): { block: number; db: number } | null {
  const sounding = [...power.keys()].filter((block) => power[block]! >= threshold);
  if (sounding.length < 2 * side) return null;
  const total = sounding.reduce((sum, block) => sum + power[block]!, 0);
  let before = 0;
  let found = { block: 0, db: 0 };
  for (const [count, block] of sounding.entries()) {
    const after = sounding.length - count;
    if (count >= side && after >= side) {
      const db = dbFromPower((total - before) / after) - dbFromPower(before / count);
      if (Math.abs(db) > Math.abs(found.db)) found = { block, db };
    }
    before += power[block]!;
  }
  return found;
}

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}
