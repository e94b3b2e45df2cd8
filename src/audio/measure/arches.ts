/** The arches of a waveform, and how broad they are at their tops: clipping shows there, even after it was resampled or coded. */

/** The parts between two changes of sign: where each begins, and its highest sample. */
export interface Arches {
  samples: Int16Array;
  starts: number[];
  tops: number[];
  /** Narrower ones are not compared: they have too few samples to tell, and clipping makes broad ones. In samples. */
  leastWidth: number;
}

const LEAST_SECONDS = 0.00025;
const LEAST_SAMPLES = 6;

/** Finds the arches of one channel. */
export function findArches(samples: Int16Array, sampleRateHz: number): Arches {
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
  return { samples, starts, tops, leastWidth: Math.max(LEAST_SAMPLES, LEAST_SECONDS * sampleRateHz) };
}

/** What resampling and coding bend a flat top by stays above this share of its level. */
const NEAR = 0.82;

/**
 * How much of an arch's time above half of `level` is spent near it: a sine's 0.58 when it is as high as `level`, a flat top's more
 * than 0.85. Undefined for a narrow one.
 */
export function breadthOf({ samples, starts, leastWidth }: Arches, index: number, level: number): number | undefined {
  let [wide, near] = [0, 0];
  for (let at = starts[index]!; at < (starts[index + 1] ?? samples.length); at++) {
    const size = Math.abs(samples[at]!);
    if (size > level / 2) wide++;
    if (size > level * NEAR) near++;
  }
  return wide < leastWidth ? undefined : near / wide;
}
