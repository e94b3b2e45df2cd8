/**
 * Finds the sounds of texts in recordings from nothing but the texts: by normal distributions of what is heard, at first of sounds
 * that are all as long as each other. A network (sound-network.ts) learns from what they find, and finds more than they do.
 */
import { FRAME_VALUES } from '../../../src/audio/listening/sound-frames.ts';
import { SOUND_KINDS } from '../../../src/qc/letters/sounds-in-text.ts';
import { kindsAlong, kindsEvenly, type SpokenSounds } from './alignment.ts';

/** One way in which a kind of sound sounds. */
interface Variant {
  /** How many of the frames of its kind sound so. */
  share: number;
  mean: readonly number[];
  deviation: readonly number[];
}

/** Of each kind, how it sounds. */
type Gaussians = readonly (readonly Variant[])[];

/** What sounds in each frame: kind, and variant of it. */
interface Sounding {
  kinds: Uint8Array;
  variants: Uint8Array;
}

/** Rounds with one variant of each kind, then after each time that every variant is split in two. */
const ROUNDS = [5, 3, 3];
const SPLIT_DEVIATIONS = 0.3;
const LEAST_DEVIATION = 7;
const LEAST_FRAMES = 100;
/** What the values of 10 ms weigh, since those of the next 10 ms are much the same. */
const FRAME_WEIGHT = 0.5;
const KINDS = SOUND_KINDS.length;
/** Values of a frame, and how each of them changes. */
const VALUES = 2 * FRAME_VALUES;

/** The kinds in each frame of each recording, learned from every second one, which is enough. */
export function kindsByGaussians(takes: readonly SpokenSounds[]): Uint8Array[] {
  const withChanges = takes.map((take) => ({ ...take, values: valuesOf(take.frames) }));
  const learned = withChanges.filter((_, index) => index % 2 === 0);
  let model = measured(
    learned,
    learned.map((take) => ({ kinds: kindsEvenly(take), variants: new Uint8Array(take.values.length / VALUES) })),
  );
  for (const [index, rounds] of ROUNDS.entries()) {
    if (index > 0) model = model.map((variants) => variants.flatMap(split));
    for (let round = 0; round < rounds; round++)
      model = measured(
        learned,
        learned.map((take) => aligned(take, model)),
      );
  }
  return withChanges.map((take) => aligned(take, model).kinds);
}

/** The values of each frame, and how they change over the frames around it. */
function valuesOf(frames: Int16Array): Int16Array {
  const count = frames.length / FRAME_VALUES;
  const near = (frame: number, k: number) => frames[Math.min(count - 1, Math.max(0, frame)) * FRAME_VALUES + k]!;
  const out = new Int16Array(count * VALUES);
  for (let frame = 0; frame < count; frame++)
    for (let k = 0; k < FRAME_VALUES; k++) {
      const change = (near(frame + 2, k) - near(frame - 2, k) + 0.5 * (near(frame + 1, k) - near(frame - 1, k))) / 2.5;
      out[frame * VALUES + k] = near(frame, k);
      out[frame * VALUES + FRAME_VALUES + k] = Math.round(change);
    }
  return out;
}

function split({ share, mean, deviation }: Variant): Variant[] {
  return [-1, 1].map((side) => ({
    share: share / 2,
    mean: mean.map((value, k) => value + side * SPLIT_DEVIATIONS * deviation[k]!),
    deviation,
  }));
}

function aligned({ values, sounds }: { values: Int16Array; sounds: readonly number[] }, model: Gaussians): Sounding {
  const nearest = new Uint8Array((values.length / VALUES) * KINDS);
  const kinds = kindsAlong(likelihoodsOf(values, model, nearest), sounds);
  return { kinds, variants: kinds.map((kind, frame) => nearest[frame * KINDS + kind]!) };
}

/** The likelihood of each kind in each frame, by the variant that is most like it; `nearest` takes that down. */
function likelihoodsOf(values: Int16Array, model: Gaussians, nearest: Uint8Array): Float64Array {
  const count = values.length / VALUES;
  const out = new Float64Array(count * KINDS).fill(-Infinity);
  for (const [kind, variants] of model.entries())
    for (const [index, { share, mean: means, deviation }] of variants.entries()) {
      const mean = Float64Array.from(means);
      const weight = Float64Array.from(deviation, (one) => 1 / one);
      const constant = Math.log(share) - deviation.reduce((sum, one) => sum + Math.log(one), 0);
      for (let frame = 0, at = 0; frame < count; frame++, at += VALUES) {
        let squares = 0;
        for (let k = 0; k < VALUES; k++) {
          const off = (values[at + k]! - mean[k]!) * weight[k]!;
          squares += off * off;
        }
        const likelihood = FRAME_WEIGHT * (constant - squares / 2);
        if (likelihood <= out[frame * KINDS + kind]!) continue;
        out[frame * KINDS + kind] = likelihood;
        nearest[frame * KINDS + kind] = index;
      }
    }
  return out;
}

function measured(takes: readonly { values: Int16Array }[], soundings: readonly Sounding[]): Gaussians {
  const most = soundings.reduce((max, { variants }) => variants.reduce((a, b) => Math.max(a, b), max), 0) + 1;
  const sums = Array.from({ length: KINDS * most }, () => ({
    ...{ count: 0, sum: new Float64Array(VALUES), squares: new Float64Array(VALUES) },
  }));
  for (const [index, { values }] of takes.entries()) {
    const { kinds, variants } = soundings[index]!;
    for (let frame = 0; frame < kinds.length; frame++) {
      const to = sums[kinds[frame]! * most + variants[frame]!]!;
      to.count += 1;
      for (let k = 0; k < VALUES; k++) {
        const value = values[frame * VALUES + k]!;
        to.sum[k]! += value;
        to.squares[k]! += value * value;
      }
    }
  }
  return SOUND_KINDS.map((_, kind) => {
    const own = sums.slice(kind * most, (kind + 1) * most).filter(({ count }) => count >= LEAST_FRAMES);
    const all = own.reduce((sum, { count }) => sum + count, 0);
    return own.map(({ count, sum, squares }) => ({
      share: count / all,
      mean: Array.from(sum, (value) => value / count),
      deviation: Array.from(squares, (value, k) =>
        Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, value / count - (sum[k]! / count) ** 2))),
      ),
    }));
  });
}
