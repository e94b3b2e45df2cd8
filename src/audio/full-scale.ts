/** Flat tops at full scale: what a shop hears as clipping in a finished file. For recordings that were turned down later see clipping.ts. */
/** So many samples in a row at full scale are a flat top, not a peak that happens to touch it. */
const FLAT_SAMPLES = 3;
const FULL_SCALE = 32_767;

/** Finds flat tops at full scale in one channel. Pieces that are under full scale are not looked at. */
export function createClipFinder(): {
  push(samples: Int16Array, piece: { from: number; to: number; highest: number }): void;
  /** How many there were, and the index of the sample at which the first began; `null` when there was none. */
  finish(): { runs: number; firstSample: number | null };
} {
  let run = 0;
  let at = 0;
  let runs = 0;
  let firstSample: number | null = null;
  return {
    push(samples, { from, to, highest }) {
      if (highest < FULL_SCALE) {
        run = 0;
        at += to - from;
        return;
      }
      for (let i = from; i < to; i++, at++) {
        run = isFull(samples[i]!) ? run + 1 : 0;
        if (run !== FLAT_SAMPLES) continue;
        runs += 1;
        firstSample ??= at - FLAT_SAMPLES + 1;
      }
    },
    finish: () => ({ runs, firstSample }),
  };
}

function isFull(sample: number): boolean {
  return sample >= FULL_SCALE || sample <= -FULL_SCALE;
}
