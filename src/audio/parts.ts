/** Where a chapter's takes are parted, by how long they really are. Pure. */
import type { MasterStep } from '../plan/step.ts';
import type { Placement } from './arrange.ts';

type Boundary = NonNullable<MasterStep['parting']>['boundaries'][number];

/** A run of takes: from the first to just before `end`, 0-based. */
export interface TakeRange {
  first: number;
  end: number;
}

/** Takes in place, and what a file of some of them has around them. */
export interface PartedTakes {
  /** All takes of the chapter in one row (`arrangeChapter`). */
  placements: readonly Placement[];
  /** What ends each take. */
  boundaries: readonly Boundary[];
  sampleRateHz: number;
  headSeconds: number;
  tailSeconds: number;
}

/** How good a place is to end a file, from bad to good. */
const RANK: Readonly<Record<Boundary, number>> = {
  clause: 0,
  sentence: 1,
  speaker: 2,
  paragraph: 2,
  scene: 3,
  chapter: 3,
};
/** Encoders fill up their last frame, so a part is made a little shorter than it may be. */
const SPARE_SECONDS = 0.5;

/**
 * Parts a chapter that is longer than `mostSeconds` into as few files as will do, of about equal length; each ends at a
 * scene where there is one at a useful distance, else at a paragraph, else at a sentence. One range when all of it fits.
 * A single take that is too long by itself stays whole: the check of the finished file says so then.
 */
export function partTakes(takes: PartedTakes, mostSeconds: number): TakeRange[] {
  const most = mostSeconds - SPARE_SECONDS;
  const count = takes.placements.length;
  const ranges: TakeRange[] = [];
  let first = 0;
  while (first < count) {
    const rest = secondsOf(takes, { first, end: count });
    if (rest <= mostSeconds && ranges.length === 0) return [{ first: 0, end: count }];
    const end = rest <= most ? count : bestEnd(takes, { first, most });
    ranges.push({ first, end });
    first = end;
  }
  return ranges;
}

function bestEnd(takes: PartedTakes, { first, most }: { first: number; most: number }): number {
  const count = takes.placements.length;
  const rest = secondsOf(takes, { first, end: count });
  const partsLeft = Math.ceil(rest / most);
  const ideal = rest / partsLeft;
  let best: { end: number; rank: number; away: number } | undefined;
  let longest = first + 1;
  for (let end = first + 1; end < count; end++) {
    const seconds = secondsOf(takes, { first, end });
    if (seconds > most) break;
    longest = end;
    // Ending here must not make more parts of the rest than there would be anyway, nor leave a scrap.
    const isUseful = seconds >= ideal / 2 && secondsOf(takes, { first: end, end: count }) <= (partsLeft - 1) * most;
    if (!isUseful) continue;
    const rank = RANK[takes.boundaries[end - 1] ?? 'clause'];
    const away = Math.abs(seconds - ideal);
    if (best === undefined || rank > best.rank || (rank === best.rank && away < best.away)) best = { end, rank, away };
  }
  return best?.end ?? longest;
}

/** Longest retail sample that shops take, in seconds (ACX: 5 minutes). */
const LONGEST_SAMPLE_SECONDS = 300;

/**
 * The takes of a retail sample: from the first on, about as long as wanted, ended where a line ends if that is near, else at
 * a sentence, else wherever the voice pauses. At least one take.
 */
export function excerptTakes(takes: PartedTakes, seconds: number): TakeRange {
  let best: { end: number; cost: number } | undefined;
  for (let end = 1; end <= takes.placements.length; end++) {
    const length = secondsOf(takes, { first: 0, end });
    if (length > LONGEST_SAMPLE_SECONDS - SPARE_SECONDS) break;
    // A better boundary is worth a tenth of the length.
    const cost = Math.abs(length - seconds) / seconds - RANK[takes.boundaries[end - 1] ?? 'clause'] / 10;
    if (best === undefined || cost < best.cost) best = { end, cost };
  }
  return { first: 0, end: best?.end ?? 1 };
}

/** Length of a file of these takes, with its silence before and behind. */
function secondsOf({ placements, sampleRateHz, headSeconds, tailSeconds }: PartedTakes, range: TakeRange): number {
  const from = placements[range.first]!;
  const last = placements[range.end - 1]!;
  return headSeconds + (last.startSample + last.samples - from.startSample) / sampleRateHz + tailSeconds;
}
