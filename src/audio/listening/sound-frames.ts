/** What is heard in each 10 ms, in a form that is compared with the sounds of a text (qc/letters). Pure. */
import type { Speech } from './levels.ts';
import { CEPSTRUM, type Spectra } from './spectra.ts';

/** Values of a frame: its cepstrum and its level. */
export const FRAME_VALUES = CEPSTRUM + 1;
/** A step of the values: 0.01 of ten decibels, which are of single precision, as the model has learned them. */
const STEPS = 100;
const LEAST_LEVEL_DB = -45;

/** The frames of a sound: `FRAME_VALUES` each, in tenths of a dB. */
export function soundFramesOf({ frames, level }: Spectra, cepstra: Float32Array, { db }: Speech): Int16Array {
  const out = new Int16Array(frames * FRAME_VALUES);
  const step = (decibels: number) => Math.round(STEPS * Math.fround(decibels / 10));
  for (let frame = 0; frame < frames; frame++) {
    for (let k = 0; k < CEPSTRUM; k++) out[frame * FRAME_VALUES + k] = step(cepstra[frame * CEPSTRUM + k]!);
    out[frame * FRAME_VALUES + CEPSTRUM] = step(Math.max(LEAST_LEVEL_DB, level[frame]! - db));
  }
  return out;
}
