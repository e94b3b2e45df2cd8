/**
 * Finds the sharpest click of a take: what the sound around it, as a resonance that rings, does not lead to. A pulse of the
 * voice sets the resonance ringing; a click was added to it from outside. Pure.
 */
import { NARROW_HZ } from './narrow-band.ts';

/** Blocks of 1 ms. */
const BLOCK = NARROW_HZ / 1000;
/** A click is compared with what is 3 to 14 ms away on both sides. */
const NEAREST = 3;
const FARTHEST = 14;
/** Quieter surroundings count as this much of the take's mean: a tick in silence is as loud as a tick. */
const LEAST_SHARE = 0.3;
/** The loudest consonants of the take, which are no clicks, are below this share of its blocks. */
const USUAL_SHARE = 0.97;

/** Only the sharpest pulses of a voice, of this share of all blocks, come near a click. */
const SHARPEST_SHARE = 0.995;

/**
 * How often the sharpest peak is as high as what is around it, and where it is. `apart`: the same, times how often it is as
 * high as the take's own sharpest sounds, and, as a root, as what is beside it: so that sharp voices make no clicks.
 */
export function sharpestClick(samples: Float32Array): { times: number; apart: number; atSeconds: number } {
  const sharpness = peaksOf(unexpected(samples));
  const sorted = sharpness.slice().sort();
  const mean = Math.sqrt(sharpness.reduce((sum, one) => sum + one * one, 0) / Math.max(1, sharpness.length));
  const usual = sorted[Math.floor(USUAL_SHARE * sorted.length)] ?? 0;
  let [best, bestAt] = [0, 0];
  for (let block = NEAREST; block < sharpness.length - NEAREST; block++) {
    if (sharpness[block]! <= usual) continue;
    let around = mean * LEAST_SHARE;
    for (let away = NEAREST; away <= FARTHEST; away++) {
      around = Math.max(around, sharpness[block - away] ?? 0, sharpness[block + away] ?? 0);
    }
    const times = Math.sqrt((sharpness[block]! / around) * (sharpness[block]! / Math.max(usual, 1e-9)));
    if (times > best) [best, bestAt] = [times, block];
  }
  return { times: best, apart: best * apartFrom(sharpness, sorted, bestAt), atSeconds: bestAt / 1000 };
}

/** A click is over within a millisecond; a sound that is as sharp for three is none. */
function apartFrom(sharpness: Float32Array, sorted: Float32Array, at: number): number {
  const own = Math.max(sharpness[at] ?? 0, 1e-9);
  const sharpest = sorted[Math.floor(SHARPEST_SHARE * sorted.length)] ?? 0;
  const beside = Math.max(sharpness[at - 1] ?? 0, sharpness[at + 1] ?? 0);
  return (own / Math.max(sharpest, 1e-9)) * Math.sqrt(own / Math.max(beside, 1e-9));
}

function peaksOf(values: Float32Array): Float32Array {
  return Float32Array.from({ length: Math.floor(values.length / BLOCK) }, (_, block) => {
    let most = 0;
    for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) if (values[i]! > most) most = values[i]!;
    return most;
  });
}

/** Values that a resonance is described by; windows of 30 ms, each for its middle 10 ms. */
const ORDER = 12;
const WINDOW = 240;
const HOP = 80;
/** A resonance is found once more without what is so many times its mean error: a click would bend it. */
const OUTLIER = 5;

/** How far each sample is from what the samples on both sides lead to. */
function unexpected(samples: Float32Array): Float32Array {
  const found = new Float32Array(samples.length);
  const window = Float64Array.from(
    { length: WINDOW },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / WINDOW),
  );
  const sound = new Float64Array(WINDOW);
  const error = new Float64Array(WINDOW);
  for (let from = 0; from + WINDOW <= samples.length; from += HOP) {
    for (let i = 0; i < WINDOW; i++) sound[i] = samples[from + i]!;
    let resonance = resonanceOf(sound, window);
    errorsOf(sound, resonance, error);
    if (withoutOutliers(sound, error)) {
      resonance = resonanceOf(sound, window);
      for (let i = 0; i < WINDOW; i++) sound[i] = samples[from + i]!;
      errorsOf(sound, resonance, error);
    }
    const gain = 1 / Math.sqrt(resonance.reduce((sum, value) => sum + value * value, 0));
    const first = (WINDOW - HOP) / 2;
    for (let i = first; i < first + HOP; i++) {
      let sum = 0;
      for (let k = 0; k <= ORDER; k++) sum += resonance[k]! * error[i + k]!;
      found[from + i] = Math.abs(sum) * gain;
    }
  }
  return found;
}

/** Linear prediction by autocorrelation (Levinson and Durbin); the first value is 1. */
function resonanceOf(sound: Float64Array, window: Float64Array): Float64Array {
  const shaped = sound.map((value, i) => value * window[i]!);
  const likeness = new Float64Array(ORDER + 1);
  for (let lag = 0; lag <= ORDER; lag++) {
    let sum = 0;
    for (let i = lag; i < WINDOW; i++) sum += shaped[i]! * shaped[i - lag]!;
    likeness[lag] = sum;
  }
  const values = new Float64Array(ORDER + 1);
  values[0] = 1;
  let left = likeness[0]! * 1.0001 + 1e-8;
  for (let order = 1; order <= ORDER; order++) {
    let sum = likeness[order]!;
    for (let k = 1; k < order; k++) sum += values[k]! * likeness[order - k]!;
    const next = -sum / left;
    const before = values.slice();
    for (let k = 1; k < order; k++) values[k] = before[k]! + next * before[order - k]!;
    values[order] = next;
    left *= 1 - next * next;
    if (left <= 0) break;
  }
  return values;
}

function errorsOf(sound: Float64Array, resonance: Float64Array, error: Float64Array): void {
  for (let i = 0; i < WINDOW; i++) {
    let sum = sound[i]!;
    for (let k = 1; k <= ORDER && k <= i; k++) sum += resonance[k]! * sound[i - k]!;
    error[i] = sum;
  }
}

/** Takes what is an outlier out of the sound; whether there was any. */
function withoutOutliers(sound: Float64Array, error: Float64Array): boolean {
  let mean = 0;
  for (let i = ORDER; i < WINDOW; i++) mean += Math.abs(error[i]!);
  const most = (OUTLIER * mean) / (WINDOW - ORDER) + 1e-9;
  let isAny = false;
  for (let i = ORDER; i < WINDOW; i++) {
    const over = Math.abs(error[i]!) - most;
    if (over <= 0) continue;
    sound[i]! -= Math.sign(error[i]!) * over;
    isAny = true;
  }
  return isAny;
}
