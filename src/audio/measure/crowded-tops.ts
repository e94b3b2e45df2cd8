/**
 * Finds clipping by a few dB: few tops are flat then, but many are about as high, and those are broader than the lower tops of the same
 * voice. A limiter makes many tops as high, but no broader. Found with recordings of people in seven languages.
 */
import { type Arches, breadthOf } from './arches.ts';

/** So many of the highest tops are left out: a codec overshoots here and there. */
const OVERSHOT = 2;
/** Tops that are about as high as the highest, and their least share of all loud ones. */
const AS_HIGH = 0.89;
const LOUD = 0.5;
const LEAST_AS_HIGH = 0.12;
/** The high tops are compared with the lower ones; shares of the highest. */
const HIGH = 0.85;
const LOWER = 0.75;
const LOWEST = 0.35;
/** Fewer tell nothing, and so does a single vowel. */
const LEAST_TOPS = 30;
const LEAST_HALF_SECONDS = 2;
/** Nine in ten of the lower tops are narrower than a broader one. */
const USUAL = 0.9;
const LEAST_BROADER = 0.25;
/** A breadth between a sine's and a flat top's. */
const BROAD = 0.66;
const LEAST_BROAD = 0.12;

/** The tops at the level where a recording was clipped; 0 unless they are so many and so broad that it was. */
export function crowdedTops(arches: Arches, sampleRateHz: number): number {
  const { starts, tops } = arches;
  const highest =
    Float64Array.from(tops)
      .sort()
      .at(-1 - OVERSHOT) ?? 0;
  const countAbove = (share: number) => tops.reduce((count, top) => count + Number(top > share * highest), 0);
  if (countAbove(AS_HIGH) < LEAST_AS_HIGH * countAbove(LOUD)) return 0;
  const high: { startsAt: number; breadth: number }[] = [];
  const lower: number[] = [];
  tops.forEach((top, i) => {
    const isHigh = top >= HIGH * highest;
    if (!isHigh && (top < LOWEST * highest || top >= LOWER * highest)) return;
    const breadth = breadthOf(arches, i, top);
    if (breadth === undefined) return;
    if (isHigh) high.push({ startsAt: starts[i]!, breadth });
    else lower.push(breadth);
  });
  if (high.length < LEAST_TOPS || lower.length < LEAST_TOPS) return 0;
  const usual = lower.sort((a, b) => a - b)[Math.floor(USUAL * lower.length)]!;
  const broader = high.filter(({ breadth }) => breadth > usual);
  const halfSeconds = new Set(broader.map(({ startsAt }) => Math.floor((2 * startsAt) / sampleRateHz)));
  const broad = high.filter(({ breadth }) => breadth > BROAD);
  const wereClipped =
    broader.length >= LEAST_BROADER * high.length &&
    broad.length >= LEAST_BROAD * high.length &&
    halfSeconds.size >= LEAST_HALF_SECONDS;
  return wereClipped ? high.length : 0;
}
