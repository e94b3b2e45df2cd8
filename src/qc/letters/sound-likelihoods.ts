/** How like each kind of sound each 10 ms of a take is: a small network hears a frame among its neighbors. Pure. */
import { SOUND_KINDS } from './sounds-in-text.ts';

/** A network with one hidden layer. Weights are hundredths. */
export interface SoundModel {
  /** Of each value of a frame (audio/listening/sound-frames.ts): its mean, and its deviation. */
  mean: readonly number[];
  deviation: readonly number[];
  /** Of each hidden unit: its bias, then its weight for each value of each neighbor (`NEIGHBORS`), one neighbor after the other. */
  hidden: readonly (readonly number[])[];
  /** Of each kind of sound (`SOUND_KINDS`): its bias, less the logarithm of how often it sounds; then its weight for each hidden unit. */
  kinds: readonly (readonly number[])[];
}

/** The frames that are heard together, from the one in the middle: 120 ms, of which every second one. */
export const NEIGHBORS: readonly number[] = [-6, -4, -2, 0, 2, 4, 6];
/** What 10 ms weigh, since the next 10 ms are much the same, and so are the neighbors that both are heard with. */
const FRAME_WEIGHT = 0.3;
const HUNDREDTHS = 100;

/**
 * Of each frame, `SOUND_KINDS.length` logarithms: how much likelier a kind is in it than anywhere, but for a number that all kinds of
 * the frame have in common. `frames`: audio/listening/sound-frames.ts. `weight`: what a frame weighs.
 */
export function soundLikelihoods(frames: Int16Array, model: SoundModel, weight = FRAME_WEIGHT): Float64Array {
  const { mean, deviation } = model;
  const size = mean.length;
  const count = frames.length / size;
  const hidden = model.hidden.map((row) => Float64Array.from(row, (value) => value / HUNDREDTHS));
  const outer = model.kinds.map((row) => Float64Array.from(row, (value) => value / HUNDREDTHS));
  const values = Float64Array.from(frames, (value, at) => (value - mean[at % size]!) / deviation[at % size]!);
  const near = new Float64Array(NEIGHBORS.length * size);
  const units = new Float64Array(hidden.length);
  const kinds = SOUND_KINDS.length;
  const out = new Float64Array(count * kinds);
  for (let frame = 0; frame < count; frame++) {
    for (const [index, apart] of NEIGHBORS.entries()) {
      const from = size * Math.min(count - 1, Math.max(0, frame + apart));
      for (let k = 0; k < size; k++) near[index * size + k] = values[from + k]!;
    }
    for (let unit = 0; unit < units.length; unit++) {
      const row = hidden[unit]!;
      let sum = row[0]!;
      for (let k = 0; k < near.length; k++) sum += row[k + 1]! * near[k]!;
      units[unit] = Math.max(0, sum);
    }
    for (let kind = 0; kind < kinds; kind++) {
      const row = outer[kind]!;
      let sum = row[0]!;
      for (let unit = 0; unit < units.length; unit++) sum += row[unit + 1]! * units[unit]!;
      out[frame * kinds + kind] = weight * sum;
    }
  }
  return out;
}
