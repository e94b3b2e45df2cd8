/** Finds the sharpest click of a take. Pure. */
import { NARROW_HZ } from './narrow-band.ts';

/** Blocks of 1 ms. */
const BLOCK = NARROW_HZ / 1000;
/** A click is compared with what is 3 to 12 ms away on both sides. */
const NEAREST = 3;
const FARTHEST = 12;
/** Quieter surroundings count as this much of the take's mean: a tick in silence is as loud as a tick. */
const LEAST_SHARE = 0.3;

/** How often the sharpest peak is as high as what is around it, and where it is. */
export function sharpestClick(samples: Float32Array): { times: number; atSeconds: number } {
  const sharpness = new Float32Array(Math.floor(samples.length / BLOCK));
  for (let block = 0; block < sharpness.length; block++) {
    let most = 0;
    for (let i = Math.max(2, block * BLOCK); i < (block + 1) * BLOCK; i++) {
      const bend = Math.abs(samples[i]! - 2 * samples[i - 1]! + samples[i - 2]!);
      if (bend > most) most = bend;
    }
    sharpness[block] = most;
  }
  const sorted = sharpness.slice().sort();
  const mean = Math.sqrt(sharpness.reduce((sum, one) => sum + one * one, 0) / Math.max(1, sharpness.length));
  // The loudest consonants of the take, which are no clicks.
  const usual = sorted[Math.floor(0.97 * sorted.length)] ?? 0;
  let [best, bestAt] = [0, 0];
  for (let block = NEAREST; block < sharpness.length - NEAREST; block++) {
    if (sharpness[block]! <= usual) continue;
    let around = mean * LEAST_SHARE;
    for (let away = NEAREST; away <= FARTHEST; away++) {
      around = Math.max(around, sharpness[block - away] ?? 0, sharpness[block + away] ?? 0);
    }
    const times = Math.sqrt((sharpness[block]! / around) * (sharpness[block]! / usual));
    if (times > best) [best, bestAt] = [times, block];
  }
  return { times: best, atSeconds: bestAt / 1000 };
}
