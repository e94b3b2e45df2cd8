/** Lays the sounds of a text along what is heard: which sounds in each frame. */
import { FRAME_VALUES } from '../../../src/audio/listening/sound-frames.ts';
import { FOLLOWS } from '../../../src/qc/letters/late-start.ts';
import { SOUND_KINDS } from '../../../src/qc/letters/sounds-in-text.ts';

/** A good recording: what is heard (src/audio/listening/sound-frames.ts), and the sounds of its text. */
export interface SpokenSounds {
  frames: Int16Array;
  sounds: readonly number[];
}

const KINDS = SOUND_KINDS.length;
const LEVEL = FRAME_VALUES - 1;
const SOUNDING = -280;
const NEVER = -1e9;

/** The kind in each frame, if each sound were as long as the others. */
export function kindsEvenly({ frames, sounds }: SpokenSounds): Uint8Array {
  const spoken = sounds.filter((sound) => sound !== 0);
  const kinds = new Uint8Array(frames.length / FRAME_VALUES);
  const isSounding = (_: unknown, frame: number) => frames[frame * FRAME_VALUES + LEVEL]! > SOUNDING;
  const sounding = kinds.reduce((sum, _kind, frame) => sum + Number(isSounding(_kind, frame)), 0);
  let at = 0;
  return kinds.map((_kind, frame) =>
    isSounding(_kind, frame) ? spoken[Math.floor((at++ * spoken.length) / sounding)]! : 0,
  );
}

/** The kind in each frame on the best way through all sounds. `likelihoods`: `SOUND_KINDS.length` logarithms a frame. */
export function kindsAlong(likelihoods: Float64Array, sounds: readonly number[]): Uint8Array {
  const count = likelihoods.length / KINDS;
  const ways = new Uint8Array(count * sounds.length);
  takeWays(likelihoods, sounds, ways);
  const kinds = new Uint8Array(count);
  for (let frame = count - 1, at = sounds.length - 1; frame >= 0; frame--) {
    kinds[frame] = sounds[at]!;
    at -= ways[frame * sounds.length + at]!;
  }
  return kinds;
}

/** Takes down where each frame of the best way through all sounds comes from: how many sounds back. */
function takeWays(likelihoods: Float64Array, sounds: readonly number[], ways: Uint8Array): void {
  const count = sounds.length;
  const { stay, next: toNext } = FOLLOWS;
  const skip = Float64Array.from(sounds, (sound) => (sound === 0 ? FOLLOWS.skipSilence : FOLLOWS.skip));
  let now = Float64Array.from(sounds, (sound, i) => (i < 2 ? likelihoods[sound]! : NEVER));
  let next = new Float64Array(count);
  for (let at = KINDS, frame = 1; at < likelihoods.length; at += KINDS, frame++) {
    for (let i = 0; i < count; i++) {
      let best = now[i]! + stay;
      let from = 0;
      if (i > 0 && now[i - 1]! + toNext > best) [best, from] = [now[i - 1]! + toNext, 1];
      if (i > 1) {
        const one = now[i - 2]! + skip[i - 1]!;
        if (one > best) [best, from] = [one, 2];
      }
      if (i > 2) {
        const two = now[i - 3]! + skip[i - 1]! + skip[i - 2]!;
        if (two > best) [best, from] = [two, 3];
      }
      next[i] = best + likelihoods[at + sounds[i]!]!;
      ways[frame * count + i] = from;
    }
    [now, next] = [next, now];
  }
}
