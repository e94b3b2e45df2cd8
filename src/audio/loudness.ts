import type { LoudnessCounts } from '../plan/levels.ts';
import { dbFromPower } from './pcm.ts';

/** Blocks a second of every meter here: 10 ms each. */
export const BLOCKS_PER_SECOND = 100;

/** Samples of one 10 ms block, rounded where the rate is not a multiple of 100. */
export function blockSamplesAt(sampleRateHz: number): number {
  return Math.round(sampleRateHz / BLOCKS_PER_SECOND);
}

// ITU-R BS.1770-4: windows of 400 ms that overlap by 75 %, gates at −70 LUFS and 10 LU under the first gate's mean.
const WINDOW_BLOCKS = 40;
const STEP_BLOCKS = 10;
const OFFSET_LU = -0.691;
const ABSOLUTE_GATE = 10 ** ((-70 - OFFSET_LU) / 10);
const RELATIVE_GATE = 0.1;

/**
 * Integrated loudness in LUFS of K-weighted mean squares, one for each 10 ms block (BS.1770-4, both gates); −Infinity
 * when nothing passes the gates. For several channels hand in the sum of their blocks. One channel counts once: a mono
 * file reads 3 LU less here than on a meter that plays it on two loudspeakers.
 *
 * Less than 400 ms of sound, for which the standard has no figure, is measured as one window of what is there.
 */
export function integratedLoudness(blocks: ArrayLike<number>): number {
  const windows = windowPowers(blocks);
  const first = meanAbove(windows, ABSOLUTE_GATE);
  if (first === 0) return -Infinity;
  const second = meanAbove(windows, Math.max(ABSOLUTE_GATE, first * RELATIVE_GATE));
  return OFFSET_LU + dbFromPower(second);
}

/**
 * What each channel counts for in the loudness of a file (BS.1770-4, table 3), in the order in which WAV and ffmpeg have them:
 * those beside and behind the listener 1.5 dB more, the channel of effects (the fourth of 5.1 and 7.1) nothing, others once.
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

/** How often each loudness occurs among the windows of a sound that pass the absolute gate, in rising order. */
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
      // To a hundredth: it is kept with each take.
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
  for (const power of powers) {
    if (power < gate) continue;
    total += power;
    count += 1;
  }
  return count === 0 ? 0 : total / count;
}
