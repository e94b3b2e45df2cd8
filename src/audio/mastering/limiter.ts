import { isLocalExtremum, NEAR_PEAK, TRUE_PEAK_REACH, truePeakNear } from '../measure/true-peak.ts';
import { type FindPeakCandidates, MOST_CANDIDATES } from './kernel.ts';

/** Default look-ahead of the limiter: its attack before and release after a peak. */
export const LOOK_AHEAD_SECONDS = 0.02;

/** A range of samples to attenuate. */
export interface GainReduction {
  /** First sample of the range. */
  from: number;
  /** Factor for each of its samples, at most 1. */
  gains: Float32Array;
}

/** The input of the limiter. */
export interface LimitRequest {
  samples: Int16Array;
  /** Finds peak candidates in the same samples. */
  peakCandidates: FindPeakCandidates;
  /** Highest allowed true peak, in sample units. */
  ceiling: number;
  sampleRateHz: number;
  /** A shorter look-ahead sounds louder and rougher, since the gain follows the voice's pulses. */
  lookAheadSeconds: number;
  /** Largest sample of each block as amplitude, 0–1; quiet blocks are skipped. */
  peaks: Float32Array;
  blockSamples: number;
}

/** Memory of a limiter, which grows as needed. One that is used again for each take of a chapter saves most of the garbage of mastering. */
export interface LimiterRoom {
  /** The samples at or next to a peak above the ceiling, and the gain that each needs. */
  places: Int32Array;
  needs: Float64Array;
  /** Numbers of peaks. */
  queue: Int32Array;
  least: Float32Array;
  gains: Float32Array;
}

/** Memory for limiting one take after the other. */
export function limiterRoom(): LimiterRoom {
  return {
    places: new Int32Array(0),
    needs: new Float64Array(0),
    queue: new Int32Array(0),
    least: new Float32Array(0),
    gains: new Float32Array(0),
  };
}

/**
 * A true-peak limiter: the ranges to attenuate, and their gains, so that no sample and no true peak (four-fold oversampling)
 * exceeds the ceiling. In order, without overlap. The memory of the gains is reused for the next range; `room` serves one call at a time.
 *
 * The gain that each sample needs is held for the look-ahead on both sides (sliding minimum) and then smoothed by a moving
 * average of the same width, so that the full reduction is reached at the peak without jumps. Only blocks with a measured peak
 * near the ceiling are read.
 *
 * The input counts as silent before its start and after its end, where takes are faded.
 */
export function* gainReductions(request: LimitRequest, room = limiterRoom()): Generator<GainReduction> {
  const { samples, sampleRateHz, lookAheadSeconds } = request;
  const reach = Math.max(TRUE_PEAK_REACH, Math.round(sampleRateHz * lookAheadSeconds));
  const peaks = peaksOverCeiling(request, room);
  const { places } = room;
  for (let first = 0; first < peaks; ) {
    let last = first;
    // Peaks with adjacent ranges are processed together.
    while (last + 1 < peaks && places[last + 1]! - places[last]! <= 4 * reach) last++;
    const start = places[first]! - 2 * reach;
    const length = places[last]! + 2 * reach + 1 - start;
    if (room.gains.length < length) {
      room.least = new Float32Array(length + 2 * reach);
      room.gains = new Float32Array(length);
    }
    if (room.queue.length < last + 1 - first) room.queue = new Int32Array(last + 1 - first);
    const least = room.least.subarray(0, length + 2 * reach).fill(1);
    slidingMinimum({ room, first, last, reach, start: start - reach, least });
    const gains = movingAverage(least, reach, room.gains.subarray(0, length));
    const from = Math.max(0, start);
    yield { from, gains: gains.subarray(from - start, Math.min(gains.length, samples.length - start)) };
    first = last + 1;
  }
}

/** Writes places and needs of the room, and returns how many there are. */
function peaksOverCeiling(request: LimitRequest, room: LimiterRoom): number {
  const { samples, peakCandidates: loud, ceiling } = request;
  const near = NEAR_PEAK * ceiling;
  const sizes = { near: Math.floor(near), over: Math.floor(ceiling) };
  const end = samples.length - TRUE_PEAK_REACH;
  let count = 0;
  for (const { from, to } of loudRanges(request, near)) {
    const candidates = loud(from, to, sizes);
    makeRoom(room, { used: count, wanted: count + candidates.length });
    const { places, needs } = room;
    for (let k = 0; k < candidates.length; k++) {
      const i = candidates[k]!;
      let peak = Math.abs(samples[i]!);
      // A true peak is only next to a local extremum; the fades leave no peaks at the ends.
      if (i >= TRUE_PEAK_REACH && i < end && isLocalExtremum(samples, i)) peak = truePeakNear(samples, i, ceiling);
      if (peak <= ceiling) continue;
      places[count] = i;
      needs[count++] = ceiling / peak;
    }
  }
  return count;
}

/** Enlarges the room for peaks, and keeps those that are in use. */
function makeRoom(room: LimiterRoom, { used, wanted }: { used: number; wanted: number }): void {
  if (room.places.length >= wanted) return;
  const { places, needs } = room;
  room.places = new Int32Array(2 * wanted);
  room.places.set(places.subarray(0, used));
  room.needs = new Float64Array(2 * wanted);
  room.needs.set(needs.subarray(0, used));
}

/** Where blocks in a row have peaks above a size, as much of them as `loud` answers for at once. */
function* loudRanges(
  { samples, peaks, blockSamples }: LimitRequest,
  size: number,
): Generator<{ from: number; to: number }> {
  const isLoud = (block: number) => (peaks[block] ?? 0) * 32_768 > size;
  for (let block = 0; block < peaks.length; block++) {
    if (!isLoud(block)) continue;
    const from = block * blockSamples;
    const most = from + MOST_CANDIDATES - blockSamples;
    while (isLoud(block + 1) && (block + 1) * blockSamples <= most) block++;
    yield { from, to: Math.min(samples.length, (block + 1) * blockSamples) };
  }
}

/**
 * Lowers `least`, which begins at sample `start`, to the least need within `reach` samples to either side. Between the
 * samples at which a peak comes into reach or goes out of it nothing changes, so it goes from peak to peak.
 */
function slidingMinimum(of: {
  room: LimiterRoom;
  first: number;
  last: number;
  reach: number;
  start: number;
  least: Float32Array;
}): void {
  const { room, first, last, reach, start, least } = of;
  // In the queue are the peaks in reach that could still become the least, in rising order of need.
  const { places, needs, queue } = room;
  let head = 0;
  let tail = 0;
  let next = first;
  for (let at = places[first]! - reach; head < tail || next <= last; ) {
    for (; next <= last && places[next]! - reach <= at; next++) {
      while (tail > head && needs[queue[tail - 1]!]! >= needs[next]!) tail--;
      queue[tail++] = next;
    }
    while (head < tail && places[queue[head]!]! + reach < at) head++;
    const comes = next <= last ? places[next]! - reach : Infinity;
    const goes = head < tail ? places[queue[head]!]! + reach + 1 : Infinity;
    const end = Math.min(comes, goes);
    if (head < tail) least.fill(needs[queue[head]!]!, at - start, end - start);
    at = end;
  }
}

/**
 * The mean within `reach` samples to either side of each sample, written to `smooth`. The values go that much further on
 * both sides, and the first and last 2 × `reach` of them are 1.
 */
function movingAverage(values: Float32Array, reach: number, smooth: Float32Array): Float32Array {
  const width = 2 * reach + 1;
  let total = width;
  for (let i = 0; i < smooth.length; i++) {
    total += values[i + 2 * reach]! - 1;
    smooth[i] = total / width;
    total -= values[i]! - 1;
  }
  return smooth;
}
