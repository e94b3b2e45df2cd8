/** Samples on each side of a sample that `peakBeside` looks at. */
export const TRUE_PEAK_REACH = 12;

const PHASES = 4;
const TAPS = 2 * TRUE_PEAK_REACH;

// Four-fold oversampling as BS.1770-4 Annex 2 asks for, by a windowed sinc of 24 taps a phase; phase 0 is the
// sample. Half as many miss 1.2 dB of clipped speech, which has much sound close to half the rate.
const [FIRST_QUARTER, HALF, LAST_QUARTER] = [1, 2, 3].map(tapsOf) as [Float64Array, Float64Array, Float64Array];

function tapsOf(phase: number): Float64Array {
  const taps = Float64Array.from({ length: TAPS }, (_, tap) => {
    const t = tap - (TRUE_PEAK_REACH - 1) - phase / PHASES;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * t) / TRUE_PEAK_REACH);
    return (Math.sin(Math.PI * t) / (Math.PI * t)) * window;
  });
  const total = taps.reduce((sum, value) => sum + value, 0);
  return taps.map((value) => value / total);
}

/** A point between two that are half a sample apart is at most 3 dB above them: a tone at half the rate, cos(π/4). */
const NEAR_QUARTER = Math.SQRT1_2;

/**
 * Largest amplitude of the continuous signal between the neighbours of sample `at`, which has to be a local maximum with
 * `TRUE_PEAK_REACH` samples on either side. In the unit of the samples. Not looked for closely where it can not reach
 * `atLeast`: what is answered then is under it, too.
 */
export function peakBeside(samples: Int16Array, at: number, atLeast: number): number {
  const start = at - TRUE_PEAK_REACH;
  const size = Math.abs(samples[at]!);
  const before = Math.abs(between(samples, start, HALF));
  const after = Math.abs(between(samples, start + 1, HALF));
  let highest = Math.max(size, before, after);
  const near = NEAR_QUARTER * atLeast;
  if (Math.max(size, before) >= near) {
    highest = Math.max(highest, Math.abs(between(samples, start, FIRST_QUARTER)));
    highest = Math.max(highest, Math.abs(between(samples, start, LAST_QUARTER)));
  }
  if (Math.max(size, after) >= near) {
    highest = Math.max(highest, Math.abs(between(samples, start + 1, FIRST_QUARTER)));
    highest = Math.max(highest, Math.abs(between(samples, start + 1, LAST_QUARTER)));
  }
  return highest;
}

function between(samples: Int16Array, start: number, taps: Float64Array): number {
  let value = 0;
  for (let tap = 0; tap < TAPS; tap++) value += taps[tap]! * samples[start + tap]!;
  return value;
}

/**
 * The share of a true peak that a sample beside it has at the least: 0.7 for a tone, 0.56 seen in speech clipped by 18 dB.
 * Lower samples need no closer look.
 */
export const NEAR_PEAK = 0.5;

/** Follows sample peak and true peak of one channel. Costs a comparison a sample, more only close to the highest peak. */
export function createPeakMeter(): {
  push(samples: Int16Array): void;
  /** Amplitudes, full scale 1. The true peak is never less than the sample peak. */
  finish(): { samplePeak: number; truePeak: number };
} {
  const kept = 2 * TRUE_PEAK_REACH;
  // The last samples of the chunk before, then the chunk. One buffer for all: a file comes in thousands of chunks.
  let room = new Int16Array(kept);
  let peaks: Peaks = { samplePeak: 0, truePeak: 0 };
  const push = (samples: Int16Array) => {
    const length = kept + samples.length;
    if (room.length < length) {
      const larger = new Int16Array(length);
      larger.set(room.subarray(0, kept));
      room = larger;
    }
    room.set(samples, kept);
    peaks = raisedPeaks(room, length, peaks);
    room.copyWithin(0, length - kept, length);
  };
  return {
    push,
    finish() {
      push(new Int16Array(TRUE_PEAK_REACH));
      return { samplePeak: peaks.samplePeak / 32_768, truePeak: peaks.truePeak / 32_768 };
    },
  };
}

interface Peaks {
  samplePeak: number;
  truePeak: number;
}

/** The peaks with those of the first samples, without `TRUE_PEAK_REACH` at both ends. */
function raisedPeaks(samples: Int16Array, length: number, before: Peaks): Peaks {
  let { samplePeak, truePeak } = before;
  let near = NEAR_PEAK * truePeak;
  const end = length - TRUE_PEAK_REACH;
  for (let i = TRUE_PEAK_REACH; i < end; i++) {
    const x = samples[i]!;
    const size = x < 0 ? -x : x;
    if (size <= near) continue;
    if (size > samplePeak) samplePeak = size;
    if (size < Math.abs(samples[i - 1]!) || size < Math.abs(samples[i + 1]!)) continue;
    const peak = peakBeside(samples, i, truePeak);
    if (peak <= truePeak) continue;
    truePeak = peak;
    near = NEAR_PEAK * truePeak;
  }
  return { samplePeak, truePeak };
}
