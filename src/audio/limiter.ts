import { type LoudPlaces, MOST_PLACES } from './kernel.ts';
import { isTop, NEAR_PEAK, peakBeside, TRUE_PEAK_REACH } from './true-peak.ts';

/** Usual look-ahead of the limiter: its gain falls and rises over so many seconds on either side of a peak. */
export const LOOK_AHEAD_SECONDS = 0.02;

/** A stretch of a sound that must be turned down. */
export interface Reduction {
  /** First sample of the stretch. */
  from: number;
  /** Factor for each of its samples, at most 1. */
  gains: Float32Array;
}

/** A sound to be held under a ceiling, and what is known of it. */
export interface LimitRequest {
  samples: Int16Array;
  /** Of the same samples. */
  loud: LoudPlaces;
  /** Highest true peak allowed, in the unit of the samples. */
  ceiling: number;
  sampleRateHz: number;
  /** Shorter ones than usual make it louder and rougher: the gain then follows the voice's own pulses. */
  lookAheadSeconds: number;
  /** Largest sample of each block as amplitude, 0–1, so that quiet blocks need not be looked at. */
  peaks: Float32Array;
  blockSamples: number;
}

/**
 * A true-peak limiter: where a sound must be turned down, and by how much, so that no sample, and no peak between samples
 * (four-fold oversampling), is above the ceiling. In order, without overlap; none for a sound that stays under it. The
 * memory of one's gains is used again for the next.
 *
 * The gain that each sample needs is held for the look-ahead to both sides (sliding minimum) and then smoothed by a
 * moving average of the same width, so that it is fully down when the peak comes and never jumps. Only blocks whose
 * measured peak comes near the ceiling are read, and only stretches around a peak are worked on.
 *
 * The sound counts as silent before its start and after its end: takes are faded there.
 */
export function* reductionsFor(request: LimitRequest): Generator<Reduction> {
  const { samples, sampleRateHz, lookAheadSeconds } = request;
  const reach = Math.max(TRUE_PEAK_REACH, Math.round(sampleRateHz * lookAheadSeconds));
  const { places, needs } = peaksOver(request);
  let room = { least: new Float32Array(0), gains: new Float32Array(0) };
  for (let first = 0; first < places.length; ) {
    let last = first;
    // Peaks whose stretches would touch are worked on together.
    while (last + 1 < places.length && places[last + 1]! - places[last]! <= 4 * reach) last++;
    const start = places[first]! - 2 * reach;
    const length = places[last]! + 2 * reach + 1 - start;
    if (room.gains.length < length) {
      room = { least: new Float32Array(length + 2 * reach), gains: new Float32Array(length) };
    }
    const least = room.least.subarray(0, length + 2 * reach).fill(1);
    hold({ places, needs, first, last, reach, start: start - reach, least });
    const gains = smoothed(least, reach, room.gains.subarray(0, length));
    const from = Math.max(0, start);
    yield { from, gains: gains.subarray(from - start, Math.min(gains.length, samples.length - start)) };
    first = last + 1;
  }
}

/** The samples that are, or lie beside, a peak over the ceiling, and the gain that each needs. */
function peaksOver(request: LimitRequest): { places: number[]; needs: number[] } {
  const { samples, loud, ceiling } = request;
  const near = NEAR_PEAK * ceiling;
  const sizes = { near: Math.floor(near), over: Math.floor(ceiling) };
  const places: number[] = [];
  const needs: number[] = [];
  const end = samples.length - TRUE_PEAK_REACH;
  for (const { from, to } of loudPieces(request, near)) {
    for (const i of loud(from, to, sizes)) {
      let peak = Math.abs(samples[i]!);
      // Between samples there is only something higher beside a top; at the very ends the fade leaves nothing.
      if (i >= TRUE_PEAK_REACH && i < end && isTop(samples, i)) peak = peakBeside(samples, i, ceiling);
      if (peak <= ceiling) continue;
      places.push(i);
      needs.push(ceiling / peak);
    }
  }
  return { places, needs };
}

/** Where blocks in a row have peaks above a size, as much of them as `loud` answers for at once. */
function* loudPieces(
  { samples, peaks, blockSamples }: LimitRequest,
  size: number,
): Generator<{ from: number; to: number }> {
  const isLoud = (block: number) => (peaks[block] ?? 0) * 32_768 > size;
  for (let block = 0; block < peaks.length; block++) {
    if (!isLoud(block)) continue;
    const from = block * blockSamples;
    const most = from + MOST_PLACES - blockSamples;
    while (isLoud(block + 1) && (block + 1) * blockSamples <= most) block++;
    yield { from, to: Math.min(samples.length, (block + 1) * blockSamples) };
  }
}

/**
 * Lowers `least`, which begins at sample `start`, to the least need within `reach` samples to either side. Between the
 * samples at which a peak comes into reach or goes out of it nothing changes, so it goes from peak to peak.
 */
function hold(of: {
  places: readonly number[];
  needs: readonly number[];
  first: number;
  last: number;
  reach: number;
  start: number;
  least: Float32Array;
}): void {
  const { places, needs, first, last, reach, start, least } = of;
  // The peaks in reach that could still become the least, in rising order of need.
  const queue = new Int32Array(last + 1 - first);
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
function smoothed(values: Float32Array, reach: number, smooth: Float32Array): Float32Array {
  const width = 2 * reach + 1;
  let total = width;
  for (let i = 0; i < smooth.length; i++) {
    total += values[i + 2 * reach]! - 1;
    smooth[i] = total / width;
    total -= values[i]! - 1;
  }
  return smooth;
}
