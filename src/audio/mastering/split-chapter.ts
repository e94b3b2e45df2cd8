/** Splits a chapter's takes into files by their actual durations. Pure. */
import type { MasterStep } from '../../plan/step.ts';
import type { Placement } from './arrange.ts';

type Boundary = NonNullable<MasterStep['parting']>['boundaries'][number];

/** A run of takes: from the first to just before `end`, 0-based. */
export interface TakeRange {
  first: number;
  end: number;
}

/** The takes of a chapter with their positions, and the head and tail of each file. */
export interface TakesToSplit {
  /** Positions of all takes of the chapter (`arrangeChapter`). */
  placements: readonly Placement[];
  /** The boundary after each take. */
  boundaries: readonly Boundary[];
  sampleRateHz: number;
  headSeconds: number;
  tailSeconds: number;
}

/** Suitability of a boundary as the end of a file, ascending. */
const RANK: Readonly<Record<Boundary, number>> = {
  clause: 0,
  sentence: 1,
  speaker: 2,
  paragraph: 2,
  scene: 3,
  chapter: 3,
};
/** Parts are a little shorter than the limit, because encoders pad their last frame. */
const SPARE_SECONDS = 0.5;

/**
 * Splits a chapter that is longer than `mostSeconds` into as few files as possible, of about equal length. Each ends at a scene if
 * one is near, otherwise at a paragraph, otherwise at a sentence. Returns one range when everything fits. A single take that is
 * too long is not split; the check of the finished file reports it.
 */
export function splitTakes(takes: TakesToSplit, mostSeconds: number): TakeRange[] {
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

function bestEnd(takes: TakesToSplit, { first, most }: { first: number; most: number }): number {
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
    // Ending here must not increase the number of parts or leave a very short part.
    const isUseful = seconds >= ideal / 2 && secondsOf(takes, { first: end, end: count }) <= (partsLeft - 1) * most;
    if (!isUseful) continue;
    const rank = RANK[takes.boundaries[end - 1] ?? 'clause'];
    const away = Math.abs(seconds - ideal);
    if (best === undefined || rank > best.rank || (rank === best.rank && away < best.away)) best = { end, rank, away };
  }
  return best?.end ?? longest;
}

/** Longest retail sample that shops accept (ACX: 5 minutes). */
const LONGEST_SAMPLE_SECONDS = 300;

/**
 * The takes of a retail sample: from the first one, about as long as requested. Ends at a line if one is near, otherwise at a
 * sentence, otherwise at a clause. At least one take.
 */
export function retailSampleTakes(takes: TakesToSplit, seconds: number): TakeRange {
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

/** Length of a file of these takes, with head and tail. */
function secondsOf({ placements, sampleRateHz, headSeconds, tailSeconds }: TakesToSplit, range: TakeRange): number {
  const from = placements[range.first]!;
  const last = placements[range.end - 1]!;
  return headSeconds + (last.startSample + last.samples - from.startSample) / sampleRateHz + tailSeconds;
}
