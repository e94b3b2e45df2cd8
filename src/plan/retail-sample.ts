import { estimatedSeconds } from '../script/estimate.ts';
import type { Segment } from '../script/segments.ts';

/** So many times the wanted length, by estimate, are handed to the mastering, which knows how long each take really is. */
const SPARE_FACTOR = 2.5;

/** How many of the segments a retail sample may be cut from; they begin where the sample does. At least one. Pure. */
export function sampleCandidates(segments: readonly Segment[], seconds: number): number {
  let estimated = 0;
  for (const [index, segment] of segments.entries()) {
    estimated += estimatedSeconds([segment]);
    if (estimated > seconds * SPARE_FACTOR) return index + 1;
  }
  return segments.length;
}

/** Longest chapter that shops take when the manifest says nothing else (ACX), in seconds. */
const LONGEST_SECONDS = 120 * 60;
/** Estimates err by a quarter; a chapter that is estimated at less than this share of the limit is never too long. */
const SAFE_SHARE = 0.6;

/** Whether a chapter may turn out longer than its profile takes, so that its mastering must know where it could be parted. */
export function mayBeTooLong(segments: readonly Segment[], longestSeconds = LONGEST_SECONDS): boolean {
  return estimatedSeconds(segments) > longestSeconds * SAFE_SHARE;
}
