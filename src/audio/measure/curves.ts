import type { Curves } from '../../qc/measured-file.ts';
import { dbFromPower } from '../pcm.ts';
import { BLOCKS_PER_SECOND } from './loudness.ts';

/** Points of a picture that is as wide as a page. */
const PEAK_POINTS = 600;
const LOUDNESS_POINTS = 300;
/** EBU Tech 3341: short-term loudness is that of 3 s, not gated. */
const SHORT_TERM_BLOCKS = 3 * BLOCKS_PER_SECOND;
const OFFSET_LU = -0.691;
const LEAST_LUFS = -70;

/** A file's waveform and short-term loudness as a few hundred points, whatever its length. */
export function curvesOf(peak: Float32Array, loudness: Float32Array): Curves {
  return { peaks: peaks(peak), loudnessLufs: shortTerm(loudness) };
}

function peaks(peak: Float32Array): number[] {
  const points = Math.min(PEAK_POINTS, peak.length);
  return Array.from({ length: points }, (_, i) => {
    const from = Math.floor((i * peak.length) / points);
    const to = Math.floor(((i + 1) * peak.length) / points);
    let most = 0;
    for (let k = from; k < to; k++) if (peak[k]! > most) most = peak[k]!;
    return Math.round(most * 100) / 100;
  });
}

function shortTerm(loudness: Float32Array): (number | null)[] {
  const points = Math.min(LOUDNESS_POINTS, loudness.length);
  const sums = new Float64Array(loudness.length + 1);
  for (let i = 0; i < loudness.length; i++) sums[i + 1] = sums[i]! + loudness[i]!;
  return Array.from({ length: points }, (_, i) => {
    const middle = Math.floor(((i + 0.5) * loudness.length) / points);
    const from = Math.max(0, middle - SHORT_TERM_BLOCKS / 2);
    const to = Math.min(loudness.length, middle + SHORT_TERM_BLOCKS / 2);
    const lufs = OFFSET_LU + dbFromPower((sums[to]! - sums[from]!) / (to - from));
    return lufs < LEAST_LUFS ? null : Math.round(lufs * 10) / 10;
  });
}
