import type { LoudnessCounts } from '../../plan/levels.ts';
import { dbFromPower } from '../pcm.ts';

/** Blocks per second of every meter: 10 ms each. */
export const BLOCKS_PER_SECOND = 100;

/** Samples of one 10 ms block, rounded where the rate is not a multiple of 100; at least one. */
export function blockSamplesAt(sampleRateHz: number): number {
  return Math.max(1, Math.round(sampleRateHz / BLOCKS_PER_SECOND));
}

// ITU-R BS.1770-4: windows of 400 ms that overlap by 75 %, gates at −70 LUFS and 10 LU under the first gate's mean.
const WINDOW_BLOCKS = 40;
const STEP_BLOCKS = 10;
const OFFSET_LU = -0.691;
const ABSOLUTE_GATE = 10 ** ((-70 - OFFSET_LU) / 10);
const RELATIVE_GATE = 0.1;

/**
 * Integrated loudness in LUFS of K-weighted mean squares, one for each 10 ms block (BS.1770-4, both gates); −Infinity
 * when nothing passes the gates. For several channels, pass the sum of their blocks. A mono file counts as one channel, so it
 * reads 3 LU less than on a meter that plays it on two loudspeakers.
 *
 * Audio shorter than 400 ms, which the standard does not cover, is measured as one window.
 */
export function integratedLoudness(blocks: ArrayLike<number>): number {
  const windows = windowPowers(blocks);
  const first = meanAbove(windows, ABSOLUTE_GATE);
  if (first === 0) return -Infinity;
  const second = meanAbove(windows, Math.max(ABSOLUTE_GATE, first * RELATIVE_GATE));
  return OFFSET_LU + dbFromPower(second);
}

/**
 * Channel weights for loudness (BS.1770-4, table 3), in the channel order of WAV and ffmpeg: surround channels +1.5 dB, LFE (the
 * fourth of 5.1 and 7.1) zero, others 1.
 */
export function channelWeights(channels: number): number[] {
  const own = WEIGHTS[channels];
  return Array.from({ length: channels }, (_, c) => own?.[c] ?? 1);
}

const WEIGHTS: Record<number, readonly number[]> = {
  5: [1, 1, 1, 1.41, 1.41],
  6: [1, 1, 1, 0, 1.41, 1.41],
  8: [1, 1, 1, 0, 1.41, 1.41, 1.41, 1.41],
};

/** Histogram of the loudness of the windows that pass the absolute gate, in ascending order. */
export function loudnessCounts(blocks: ArrayLike<number>): LoudnessCounts {
  const counts = new Map<number, { windows: number; power: number }>();
  for (const power of windowPowers(blocks)) {
    if (power < ABSOLUTE_GATE) continue;
    const lufs = Math.floor(OFFSET_LU + dbFromPower(power));
    const count = counts.get(lufs) ?? { windows: 0, power: 0 };
    counts.set(lufs, { windows: count.windows + 1, power: count.power + power });
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([lufs, { windows, power }]) => {
      // Rounded to 0.01, since it is stored with each take.
      return [lufs, windows, Math.round(100 * (OFFSET_LU + dbFromPower(power / windows))) / 100];
    });
}

function windowPowers(blocks: ArrayLike<number>): Float64Array {
  if (blocks.length < WINDOW_BLOCKS) return Float64Array.of(blocks.length === 0 ? 0 : mean(blocks, 0, blocks.length));
  const steps = new Float64Array(Math.floor(blocks.length / STEP_BLOCKS));
  for (let i = 0; i < steps.length; i++) steps[i] = mean(blocks, i * STEP_BLOCKS, (i + 1) * STEP_BLOCKS);
  const stepsInWindow = WINDOW_BLOCKS / STEP_BLOCKS;
  const windows = new Float64Array(steps.length - stepsInWindow + 1);
  for (let i = 0; i < windows.length; i++) windows[i] = mean(steps, i, i + stepsInWindow);
  return windows;
}

function mean(values: ArrayLike<number>, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += values[i]!;
  return total / (to - from);
}

function meanAbove(powers: Float64Array, gate: number): number {
  let total = 0;
  let count = 0;
  for (let i = 0; i < powers.length; i++) {
    const power = powers[i]!;
    if (power < gate) continue;
    total += power;
    count += 1;
  }
  return count === 0 ? 0 : total / count;
}
