/** Where a take is louder or quieter than its speech: pauses, drops, noise. Pure. */
import { BANDS, FRAMES_HZ, LEAST_DB, type Spectra } from './spectra.ts';

/** The speech of a take among its frames. */
export interface Speech {
  /** dB of the mean power of the loud frames. */
  db: number;
  /** 1 for each frame that sounds. */
  isSounding: Uint8Array;
  /** First and last frame that sound; −1 for none. */
  first: number;
  last: number;
}

/** Frames this far below the loudest twentieth are not loud. */
const LOUD_DB = 25;
/** Frames this far below the speech are no sound of it. */
const SOUNDING_DB = 28;

/** Finds the speech of a take. */
export function speechIn({ frames, level }: Spectra): Speech {
  const sorted = Float32Array.from(level).sort();
  const loudest = sorted[Math.floor(0.95 * frames)] ?? LEAST_DB;
  const db = meanDb(level.filter((one) => one > loudest - LOUD_DB));
  const isSounding = Uint8Array.from(level, (one) => Number(one >= db - SOUNDING_DB));
  return { db, isSounding, first: isSounding.indexOf(1), last: isSounding.lastIndexOf(1) };
}

/** A pause is this far below the speech; a breath in it is not speech. */
const LULL_DB = 24;
/** A click or a creak of this many frames does not end a pause. */
const MOST_INTERRUPTED = 3;

/** The longest stretch between two sounds that is far below the speech. */
export function longestLull({ level }: Spectra, { db, first, last }: Speech): { seconds: number; atSeconds: number } {
  let [best, bestAt, from, over] = [0, 0, -1, 0];
  for (let frame = Math.max(0, first); frame <= last; frame++) {
    if (level[frame]! < db - LULL_DB) {
      if (from < 0) from = frame;
      over = 0;
      if (frame - from + 1 > best) [best, bestAt] = [frame - from + 1, from];
    } else if (from >= 0 && ++over > MOST_INTERRUPTED) from = -1;
  }
  return { seconds: best / FRAMES_HZ, atSeconds: bestAt / FRAMES_HZ };
}

const DIP_FRAMES = 70;
/** Speech on each side that a drop is compared with, and how much of it must sound. */
const SIDE_FRAMES = 60;
const LEAST_SOUNDING = 15;

/** The largest drop of the speech between louder speech. */
export function deepestDip(
  { frames, level }: Spectra,
  { isSounding, first, last }: Speech,
): { db: number; atSeconds: number } {
  const power = new Float64Array(frames + 1);
  const count = new Float64Array(frames + 1);
  for (let frame = 0; frame < frames; frame++) {
    power[frame + 1] = power[frame]! + (isSounding[frame]! && 10 ** (level[frame]! / 10));
    count[frame + 1] = count[frame]! + isSounding[frame]!;
  }
  const levelOf = (from: number, to: number): number | undefined => {
    const sounding = count[to]! - count[from]!;
    return sounding < LEAST_SOUNDING ? undefined : 10 * Math.log10((power[to]! - power[from]!) / sounding);
  };
  let [best, bestAt] = [0, 0];
  for (let from = Math.max(0, first); from + DIP_FRAMES <= last; from += 5) {
    const to = from + DIP_FRAMES;
    if (count[to]! - count[from]! <= DIP_FRAMES / 2) continue;
    const before = levelOf(Math.max(0, from - SIDE_FRAMES), from);
    const after = levelOf(to, Math.min(frames, to + SIDE_FRAMES));
    if (before === undefined || after === undefined) continue;
    const db = Math.min(before, after) - levelOf(from, to)!;
    if (db > best) [best, bestAt] = [db, from];
  }
  return { db: best, atSeconds: bestAt / FRAMES_HZ };
}

/** Noise is in every band all the time; in speech without noise, each band is silent now and then. */
const FLOOR_SHARE = 0.05;
/** Of the bands, this share is quieter. */
const QUIET_BANDS = 0.25;
const BURST_FRAMES = 25;
/** Frames on each side that smooth a band. */
const SMOOTH_FRAMES = 2;

/** dB of the noise under the whole take, and of the loudest that lasts a quarter of a second, above the speech. */
export function noiseIn(
  spectra: Spectra,
  { isSounding, first, last }: Speech,
): { floorDb: number; burstDb: number; atSeconds: number } {
  const { frames, bands } = spectra;
  const floors = new Float32Array(BANDS);
  let loud = 0;
  const sounding = isSounding.reduce((sum, one) => sum + one, 0);
  for (let band = 0; band < BANDS; band++) {
    const values = Float32Array.from(
      { length: Math.max(0, last - first + 1) },
      (_, i) => bands[(first + i) * BANDS + band]!,
    ).sort();
    floors[band] = values[Math.floor(values.length * FLOOR_SHARE)] ?? LEAST_DB;
    for (let frame = 0; frame < frames; frame++)
      if (isSounding[frame]) loud += 10 ** (bands[frame * BANDS + band]! / 10);
  }
  const speechDb = 10 * Math.log10(loud / Math.max(1, sounding * BANDS) + 1e-12);
  const smooth = smoothed(spectra);
  const least = new Float32Array(BANDS);
  let [best, bestAt] = [-Infinity, 0];
  for (let from = 0; from + BURST_FRAMES <= frames; from += 2) {
    least.fill(Infinity);
    for (let at = from * BANDS; at < (from + BURST_FRAMES) * BANDS; at++) {
      const band = at % BANDS;
      if (smooth[at]! < least[band]!) least[band] = smooth[at]!;
    }
    const db = quietBand(least);
    if (db > best) [best, bestAt] = [db, from];
  }
  return {
    floorDb: Math.max(LEAST_DB, quietBand(floors) - speechDb),
    burstDb: Math.max(LEAST_DB, best - speechDb),
    atSeconds: bestAt / FRAMES_HZ,
  };
}

function quietBand(values: Float32Array): number {
  return values.slice().sort()[Math.floor(QUIET_BANDS * (BANDS - 1))]!;
}

function smoothed({ frames, bands }: Spectra): Float32Array {
  const smooth = new Float32Array(bands.length);
  for (let frame = 0; frame < frames; frame++) {
    const from = Math.max(0, frame - SMOOTH_FRAMES);
    const to = Math.min(frames - 1, frame + SMOOTH_FRAMES);
    for (let band = 0; band < BANDS; band++) {
      let sum = 0;
      for (let near = from; near <= to; near++) sum += bands[near * BANDS + band]!;
      smooth[frame * BANDS + band] = sum / (to - from + 1);
    }
  }
  return smooth;
}

function meanDb(levels: Float32Array): number {
  return 10 * Math.log10(levels.reduce((sum, db) => sum + 10 ** (db / 10), 0) / Math.max(1, levels.length) + 1e-12);
}
