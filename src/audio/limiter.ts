import { interSamplePeak, NEAR_PEAK, TRUE_PEAK_REACH } from './true-peak.ts';

/** Look-ahead of the limiter: its gain falls and rises over so many seconds on either side of a peak. */
export const LOOK_AHEAD_SECONDS = 0.02;

/** A limiter for one stream. Push in order, finish once; the samples come out delayed, not one more or less. */
export interface Limiter {
  /** Takes samples of any number; answers with those that are ready, often none. */
  push(samples: Float32Array): Float32Array[];
  finish(): Float32Array[];
}

/**
 * A true-peak limiter: no sample, and no peak between samples (four-fold oversampling), comes out above `ceiling`, which
 * is in the unit of the samples. Sound that stays under it passes unchanged.
 *
 * The gain that each sample needs is held for the look-ahead to both sides (sliding minimum) and then smoothed by a
 * moving average of the same width, so that it is fully down when the peak comes and never jumps. Works in frames of one
 * look-ahead; only frames next to a peak cost more than a copy.
 */
export function createLimiter({ ceiling, sampleRateHz }: { ceiling: number; sampleRateHz: number }): Limiter {
  const length = Math.max(2 * TRUE_PEAK_REACH, Math.round(sampleRateHz * LOOK_AHEAD_SECONDS));
  const silence = (): Frame => ({ samples: new Float32Array(length), need: null, held: null });
  // What is known of each frame grows as those after it arrive: samples, then need, then held gain, then its output.
  let [oldest, older, old, recent] = [silence(), silence(), silence(), silence()];
  let filling = new Float32Array(length);
  let filled = 0;
  let pushed = 0;
  let passed = -3 * length;

  const advance = (newest: Frame): Float32Array => {
    recent.need = neededGain(old.samples, recent.samples, newest.samples, ceiling);
    old.held = heldGain(older.need, old.need, recent.need, length);
    const output = applied(older.samples, smoothGain(oldest.held, older.held, old.held, length));
    [oldest, older, old, recent] = [older, old, recent, newest];
    passed += length;
    return output;
  };
  const push = (samples: Float32Array): Float32Array[] => {
    const ready: Float32Array[] = [];
    for (let from = 0; from < samples.length; ) {
      const count = Math.min(length - filled, samples.length - from);
      filling.set(samples.subarray(from, from + count), filled);
      filled += count;
      from += count;
      if (filled < length) break;
      const output = advance({ samples: filling, need: null, held: null });
      if (passed > 0) ready.push(output);
      filling = new Float32Array(length);
      filled = 0;
    }
    return ready;
  };
  return {
    push(samples) {
      pushed += samples.length;
      return push(samples);
    },
    finish() {
      const ready: Float32Array[] = [];
      while (passed < pushed) ready.push(...push(new Float32Array(length - filled)));
      const surplus = passed - pushed;
      if (surplus > 0) ready.push(ready.pop()!.subarray(0, length - surplus));
      return ready;
    },
  };
}

/** Gains are `null` where they are 1 throughout, which is nearly always. */
interface Frame {
  samples: Float32Array;
  need: Float32Array | null;
  held: Float32Array | null;
}

function neededGain(
  before: Float32Array,
  frame: Float32Array,
  after: Float32Array,
  ceiling: number,
): Float32Array | null {
  const near = ceiling * NEAR_PEAK;
  let loud = false;
  for (let i = 0; i < frame.length && !loud; i++) loud = frame[i]! > near || frame[i]! < -near;
  if (!loud) return null;

  const around = new Float32Array(frame.length + 2 * TRUE_PEAK_REACH);
  around.set(before.subarray(before.length - TRUE_PEAK_REACH));
  around.set(frame, TRUE_PEAK_REACH);
  around.set(after.subarray(0, TRUE_PEAK_REACH), TRUE_PEAK_REACH + frame.length);
  let need: Float32Array | null = null;
  for (let i = 0; i < frame.length; i++) {
    const at = i + TRUE_PEAK_REACH;
    const size = Math.abs(frame[i]!);
    if (size <= near) continue;
    const isTop = size >= Math.abs(around[at - 1]!) && size >= Math.abs(around[at + 1]!);
    const peak = isTop ? interSamplePeak(around, at) : size;
    if (peak <= ceiling) continue;
    need ??= new Float32Array(frame.length).fill(1);
    need[i] = ceiling / peak;
  }
  return need;
}

/** The least need within a frame's length to either side of each sample, over three frames in a row. */
function heldGain(
  before: Float32Array | null,
  frame: Float32Array | null,
  after: Float32Array | null,
  length: number,
): Float32Array | null {
  if (before === null && frame === null && after === null) return null;
  const needs = joined(before, frame, after, length);
  const held = new Float32Array(length);
  // Indices whose need could still become the least of a window, in rising order of need.
  const queue = new Int32Array(needs.length);
  let head = 0;
  let tail = 0;
  for (let next = 0; next < needs.length; next++) {
    while (tail > head && needs[queue[tail - 1]!]! >= needs[next]!) tail--;
    queue[tail++] = next;
    const at = next - 2 * length;
    if (at < 0) continue;
    while (queue[head]! < at) head++;
    held[at] = needs[queue[head]!]!;
  }
  return held;
}

/** The mean of the held gain within a frame's length to either side of each sample. */
function smoothGain(
  before: Float32Array | null,
  frame: Float32Array | null,
  after: Float32Array | null,
  length: number,
): Float32Array | null {
  if (before === null && frame === null && after === null) return null;
  const gains = joined(before, frame, after, length);
  const smooth = new Float32Array(length);
  const width = 2 * length + 1;
  let total = 0;
  for (let i = 0; i < 2 * length; i++) total += gains[i]!;
  for (let i = 0; i < length; i++) {
    const entering = i + 2 * length;
    total += gains[entering]!;
    smooth[i] = total / width;
    total -= gains[i]!;
  }
  return smooth;
}

function joined(before: Float32Array | null, frame: Float32Array | null, after: Float32Array | null, length: number) {
  const all = new Float32Array(3 * length).fill(1);
  if (before) all.set(before);
  if (frame) all.set(frame, length);
  if (after) all.set(after, 2 * length);
  return all;
}

function applied(samples: Float32Array, gain: Float32Array | null): Float32Array {
  if (gain === null) return samples;
  // In place: the frame is not looked at again.
  for (let i = 0; i < samples.length; i++) samples[i] = samples[i]! * gain[i]!;
  return samples;
}
