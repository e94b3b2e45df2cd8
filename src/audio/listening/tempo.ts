/** How fast the speech of a take is, by its sound alone. Pure. */
import { BANDS, CEPSTRUM, type Spectra } from './spectra.ts';

/** Frames that a movement spans: 20 ms. */
const SPAN = 2;

/** The mean distance of the cepstra of sounding frames 20 ms apart; 0 when nothing sounds for so long. */
export function movementOf(cepstra: Float32Array, isSounding: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let frame = 0; frame + SPAN < isSounding.length; frame++) {
    if (!(isSounding[frame]! && isSounding[frame + 1]! && isSounding[frame + SPAN]!)) continue;
    let squares = 0;
    for (let k = frame * CEPSTRUM; k < (frame + 1) * CEPSTRUM; k++)
      squares += (cepstra[k]! - cepstra[k + SPAN * CEPSTRUM]!) ** 2;
    sum += Math.sqrt(squares);
    count += 1;
  }
  return sum / Math.max(1, count);
}

/** Bands that vowels are loud in: about 350 to 2,900 Hz. */
const FIRST_BAND = 2;
const LAST_BAND = 16;
/** The envelope is smoothed twice over this many frames on each side. */
const SMOOTH_FRAMES = 2;
/** A swell rises and falls by so much; one this far below the loudest is none. */
const LEAST_SWELL_DB = 2.5;
const FAINT_DB = 25;

/** How often the voice swells. */
export function nucleiIn({ frames, bands }: Spectra): number {
  const envelope = Float32Array.from({ length: frames }, (_, frame) => {
    let sum = 0;
    for (let band = FIRST_BAND; band <= LAST_BAND; band++) sum += 10 ** (bands[frame * BANDS + band]! / 20);
    return sum;
  });
  const levels = smoothed(smoothed(envelope)).map((value) => 20 * Math.log10(value + 1e-9));
  const least = levels.reduce((most, db) => Math.max(most, db), -Infinity) - FAINT_DB;
  let [count, low, high, isRising] = [0, Infinity, -Infinity, true];
  for (const db of levels) {
    if (isRising) {
      low = Math.min(low, db);
      if (db > low + LEAST_SWELL_DB && db > least) [isRising, high] = [false, db];
    } else {
      high = Math.max(high, db);
      if (db < high - LEAST_SWELL_DB) [isRising, low, count] = [true, db, count + 1];
    }
  }
  return count + Number(!isRising);
}

function smoothed(values: Float32Array): Float32Array {
  return values.map((_, at) => {
    const from = Math.max(0, at - SMOOTH_FRAMES);
    const to = Math.min(values.length - 1, at + SMOOTH_FRAMES);
    let sum = 0;
    for (let near = from; near <= to; near++) sum += values[near]!;
    return sum / (to - from + 1);
  });
}
