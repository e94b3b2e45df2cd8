/** Finds clipping at full scale in finished files. For recordings with a later gain change see clipping.ts. */
/** Samples in a row at full scale that count as clipping. */
const FLAT_SAMPLES = 3;
const FULL_SCALE = 32_767;

/** Finds flat tops at full scale in one channel. Skips pieces below full scale. */
export function createClipFinder(): {
  push(samples: Int16Array, piece: { from: number; to: number; highest: number }): void;
  /** Their number, and the index of the first sample of the first one; `null` for none. */
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
