/** What is heard in each 10 ms, in a form that is compared with the sounds of a text (qc/letters). Pure. */
import type { Speech } from './levels.ts';
import { CEPSTRUM, type Spectra } from './spectra.ts';

/** Values of a frame: its cepstrum and its level, and how each of them changes. */
export const FRAME_VALUES = 2 * (CEPSTRUM + 1);
const STATIC_VALUES = CEPSTRUM + 1;
/** A step of the values: 0.01 of ten decibels. */
const STEPS = 100;
const LEAST_LEVEL_DB = -45;

/** The frames of a sound: `FRAME_VALUES` steps each. */
export function soundFramesOf({ frames, level }: Spectra, cepstra: Float32Array, { db }: Speech): Int16Array {
  const values = new Float32Array(frames * STATIC_VALUES);
  for (let frame = 0; frame < frames; frame++) {
    for (let k = 0; k < CEPSTRUM; k++) values[frame * STATIC_VALUES + k] = cepstra[frame * CEPSTRUM + k]! / 10;
    values[frame * STATIC_VALUES + CEPSTRUM] = Math.max(LEAST_LEVEL_DB, level[frame]! - db) / 10;
  }
  const near = (frame: number, k: number) => values[Math.min(frames - 1, Math.max(0, frame)) * STATIC_VALUES + k]!;
  const out = new Int16Array(frames * FRAME_VALUES);
  for (let frame = 0; frame < frames; frame++)
    for (let k = 0; k < STATIC_VALUES; k++) {
      const change = (near(frame + 2, k) - near(frame - 2, k) + 0.5 * (near(frame + 1, k) - near(frame - 1, k))) / 2.5;
      out[frame * FRAME_VALUES + k] = Math.round(STEPS * near(frame, k));
      out[frame * FRAME_VALUES + STATIC_VALUES + k] = Math.round(STEPS * change);
    }
  return out;
}
