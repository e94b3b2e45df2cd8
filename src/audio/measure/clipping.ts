import { createBentTopCounter } from './bent-tops.ts';

/** Counts flat tops: runs of equal samples at the recording's maximum, even after a later gain change. */
export interface ClipCounter {
  push(samples: Int16Array): void;
  /** Clipped peaks so far. */
  clipped(): number;
}

/** Equal samples in a row that make a flat top; unclipped audio rarely has two. */
const LEAST_RUN = 3;
/** A flat top is within this share of the highest sample. */
const NEAR_CEILING = 0.98;
/** Recordings with a maximum below −20 dBFS are quiet, not clipped. */
const LEAST_CEILING = 3_277;

/** A counter for one channel. */
export function createClipCounter(): ClipCounter {
  const runsByLevel = new Uint32Array(32_769);
  let previous = 0;
  let run = 0;
  let highest = 0;
  return {
    push(samples) {
      for (let i = 0; i < samples.length; i++) {
        const sample = samples[i]!;
        run = sample === previous ? run + 1 : 1;
        previous = sample;
        const level = sample < 0 ? -sample : sample;
        if (level > highest) highest = level;
        // Counted once, when the run becomes long enough.
        if (run === LEAST_RUN) runsByLevel[level]!++;
      }
    },
    clipped() {
      if (highest < LEAST_CEILING) return 0;
      let clipped = 0;
      for (let level = Math.ceil(highest * NEAR_CEILING); level <= highest; level++) clipped += runsByLevel[level]!;
      return clipped;
    },
  };
}

/** A counter for one channel of a file of others, which may have been resampled or coded with loss after it was clipped. */
export function createRecordedClipCounter(sampleRateHz: number): ClipCounter {
  const exact = createClipCounter();
  const bent = createBentTopCounter(sampleRateHz);
  return {
    push(samples) {
      exact.push(samples);
      bent.push(samples);
    },
    clipped: () => Math.max(exact.clipped(), bent.bentTops()),
  };
}
