/** The pitch of a voice. Pure. */
import { NARROW_HZ } from './narrow-band.ts';

const RATE_HZ = NARROW_HZ / 2;
const LOWEST_HZ = 65;
const HIGHEST_HZ = 400;
const WINDOW = 140;
const HOP = RATE_HZ / 50;
/** Correlation of two periods from which a sound has a pitch. */
const LEAST_LIKENESS = 0.7;
/** A period that is nearly as good as the best: its multiples are as alike. */
const NEARLY_AS_GOOD = 0.9;

/** The pitch in semitones above 55 Hz of every 20 ms that has one. */
export function pitches(samples: Float32Array): number[] {
  const half = new Float32Array(samples.length >> 1).map((_, i) => (samples[2 * i]! + samples[2 * i + 1]!) / 2);
  const shortest = Math.floor(RATE_HZ / HIGHEST_HZ);
  const longest = Math.ceil(RATE_HZ / LOWEST_HZ);
  const likeness = new Float64Array(longest + 2);
  const found: number[] = [];
  for (let from = 0; from + WINDOW + longest + 1 < half.length; from += HOP) {
    let own = 0;
    for (let i = 0; i < WINDOW; i++) own += half[from + i]! ** 2;
    if (own < 1e-6 * WINDOW) continue;
    let most = 0;
    for (let lag = shortest; lag <= longest + 1; lag++) {
      let product = 0;
      let other = 0;
      for (let i = 0; i < WINDOW; i++) {
        const value = half[from + lag + i]!;
        product += half[from + i]! * value;
        other += value * value;
      }
      likeness[lag] = product / Math.sqrt(own * other + 1e-12);
      if (likeness[lag]! > most) most = likeness[lag]!;
    }
    if (most < LEAST_LIKENESS) continue;
    const isPeak = (lag: number): boolean =>
      likeness[lag]! >= NEARLY_AS_GOOD * most &&
      likeness[lag]! >= likeness[lag - 1]! &&
      likeness[lag]! >= likeness[lag + 1]!;
    let lag = shortest + 1;
    while (lag <= longest && !isPeak(lag)) lag++;
    if (lag > longest) continue;
    // The peak lies between two lags: where a parabola through three of them is highest.
    const [before, at, after] = [likeness[lag - 1]!, likeness[lag]!, likeness[lag + 1]!];
    const bend = before - 2 * at + after;
    const period = lag + (bend < 0 ? (before - after) / (2 * bend) : 0);
    found.push(12 * Math.log2(RATE_HZ / period / 55));
  }
  return found;
}
