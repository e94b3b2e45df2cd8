/** Finds what is said twice in one take: a stretch of sounds that comes again, perhaps a little faster or slower. Pure. */
import { CEPSTRUM } from './spectra.ts';

/** The strongest repetition of a take. */
export interface Repetition {
  /** Seconds of it, less the more the two places differ. */
  seconds: number;
  /** Where the second one ends. */
  atSeconds: number;
}

/** Sounds are compared every 20 ms, each with its movement over 100 ms. */
const FRAME_SECONDS = 0.02;
const VALUES = 2 * CEPSTRUM;
/** What is nearer follows from the first: one long sound. */
const LEAST_LAG = 15;
/** Distance of two sounds, in the take's own deviations, up to which they are alike. */
const MOST_DISTANCE = 3.3 * Math.SQRT2;
/** What it costs when one place goes on and the other does not, when one is silent, and when both are. */
const WARP_COST = 0.4;
const ONE_SILENT_COST = 0.5;
const BOTH_SILENT_COST = 0.1;
/** Two sounds that differ this much are no speech by one mouth: more costs no more. */
const MOST_COST = 1;
/** Share of all pairs of sounds that are alike from which likeness says nothing: tones, a hum. */
const MOST_ALIKE = 0.3;

/**
 * The strongest repetition, by local alignment of the take with itself; undefined when nearly all its sounds are alike.
 * `isSounding`: of each 10 ms. The time grows with the square of the length.
 */
export function strongestRepetition(cepstra: Float32Array, isSounding: Uint8Array): Repetition | undefined {
  const count = isSounding.length >> 1;
  const sounds = soundsOf(cepstra, isSounding, count);
  let last = new Float32Array(count + 1);
  let row = new Float32Array(count + 1);
  let [best, bestAt, pairs, alike] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    row.fill(0);
    const sounding = isSounding[2 * i] === 1;
    for (let j = i + LEAST_LAG; j < count; j++) {
      const other = isSounding[2 * j] === 1;
      let score = Math.max(last[j]!, last[j + 1]! - WARP_COST, row[j]! - WARP_COST);
      if (sounding && other) {
        const likeness = 1 - distance(sounds, i * VALUES, j * VALUES) / MOST_DISTANCE;
        score += Math.max(-MOST_COST, likeness);
        pairs += 1;
        if (likeness > 0) alike += 1;
      } else score -= sounding || other ? ONE_SILENT_COST : BOTH_SILENT_COST;
      if (score <= 0) continue;
      row[j + 1] = score;
      if (score > best) [best, bestAt] = [score, j];
    }
    [last, row] = [row, last];
  }
  if (alike > MOST_ALIKE * pairs) return undefined;
  return { seconds: best * FRAME_SECONDS, atSeconds: (bestAt + 1) * FRAME_SECONDS };
}

function distance(sounds: Float32Array, a: number, b: number): number {
  let sum = 0;
  for (let k = 0; k < VALUES; k++) {
    const difference = sounds[a + k]! - sounds[b + k]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** Two frames each as one, with their movement; each value in deviations of the sounding frames. */
function soundsOf(cepstra: Float32Array, isSounding: Uint8Array, count: number): Float32Array {
  const sounds = new Float32Array(count * VALUES);
  const squares = new Float64Array(VALUES);
  const most = isSounding.length - 1;
  const at = (frame: number, k: number) => cepstra[Math.min(most, Math.max(0, frame)) * CEPSTRUM + k]!;
  let sounding = 0;
  for (let i = 0; i < count; i++) {
    const f = 2 * i;
    sounding += isSounding[f]!;
    for (let k = 0; k < CEPSTRUM; k++) {
      sounds[i * VALUES + k] = (at(f, k) + at(f + 1, k)) / 2;
      sounds[i * VALUES + CEPSTRUM + k] = (at(f + 3, k) + at(f + 4, k) - at(f - 2, k) - at(f - 3, k)) / 4;
    }
    if (isSounding[f] === 0) continue;
    for (let k = 0; k < VALUES; k++) squares[k]! += sounds[i * VALUES + k]! ** 2;
  }
  const scale = squares.map((sum) => 1 / Math.sqrt(Math.max(1e-9, sum / Math.max(1, sounding))));
  for (let i = 0; i < sounds.length; i++) sounds[i]! *= scale[i % VALUES]!;
  return sounds;
}
