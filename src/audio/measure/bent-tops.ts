/**
 * Finds clipping that was resampled or coded with loss afterwards: its tops are bent, without runs of equal samples, but are
 * still far broader than those of a voice, or of a limiter. Found with recordings of people in five languages.
 */

/** Counts the bent flat tops of one channel. */
export interface BentTopCounter {
  push(samples: Int16Array): void;
  /** Bent flat tops so far; 0 unless there are so many that the recording was clipped. */
  bentTops(): number;
}

/** Each window has a level of its own, and the memory is that of one window. */
const WINDOW_SECONDS = 20;
/** Quieter tops tell nothing; a share of the highest sample. */
const LEAST_TOP = 0.35;
/** The lowest of the tops that are compared, as a share of the highest of them: what resampling overshoots is within it. */
const BAND = 0.85;
/** A top is flat when more than `FLAT` of its time above half of the level is spent above `NEAR` of it. */
const NEAR = 0.82;
const FLAT = 0.85;
/** Narrower tops are not clipped, and have too few samples to tell. */
const LEAST_SECONDS = 0.00025;
const LEAST_SAMPLES = 6;
/**
 * Share of the tops that are flat. Speech clipped by 12 dB beyond its peak has 10 to 49 %; clean speech and a limiter's at most
 * 6 %, a limiter's that follows each period of the voice 8 %.
 */
const LEAST_SHARE = 0.09;
const LEAST_FLAT = 10;
const LEAST_FLAT_PER_SECOND = 5;

/** A counter for one channel at `sampleRateHz`. */
export function createBentTopCounter(sampleRateHz: number): BentTopCounter {
  const window = new Int16Array(WINDOW_SECONDS * sampleRateHz);
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
  const { starts, tops } = arches(samples);
  const level = mostCommonTop(tops);
  const leastWidth = Math.max(LEAST_SAMPLES, LEAST_SECONDS * sampleRateHz);
  let compared = 0;
  let flat = 0;
  tops.forEach((top, i) => {
    if (top < level || top > level / BAND) return;
    let [wide, near] = [0, 0];
    for (let at = starts[i]!; at < (starts[i + 1] ?? samples.length); at++) {
      const size = Math.abs(samples[at]!);
      if (size > level / 2) wide++;
      if (size > level * NEAR) near++;
    }
    if (wide < leastWidth) return;
    compared++;
    if (near > FLAT * wide) flat++;
  });
  const least = Math.max(LEAST_FLAT, (LEAST_FLAT_PER_SECOND * samples.length) / sampleRateHz, LEAST_SHARE * compared);
  return flat < least ? 0 : flat;
}

/** The parts between two changes of sign: where each begins, and its highest sample. */
function arches(samples: Int16Array): { starts: number[]; tops: number[] } {
  const starts: number[] = [];
  const tops: number[] = [];
  let wasNegative: boolean | undefined;
  samples.forEach((sample, at) => {
    const size = Math.abs(sample);
    if (sample < 0 === wasNegative) {
      if (size > tops.at(-1)!) tops[tops.length - 1] = size;
      return;
    }
    wasNegative = sample < 0;
    starts.push(at);
    tops.push(size);
  });
  return { starts, tops };
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
