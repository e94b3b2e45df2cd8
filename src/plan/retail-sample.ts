import type { Segment } from '../script/cut/cut-segments.ts';
import { estimatedSeconds } from '../script/cut/estimate.ts';

/** The mastering gets this many times the wanted length, by estimate; it knows how long each take is and cuts. */
const SPARE_FACTOR = 2.5;

/** How many of these segments a retail sample may be cut from, counted from its start. At least one. Pure. */
export function sampleCandidates(segments: readonly Segment[], seconds: number): number {
  let estimated = 0;
  for (const [index, segment] of segments.entries()) {
    estimated += estimatedSeconds([segment]);
    if (estimated > seconds * SPARE_FACTOR) return index + 1;
  }
  return segments.length;
}

/** Longest chapter that shops accept (ACX), in seconds; the manifest can set another limit. */
const LONGEST_SECONDS = 120 * 60;
/** Estimates are off by up to a quarter; a chapter estimated below this share of the limit is never too long. */
const SAFE_SHARE = 0.6;

/** Whether a chapter may exceed its profile's limit, so that its master step must say where it can be split. */
export function mayBeTooLong(segments: readonly Segment[], longestSeconds = LONGEST_SECONDS): boolean {
  return estimatedSeconds(segments) > longestSeconds * SAFE_SHARE;
}
