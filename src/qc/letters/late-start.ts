/**
 * Whether a take begins with the first letters of its text or with later ones: the sounds of the text are laid along what is
 * heard, once from the first on and once from any of the first half. Pure.
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
  const likelihoods = likelihoodsOf(frames, model);
  const first = startsAtFirst(sounds);
  const any = Float64Array.from(first, (value, i) =>
    i < START_SHARE * sounds.length ? Math.max(value, -START_COST) : value,
  );
  return Math.max(0, bestOf(likelihoods, sounds, any) - bestOf(likelihoods, sounds, first));
}

/** Where a whole take begins: with silence or with its first sound. */
export function startsAtFirst(sounds: readonly number[]): Float64Array {
  return Float64Array.from(sounds, (_, i) => (i < 2 ? 0 : NEVER));
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
        let squares = 0;
        for (let k = 0; k < size; k++) {
          const off = (frames[at + k]! - mean[k]!) * weight[k]!;
          squares += off * off;
        }
        const value = FRAME_WEIGHT * (constant - squares / 2);
        if (value <= out[frame * kinds + kind]!) continue;
        out[frame * kinds + kind] = value;
        if (nearest !== undefined) nearest[frame * kinds + kind] = index;
      }
    }
  return out;
}

/** The likelihood of the best way through all sounds; `ways` takes down where each frame comes from, how many sounds back. */
export function bestOf(
  likelihoods: Float64Array,
  sounds: readonly number[],
  start: Float64Array,
  ways?: Uint8Array,
): number {
  const kinds = SOUND_KINDS.length;
  const count = sounds.length;
  const kind = Int32Array.from(sounds);
  const skip = Float64Array.from(sounds, (sound) => (sound === 0 ? SKIP_SILENCE : SKIP));
  let now = Float64Array.from(start, (value, i) => value + likelihoods[kind[i]!]!);
  let next = new Float64Array(count);
  for (let at = kinds, frame = 1; at < likelihoods.length; at += kinds, frame++) {
    for (let i = 0; i < count; i++) {
      let best = now[i]! + STAY;
      let from = 0;
      if (i > 0 && now[i - 1]! + NEXT > best) [best, from] = [now[i - 1]! + NEXT, 1];
      if (i > 1) {
        const one = now[i - 2]! + skip[i - 1]!;
        if (one > best) [best, from] = [one, 2];
      }
      if (i > 2) {
        const two = now[i - 3]! + skip[i - 1]! + skip[i - 2]!;
        if (two > best) [best, from] = [two, 3];
      }
      next[i] = best + likelihoods[at + kind[i]!]!;
      if (ways !== undefined) ways[frame * count + i] = from;
    }
    [now, next] = [next, now];
  }
  return Math.max(now[count - 1]!, now[count - 2]!);
}
