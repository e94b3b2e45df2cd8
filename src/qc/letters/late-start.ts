/**
 * Whether a take begins with the first letters of its text or with later ones: the sounds of the text are laid along what is
 * heard, once from the first on and once from any of the first two fifths. Pure.
 */
import { SOUND_KINDS } from './sounds-in-text.ts';

/** What the sounds of each kind (`SOUND_KINDS`) are like: several ways in which they sound. */
export type SoundModel = readonly (readonly SoundVariant[])[];

/** One way in which a kind of sound sounds, in values of a frame (audio/listening/sound-frames.ts). */
export interface SoundVariant {
  /** How many of the frames of its kind sound so. */
  share: number;
  mean: readonly number[];
  deviation: readonly number[];
}

/** What the values of 10 ms weigh, since those of the next 10 ms are much the same. */
const FRAME_WEIGHT = 0.5;
/** Logarithms of what may follow a frame: the same sound, the next, the one behind. A silence is left out more easily. */
const STAY = Math.log(0.8);
const NEXT = Math.log(0.2);
const SKIP = Math.log(0.02) - 1;
const SKIP_SILENCE = Math.log(0.3);
/** The sounds of a text among which a cut take may begin, and what it costs to begin there. */
const START_SHARE = 0.4;
const START_COST = 2;
const NEVER = -1e9;

/** By how much a later start is likelier, as a logarithm; at least 0. `frames`: audio/listening/sound-frames.ts. */
export function lateStart(frames: Int16Array, sounds: readonly number[], model: SoundModel): number {
  const starts = bestFromEach(likelihoodsOf(frames, model), sounds);
  // A whole take begins with silence or with its first sound.
  const late = starts.subarray(2, Math.max(2, Math.ceil(START_SHARE * sounds.length)));
  const first = Math.max(starts[0]!, starts[1]!);
  return late.reduce((most, value) => Math.max(most, value - START_COST - first), 0);
}

/** The likelihood of each kind in each frame, by the variant that is most like it; `nearest` takes that down. */
export function likelihoodsOf(frames: Int16Array, model: SoundModel, nearest?: Uint8Array): Float64Array {
  const size = model[0]![0]!.mean.length;
  const kinds = SOUND_KINDS.length;
  const count = frames.length / size;
  const out = new Float64Array(count * kinds).fill(-Infinity);
  for (const [kind, variants] of model.entries())
    for (const [index, { share, mean: means, deviation }] of variants.entries()) {
      const mean = Float64Array.from(means);
      const weight = Float64Array.from(deviation, (one) => 1 / one);
      const constant = Math.log(share) - deviation.reduce((sum, one) => sum + Math.log(one), 0);
      for (let frame = 0, at = 0; frame < count; frame++, at += size) {
        // Half of the values often show that another variant is more like it.
        const most = 2 * (constant - out[frame * kinds + kind]! / FRAME_WEIGHT);
        const half = size >> 1;
        let squares = 0;
        for (let k = 0; k < half; k++) {
          const off = (frames[at + k]! - mean[k]!) * weight[k]!;
          squares += off * off;
        }
        if (squares >= most) continue;
        for (let k = half; k < size; k++) {
          const off = (frames[at + k]! - mean[k]!) * weight[k]!;
          squares += off * off;
        }
        if (squares >= most) continue;
        out[frame * kinds + kind] = FRAME_WEIGHT * (constant - squares / 2);
        if (nearest !== undefined) nearest[frame * kinds + kind] = index;
      }
    }
  return out;
}

/** The likelihood of the best way through all sounds that begins with each of them, from the last frame back to the first. */
function bestFromEach(likelihoods: Float64Array, sounds: readonly number[]): Float64Array {
  const kinds = SOUND_KINDS.length;
  const count = sounds.length;
  const kind = Int32Array.from(sounds);
  const skip = Float64Array.from([...sounds, 0, 0], (sound) => (sound === 0 ? SKIP_SILENCE : SKIP));
  const last = likelihoods.length - kinds;
  const best = new Float64Array(count + 3).fill(NEVER);
  for (let i = Math.max(0, count - 2); i < count; i++) best[i] = likelihoods[last + kind[i]!]!;
  // In place: what follows a sound is behind it, and has not been overwritten yet.
  for (let at = last - kinds; at >= 0; at -= kinds)
    for (let i = 0; i < count; i++) {
      let most = best[i]! + STAY;
      const next = best[i + 1]! + NEXT;
      if (next > most) most = next;
      const second = best[i + 2]! + skip[i + 1]!;
      if (second > most) most = second;
      const third = best[i + 3]! + skip[i + 1]! + skip[i + 2]!;
      if (third > most) most = third;
      best[i] = most + likelihoods[at + kind[i]!]!;
    }
  return best.subarray(0, count);
}
