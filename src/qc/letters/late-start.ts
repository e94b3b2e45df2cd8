/**
 * Whether a take begins with the first letters of its text or with later ones: the sounds of the text are laid along what is
 * heard, once from the first on and once from any of the first two fifths. Pure.
 */
import { SOUND_KINDS } from './sounds-in-text.ts';

/** Logarithms of what may follow a frame: the same sound, the next, the one behind. A silence is left out more easily. */
export const FOLLOWS = {
  stay: Math.log(0.8),
  next: Math.log(0.2),
  skip: Math.log(0.02) - 1,
  skipSilence: Math.log(0.3),
} as const;
/** The sounds of a text among which a cut take may begin, and what it costs to begin there. */
const START_SHARE = 0.4;
const START_COST = 2;
const NEVER = -1e9;

/** By how much a later start is likelier, as a logarithm; at least 0. `likelihoods`: sound-likelihoods.ts. */
export function lateStart(likelihoods: Float64Array, sounds: readonly number[]): number {
  const starts = bestFromEach(likelihoods, sounds);
  // A whole take begins with silence or with its first sound.
  const late = starts.subarray(2, Math.max(2, Math.ceil(START_SHARE * sounds.length)));
  const first = Math.max(starts[0]!, starts[1]!);
  return late.reduce((most, value) => Math.max(most, value - START_COST - first), 0);
}

/** The likelihood of the best way through all sounds that begins with each of them, from the last frame back to the first. */
function bestFromEach(likelihoods: Float64Array, sounds: readonly number[]): Float64Array {
  const kinds = SOUND_KINDS.length;
  const count = sounds.length;
  const kind = Int32Array.from(sounds);
  const { stay, next: toNext } = FOLLOWS;
  const skip = Float64Array.from([...sounds, 0, 0], (sound) => (sound === 0 ? FOLLOWS.skipSilence : FOLLOWS.skip));
  const last = likelihoods.length - kinds;
  const best = new Float64Array(count + 3).fill(NEVER);
  for (let i = Math.max(0, count - 2); i < count; i++) best[i] = likelihoods[last + kind[i]!]!;
  // In place: what follows a sound is behind it, and has not been overwritten yet.
  for (let at = last - kinds; at >= 0; at -= kinds)
    for (let i = 0; i < count; i++) {
      let most = best[i]! + stay;
      const next = best[i + 1]! + toNext;
      if (next > most) most = next;
      const second = best[i + 2]! + skip[i + 1]!;
      if (second > most) most = second;
      const third = best[i + 3]! + skip[i + 1]! + skip[i + 2]!;
      if (third > most) most = third;
      best[i] = most + likelihoods[at + kind[i]!]!;
    }
  return best.subarray(0, count);
}
