import { gainFromDb } from './pcm.ts';

/** Length of the loop in samples: a power of two, 2.7 s at 24 kHz. */
export const LOOP_SAMPLES = 1 << 16;
const SEED = 0x2545f491;

/**
 * A loop of quiet noise to lay under a chapter, in units of a 16-bit sample: soft like the air of a room, always the very
 * same for one level, so that a chapter mastered twice has the same bytes. Start at any place, wrap at its length, which
 * is a power of two.
 */
export function roomTone(levelDbfs: number): Float32Array {
  const loop = new Float32Array(LOOP_SAMPLES);
  const random = xorshift(SEED);
  let smooth = 0;
  // Two rounds of a one-pole low-pass: the second starts from where the first ended, so that the seam is smooth too.
  const white = new Float64Array(LOOP_SAMPLES);
  for (let i = 0; i < LOOP_SAMPLES; i++) white[i] = random() + random() - 1;
  for (let i = 0; i < 2 * LOOP_SAMPLES; i++) {
    smooth += 0.35 * (white[i % LOOP_SAMPLES]! - smooth);
    loop[i % LOOP_SAMPLES] = smooth;
  }
  let total = 0;
  for (const value of loop) total += value * value;
  const scale = (32_768 * gainFromDb(levelDbfs)) / Math.sqrt(total / LOOP_SAMPLES);
  return loop.map((value) => value * scale);
}

/** Marsaglia's xorshift32, 0 ≤ x < 1. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
