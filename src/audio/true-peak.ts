/** Samples on each side of a sample that `interSamplePeak` looks at. */
export const TRUE_PEAK_REACH = 12;

const PHASES = 4;
const TAPS = 2 * TRUE_PEAK_REACH;

// Four-fold oversampling as BS.1770-4 Annex 2 asks for, by a windowed sinc of 24 taps a phase; phase 0 is the
// sample. Half as many miss 1.2 dB of clipped speech, which has much sound close to half the rate.
const COEFFICIENTS = [1, 2, 3].map((phase) => {
  const taps = Float64Array.from({ length: TAPS }, (_, tap) => {
    const t = tap - (TRUE_PEAK_REACH - 1) - phase / PHASES;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * t) / TRUE_PEAK_REACH);
    return (Math.sin(Math.PI * t) / (Math.PI * t)) * window;
  });
  const total = taps.reduce((sum, value) => sum + value, 0);
  return taps.map((value) => value / total);
});

/**
 * Largest amplitude of the continuous signal between the neighbours of sample `at`, which has to be a local maximum with
 * `TRUE_PEAK_REACH` samples on either side. In the unit of the samples.
 */
export function interSamplePeak(samples: Float32Array | Int16Array, at: number): number {
  let highest = Math.abs(samples[at]!);
  for (let start = at - TRUE_PEAK_REACH; start <= at - TRUE_PEAK_REACH + 1; start++) {
    for (const taps of COEFFICIENTS) {
      let value = 0;
      for (let tap = 0; tap < TAPS; tap++) value += taps[tap]! * samples[start + tap]!;
      const size = value < 0 ? -value : value;
      if (size > highest) highest = size;
    }
  }
  return highest;
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
  let recent = new Int16Array(2 * TRUE_PEAK_REACH);
  let peaks: Peaks = { samplePeak: 0, truePeak: 0 };
  const push = (samples: Int16Array) => {
    const joined = new Int16Array(recent.length + samples.length);
    joined.set(recent);
    joined.set(samples, recent.length);
    peaks = raisedPeaks(joined, peaks);
    recent = joined.slice(joined.length - recent.length);
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

/** The peaks with those of the samples, without `TRUE_PEAK_REACH` at both ends. */
function raisedPeaks(samples: Int16Array, before: Peaks): Peaks {
  let { samplePeak, truePeak } = before;
  let near = NEAR_PEAK * truePeak;
  for (let i = TRUE_PEAK_REACH; i < samples.length - TRUE_PEAK_REACH; i++) {
    const x = samples[i]!;
    const size = x < 0 ? -x : x;
    if (size <= near) continue;
    if (size > samplePeak) samplePeak = size;
    if (size < Math.abs(samples[i - 1]!) || size < Math.abs(samples[i + 1]!)) continue;
    const peak = interSamplePeak(samples, i);
    if (peak <= truePeak) continue;
    truePeak = peak;
    near = NEAR_PEAK * truePeak;
  }
  return { samplePeak, truePeak };
}
