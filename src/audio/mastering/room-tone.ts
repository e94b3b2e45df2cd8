import { gainFromDb } from '../pcm.ts';

/** Length of the loop in samples: a power of two, 2.7 s at 24 kHz. */
export const ROOM_TONE_SAMPLES = 1 << 16;
const SEED = 0x2545f491;

/**
 * A loop of quiet, low-pass filtered noise under a chapter, in 16-bit sample units. Deterministic for a level, so that masters are
 * reproducible. Start anywhere and wrap at its length, a power of two.
 */
export function roomTone(levelDbfs: number): Float32Array {
  const loop = new Float32Array(ROOM_TONE_SAMPLES);
  const random = xorshift(SEED);
  let smooth = 0;
  // Two passes of a one-pole low-pass: the second starts in the state of the first, so that the loop is seamless.
  const white = new Float64Array(ROOM_TONE_SAMPLES);
  for (let i = 0; i < ROOM_TONE_SAMPLES; i++) white[i] = random() + random() - 1;
  for (let i = 0; i < 2 * ROOM_TONE_SAMPLES; i++) {
    smooth += 0.35 * (white[i % ROOM_TONE_SAMPLES]! - smooth);
    loop[i % ROOM_TONE_SAMPLES] = smooth;
  }
  let total = 0;
  for (let i = 0; i < ROOM_TONE_SAMPLES; i++) total += loop[i]! * loop[i]!;
  const scale = (32_768 * gainFromDb(levelDbfs)) / Math.sqrt(total / ROOM_TONE_SAMPLES);
  for (let i = 0; i < ROOM_TONE_SAMPLES; i++) loop[i]! *= scale;
  return loop;
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
