/** What a voice sounds like, by the prints of its takes (audio/listening/print.ts), and how far a take is from it. Pure. */

/** A voice by its takes. */
export interface VoicePrint {
  mean: readonly number[];
  /** The inverse of their covariance, row by row: voices differ where one voice does not. */
  inverse: readonly number[];
}

/** Fewer takes do not show how much a voice varies. */
const LEAST_TAKES = 8;
/** One take in so many may be another voice that nobody noticed: those that are farthest are left out. */
const TAKES_A_STRANGER = 8;
/** Deviations that a voice may have as far as its takes do not show others: semitones, then dB. They count as so many takes. */
const USUAL_DEVIATIONS = [1.3, 1.3, 1.5, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2];
const USUAL_TAKES = 16;

/** The print of a voice; undefined while fewer than eight of its takes have one. */
export function voicePrintOf(prints: readonly (readonly number[])[]): VoicePrint | undefined {
  const known = prints.filter((print) => print.length === USUAL_DEVIATIONS.length);
  if (known.length < LEAST_TAKES) return undefined;
  const middle = USUAL_DEVIATIONS.map((_, k) => known.map((print) => print[k]!).sort(ascending)[known.length >> 1]!);
  const kept = known
    .map((print) => ({ print, off: offMiddle(print, middle) }))
    .sort((a, b) => a.off - b.off)
    .slice(0, known.length - Math.floor(known.length / TAKES_A_STRANGER))
    .map(({ print }) => print);
  const mean = middle.map((_, k) => kept.reduce((sum, print) => sum + print[k]!, 0) / kept.length);
  return { mean, inverse: inverseOf(covarianceOf(kept, mean), mean.length) };
}

/** How far a take is from a voice, in its deviations: about 1 for its own takes. Undefined for a print of another version. */
export function distanceFrom({ mean, inverse }: VoicePrint, print: readonly number[]): number | undefined {
  const size = mean.length;
  if (print.length !== size) return undefined;
  const off = print.map((value, k) => value - mean[k]!);
  let sum = 0;
  for (let i = 0; i < size; i++) for (let k = 0; k < size; k++) sum += off[i]! * inverse[i * size + k]! * off[k]!;
  return Math.sqrt(Math.max(0, sum) / size);
}

function ascending(a: number, b: number): number {
  return a - b;
}

function offMiddle(print: readonly number[], middle: readonly number[]): number {
  return print.reduce((sum, value, k) => sum + ((value - middle[k]!) / USUAL_DEVIATIONS[k]!) ** 2, 0);
}

/** Row by row, with the usual deviations for what so few takes do not show. */
function covarianceOf(prints: readonly (readonly number[])[], mean: readonly number[]): Float64Array {
  const size = mean.length;
  const count = prints.length;
  const covariance = new Float64Array(size * size);
  for (const print of prints)
    for (let i = 0; i < size; i++)
      for (let k = 0; k < size; k++) covariance[i * size + k]! += (print[i]! - mean[i]!) * (print[k]! - mean[k]!);
  for (let i = 0; i < size; i++) covariance[i * size + i]! += USUAL_TAKES * USUAL_DEVIATIONS[i]! ** 2;
  // The mean of few takes is itself off by a part of this.
  const scale = (1 + 1 / count) / (count + USUAL_TAKES);
  return covariance.map((value) => value * scale);
}

/** Gauss and Jordan; the matrix is symmetric and positive, so that no row needs to be exchanged. */
function inverseOf(matrix: Float64Array, size: number): number[] {
  const left = Float64Array.from(matrix);
  const right = Float64Array.from(matrix, (_, at) => Number(Math.floor(at / size) === at % size));
  for (let pivot = 0; pivot < size; pivot++) {
    const by = 1 / left[pivot * size + pivot]!;
    for (let k = 0; k < size; k++) {
      left[pivot * size + k]! *= by;
      right[pivot * size + k]! *= by;
    }
    for (let row = 0; row < size; row++) {
      const times = left[row * size + pivot]!;
      if (row === pivot || times === 0) continue;
      for (let k = 0; k < size; k++) {
        left[row * size + k]! -= times * left[pivot * size + k]!;
        right[row * size + k]! -= times * right[pivot * size + k]!;
      }
    }
  }
  return [...right];
}
