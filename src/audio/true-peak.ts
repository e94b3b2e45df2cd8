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

/**
 * Whether a sample is a highest or lowest one among its neighbours: only beside such a one can there be something further
 * out. With the sign: in a hiss, 13,290 and 15,036 lie between −21,197 and −18,014, and the sound goes up to 24,800 there.
 */
export function isTop(samples: Int16Array, at: number): boolean {
  const here = samples[at]!;
  const before = samples[at - 1]!;
  const after = samples[at + 1]!;
  return here > 0 ? before <= here && after <= here : before >= here && after >= here;
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

/** Follows sample peak and true peak of one channel. Costs next to nothing where the sound is far from its highest peak. */
export function createPeakMeter(): {
  /** Default piece: all samples, however loud. A piece that is known to be quiet is passed over. */
  push(samples: Int16Array, piece?: { from: number; to: number; highest: number }): void;
  /** Amplitudes, full scale 1. The true peak is never less than the sample peak. */
  finish(): { samplePeak: number; truePeak: number };
} {
  // The last samples of the piece before, then the piece. One buffer for all: a file comes in many thousands of pieces.
  let room = new Int16Array(KEPT);
  let peaks: Peaks = { samplePeak: 0, truePeak: 0 };
  // Of the piece before: its last samples are looked at together with those that follow them.
  let before = 0;
  const push = (samples: Int16Array, piece = { from: 0, to: samples.length, highest: FULL_SCALE }) => {
    const { from, to, highest } = piece;
    const loudest = Math.max(before, highest);
    if (loudest <= NEAR_PEAK * peaks.truePeak && to - from >= KEPT) {
      for (let i = 0; i < KEPT; i++) room[i] = samples[to - KEPT + i]!;
      before = highest;
      return;
    }
    const length = KEPT + to - from;
    if (room.length < length) room = lengthened(room, length);
    room.set(samples.subarray(from, to), KEPT);
    peaks = raisedPeaks(room, length, peaks);
    room.copyWithin(0, length - KEPT, length);
    // A piece that is shorter than what is kept leaves samples of the one before.
    before = to - from < KEPT ? loudest : highest;
  };
  return {
    push,
    finish() {
      push(new Int16Array(TRUE_PEAK_REACH));
      return { samplePeak: peaks.samplePeak / FULL_SCALE, truePeak: peaks.truePeak / FULL_SCALE };
    },
  };
}

/** Samples at the end of a piece that are looked at again with the next one. */
const KEPT = 2 * TRUE_PEAK_REACH;
const FULL_SCALE = 32_768;

interface Peaks {
  samplePeak: number;
  truePeak: number;
}

function lengthened(room: Int16Array, length: number): Int16Array<ArrayBuffer> {
  const longer = new Int16Array(length);
  longer.set(room.subarray(0, KEPT));
  return longer;
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
    if (!isTop(samples, i)) continue;
    const peak = peakBeside(samples, i, truePeak);
    if (peak <= truePeak) continue;
    truePeak = peak;
    near = NEAR_PEAK * truePeak;
  }
  return { samplePeak, truePeak };
}
