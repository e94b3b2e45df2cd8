/** Samples on each side of a sample that `peakBeside` looks at. */
export const TRUE_PEAK_REACH = 12;

const PHASES = 4;
const TAPS = 2 * TRUE_PEAK_REACH;

// Four-fold oversampling as in BS.1770-4 Annex 2, with a windowed sinc of 24 taps per phase; phase 0 is the sample. Half as many
// taps miss 1.2 dB of clipped speech, which has much energy near the Nyquist frequency.
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

/**
 * Whether a sample is a local maximum or minimum: only next to one can there be a higher true peak. Depends on the sign: in a hiss,
 * 13,290 and 15,036 lie between −21,197 and −18,014, and the signal reaches 24,800 there.
 */
export function isLocalExtremum(samples: Int16Array, at: number): boolean {
  const here = samples[at]!;
  const before = samples[at - 1]!;
  const after = samples[at + 1]!;
  return here > 0 ? before <= here && after <= here : before >= here && after >= here;
}

/** A point between two points half a sample apart is at most 3 dB higher: a tone at the Nyquist frequency, cos(π/4). */
const NEAR_QUARTER = Math.SQRT1_2;

/**
 * Largest amplitude of the continuous signal between the neighbors of sample `at`, which must be a local extremum with
 * `TRUE_PEAK_REACH` samples on both sides. In sample units. Below `atLeast` the result may be inexact, but is also below it.
 */
export function truePeakNear(samples: Int16Array, at: number, atLeast: number): number {
  const start = at - TRUE_PEAK_REACH;
  const size = Math.abs(samples[at]!);
  // Two sums at once: neither has to wait for the other, and a sample is read once for both.
  let before = 0;
  let after = 0;
  let x = samples[start]!;
  for (let tap = 0; tap < TAPS; tap++) {
    const weight = HALF[tap]!;
    const next = samples[start + tap + 1]!;
    before += weight * x;
    after += weight * next;
    x = next;
  }
  const sizeBefore = Math.abs(before);
  const sizeAfter = Math.abs(after);
  const near = NEAR_QUARTER * atLeast;
  let highest = Math.max(size, sizeBefore, sizeAfter);
  if (Math.max(size, sizeBefore) >= near) highest = Math.max(highest, highestQuarter(samples, start));
  if (Math.max(size, sizeAfter) >= near) highest = Math.max(highest, highestQuarter(samples, start + 1));
  return highest;
}

/** The larger amplitude of the two points at a quarter of a sample from two neighbors. */
function highestQuarter(samples: Int16Array, start: number): number {
  let first = 0;
  let last = 0;
  for (let tap = 0; tap < TAPS; tap++) {
    const x = samples[start + tap]!;
    first += FIRST_QUARTER[tap]! * x;
    last += LAST_QUARTER[tap]! * x;
  }
  return Math.max(Math.abs(first), Math.abs(last));
}

/**
 * Smallest ratio of a sample to the true peak next to it: 0.7 for a tone, 0.56 in speech clipped by 18 dB. Lower samples are
 * skipped.
 */
export const NEAR_PEAK = 0.5;

/** Measures the sample peak and true peak of one channel. Nearly free where the audio is far below its highest peak. */
export function createPeakMeter(): {
  /** Default piece: all samples. Quiet pieces are skipped. */
  push(samples: Int16Array, piece?: { from: number; to: number; highest: number }): void;
  /** Amplitudes, full scale 1. The true peak is never less than the sample peak. */
  finish(): { samplePeak: number; truePeak: number };
} {
  // The last samples of the previous piece, then the piece. Reused, since a file has thousands of pieces.
  let buffer = new Int16Array(OVERLAP_SAMPLES);
  let peaks: Peaks = { samplePeak: 0, truePeak: 0 };
  // The peak of the previous piece, whose last samples are processed with the next piece.
  let before = 0;
  const push = (samples: Int16Array, piece = { from: 0, to: samples.length, highest: FULL_SCALE }) => {
    const { from, to, highest } = piece;
    const loudest = Math.max(before, highest);
    if (loudest <= NEAR_PEAK * peaks.truePeak && to - from >= OVERLAP_SAMPLES) {
      for (let i = 0; i < OVERLAP_SAMPLES; i++) buffer[i] = samples[to - OVERLAP_SAMPLES + i]!;
      before = highest;
      return;
    }
    const length = OVERLAP_SAMPLES + to - from;
    if (buffer.length < length) buffer = enlarged(buffer, length);
    buffer.set(samples.subarray(from, to), OVERLAP_SAMPLES);
    peaks = updatedPeaks(buffer, length, peaks);
    buffer.copyWithin(0, length - OVERLAP_SAMPLES, length);
    // A piece shorter than the overlap leaves samples of the previous one.
    before = to - from < OVERLAP_SAMPLES ? loudest : highest;
  };
  return {
    push,
    finish() {
      push(new Int16Array(TRUE_PEAK_REACH));
      return { samplePeak: peaks.samplePeak / FULL_SCALE, truePeak: peaks.truePeak / FULL_SCALE };
    },
  };
}

/** Samples at the end of a piece that are processed again with the next one. */
const OVERLAP_SAMPLES = 2 * TRUE_PEAK_REACH;
const FULL_SCALE = 32_768;

interface Peaks {
  samplePeak: number;
  truePeak: number;
}

function enlarged(buffer: Int16Array, length: number): Int16Array<ArrayBuffer> {
  const longer = new Int16Array(length);
  longer.set(buffer.subarray(0, OVERLAP_SAMPLES));
  return longer;
}

/** The peaks updated with the first `length` samples, without `TRUE_PEAK_REACH` at both ends. */
function updatedPeaks(samples: Int16Array, length: number, before: Peaks): Peaks {
  let { samplePeak, truePeak } = before;
  let near = NEAR_PEAK * truePeak;
  const end = length - TRUE_PEAK_REACH;
  for (let i = TRUE_PEAK_REACH; i < end; i++) {
    const x = samples[i]!;
    const size = x < 0 ? -x : x;
    if (size <= near) continue;
    if (size > samplePeak) samplePeak = size;
    if (!isLocalExtremum(samples, i)) continue;
    const peak = truePeakNear(samples, i, truePeak);
    if (peak <= truePeak) continue;
    truePeak = peak;
    near = NEAR_PEAK * truePeak;
  }
  return { samplePeak, truePeak };
}
