/** Flat tops at full scale: what a shop hears as clipping in a finished file. For recordings that were turned down later see clipping.ts. */
/** So many samples in a row at full scale are a flat top, not a peak that happens to touch it. */
const FLAT_SAMPLES = 3;
const FULL_SCALE = 32_767;

/** Finds flat tops at full scale in one channel. Costs a comparison for each third sample. */
export function createClipFinder(): {
  push(samples: Int16Array): void;
  /** How many there were, and the index of the sample at which the first began; `null` when there was none. */
  finish(): { runs: number; firstSample: number | null };
} {
  let run = 0;
  let at = 0;
  let runs = 0;
  let firstSample: number | null = null;
  return {
    push(samples) {
      if (run === 0 && !touches(samples)) {
        at += samples.length;
        return;
      }
      for (let i = 0; i < samples.length; i++) {
        const x = samples[i]!;
        if (!isFull(x)) {
          run = 0;
          continue;
        }
        run += 1;
        if (run !== FLAT_SAMPLES) continue;
        runs += 1;
        firstSample ??= at + i - FLAT_SAMPLES + 1;
      }
      at += samples.length;
    },
    finish: () => ({ runs, firstSample }),
  };
}

/** Whether a flat top could lie in these samples or begin at their end: one of its samples in a row is then looked at. */
function touches(samples: Int16Array): boolean {
  for (let i = 0; i < samples.length; i += FLAT_SAMPLES) if (isFull(samples[i]!)) return true;
  return samples.length > 0 && isFull(samples[samples.length - 1]!);
}

function isFull(sample: number): boolean {
  return sample >= FULL_SCALE || sample <= -FULL_SCALE;
}
