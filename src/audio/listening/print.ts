/** The print of a voice in one take: its pitch, and the shape of its loud sounds. Pure. */

import type { Speech } from './levels.ts';
import { NARROW_HZ } from './narrow-band.ts';
import { pitches } from './pitch.ts';
import { BANDS, CEPSTRUM, cosinesOfCepstrum, FRAMES_HZ, type Spectra } from './spectra.ts';

/** Nothing shorter has a print: a few sounds are more like the same sounds of another voice than like other ones of their own. */
export const LEAST_PRINT_SECONDS = 2;
/** Prints are of like lengths: what sounds later is left out. */
const MOST_SECONDS = 4;
/** Vowels are loud; quieter sounds are more of the room. */
const LOUD_DB = 10;
/** A whisper has no pitch. */
const LEAST_PITCHES = 20;
const PITCH_QUANTILES = [0.2, 0.5, 0.8];
/** Farther from the median, in semitones, it is a harmonic that was taken for the pitch. */
const MOST_OFF_MEDIAN = 8;

/** Three quantiles of the pitch, in semitones, then the mean cepstrum of the loud sounds, in dB; undefined where too little sounds. */
export function printOf(samples: Float32Array, spectra: Spectra, { db, isSounding }: Speech): number[] | undefined {
  const frames = framesOf(isSounding);
  if (frames === undefined) return undefined;
  const all = pitches(samples.subarray(0, (frames * NARROW_HZ) / FRAMES_HZ)).sort((a, b) => a - b);
  const median = all[all.length >> 1] ?? 0;
  const found = all.filter((pitch) => Math.abs(pitch - median) <= MOST_OFF_MEDIAN);
  if (found.length < LEAST_PITCHES) return undefined;
  const pitch = PITCH_QUANTILES.map((share) => found[Math.floor(share * found.length)]!);
  return [...pitch, ...meanCepstrum(spectra, { frames, leastDb: db - LOUD_DB })].map((value) => round(value));
}

/** The frames up to the last one that counts. */
function framesOf(isSounding: Uint8Array): number | undefined {
  let sounding = 0;
  for (let frame = 0; frame < isSounding.length; frame++) {
    sounding += isSounding[frame]!;
    if (sounding >= MOST_SECONDS * FRAMES_HZ) return frame + 1;
  }
  return sounding >= LEAST_PRINT_SECONDS * FRAMES_HZ ? isSounding.length : undefined;
}

function meanCepstrum({ bands, level }: Spectra, of: { frames: number; leastDb: number }): number[] {
  const cosines = cosinesOfCepstrum();
  const mean = new Float64Array(BANDS);
  let loud = 0;
  for (let frame = 0; frame < of.frames; frame++) {
    if (level[frame]! < of.leastDb) continue;
    loud += 1;
    for (let band = 0; band < BANDS; band++) mean[band]! += bands[frame * BANDS + band]!;
  }
  return Array.from({ length: CEPSTRUM }, (_, order) =>
    mean.reduce((sum, db, band) => sum + (cosines[order * BANDS + band]! * db) / Math.max(1, loud), 0),
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
