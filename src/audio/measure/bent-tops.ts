/**
 * Finds clipping that was resampled or coded with loss afterwards: its tops are bent, without runs of equal samples, but are
 * still far broader than those of a voice, or of a limiter; where few are, it may have been clipped by a few dB (`crowdedTops`).
 * Found with recordings of people in five languages.
 */
import { breadthOf, findArches } from './arches.ts';
import { crowdedTops } from './crowded-tops.ts';

/** Counts the bent flat tops of one channel. */
export interface BentTopCounter {
  push(samples: Int16Array): void;
  /** Bent flat tops so far; 0 unless there are so many that the recording was clipped. */
  bentTops(): number;
}

/** Each window has a level of its own, and the memory is that of one window. */
const WINDOW_SECONDS = 20;
/** A header may claim any rate, and the window would need the memory for it. */
const MOST_RATE_HZ = 384_000;
/** Quieter tops tell nothing; a share of the highest sample. */
const LEAST_TOP = 0.35;
/** The lowest of the tops that are compared, as a share of the highest of them: what resampling overshoots is within it. */
const BAND = 0.85;
/** Broader tops are flat. */
const FLAT = 0.85;
/**
 * Share of the tops that are flat. Speech clipped by 12 dB beyond its peak has 10 to 49 %; clean speech and a limiter's at most
 * 6 %, a limiter's that follows each period of the voice 8 %.
 */
const LEAST_SHARE = 0.09;
const LEAST_FLAT = 10;
const LEAST_FLAT_PER_SECOND = 5;

/** A counter for one channel at `sampleRateHz`. */
export function createBentTopCounter(sampleRateHz: number): BentTopCounter {
  const window = new Int16Array(WINDOW_SECONDS * Math.min(sampleRateHz, MOST_RATE_HZ));
  let length = 0;
  let found = 0;
  return {
    push(samples) {
      for (let at = 0; at < samples.length; ) {
        const part = samples.subarray(at, at + window.length - length);
        window.set(part, length);
        length += part.length;
        at += part.length;
        if (length < window.length) continue;
        found += bentTopsIn(window, sampleRateHz);
        length = 0;
      }
    },
    bentTops: () => found + bentTopsIn(window.subarray(0, length), sampleRateHz),
  };
}

function bentTopsIn(samples: Int16Array, sampleRateHz: number): number {
  const arches = findArches(samples, sampleRateHz);
  const level = mostCommonTop(arches.tops);
  let compared = 0;
  let flat = 0;
  arches.tops.forEach((top, i) => {
    if (top < level || top > level / BAND) return;
    const breadth = breadthOf(arches, i, level);
    if (breadth === undefined) return;
    compared++;
    if (breadth > FLAT) flat++;
  });
  const least = Math.max(LEAST_FLAT, (LEAST_FLAT_PER_SECOND * samples.length) / sampleRateHz, LEAST_SHARE * compared);
  return flat < least ? crowdedTops(arches, sampleRateHz) : flat;
}

/** The lower end of the band with the most of the loud tops: just below the level at which a recording was clipped. */
function mostCommonTop(tops: readonly number[]): number {
  const highest = tops.reduce((most, top) => Math.max(most, top), 0);
  const loud = Float64Array.from(tops.filter((top) => top > LEAST_TOP * highest)).sort();
  let [level, most, end] = [highest, 0, 0];
  loud.forEach((lowest, i) => {
    while (end < loud.length && loud[end]! * BAND <= lowest) end++;
    if (end - i > most) [level, most] = [lowest, end - i];
  });
  return level;
}
