/** Estimates the time left from how fast a share of work grows. */

/** Below this time, in milliseconds, and this growth, a rate is noise. */
const LEAST_MS = 1_000;
const LEAST_GROWTH = 0.01;

/**
 * Takes the share of the work that is finished, 0 to 1, each time it is known, and returns the seconds left at the average
 * speed so far; null until there is one. A share that falls is other work: the estimate starts again. `now` in milliseconds.
 */
export function createTimeLeft(now: () => number): (share: number) => number | null {
  let first: { at: number; share: number } | undefined;
  let last = 0;
  return (share) => {
    const at = now();
    if (first === undefined || share < last) first = { at, share };
    last = share;
    const [elapsed, growth] = [at - first.at, share - first.share];
    if (elapsed < LEAST_MS || growth < LEAST_GROWTH) return null;
    return ((1 - share) * elapsed) / growth / 1000;
  };
}
