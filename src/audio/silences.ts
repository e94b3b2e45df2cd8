/** Finds the quiet parts of a finished file from its 10 ms blocks: pauses and their noise, long silences, digital silence. */
import type { TimeSpan } from '../qc/measured-file.ts';
import { BLOCKS_PER_SECOND } from './loudness.ts';
import { gatedMean, silencePower, soundBlocks } from './measures.ts';
import { dbFromPower } from './pcm.ts';

const NOISE_WINDOW_BLOCKS = BLOCKS_PER_SECOND / 2;

/** RMS of the quietest 500 ms, as Audacity's "ACX Check" defines it; full blocks only. */
export function noiseFloorDbfs(power: Float32Array, fullBlocks: number): number {
  const width = Math.min(NOISE_WINDOW_BLOCKS, fullBlocks);
  return width === 0 ? -Infinity : dbFromPower(quietest(power, 0, fullBlocks, width));
}

/** Silence before the first and after the last sound; the full duration for both when there is no sound. */
export function outerSilence(power: Float32Array, durationSeconds: number) {
  const sound = soundBlocks(power);
  if (sound === null) return { headSilenceSeconds: durationSeconds, tailSilenceSeconds: durationSeconds };
  return {
    headSilenceSeconds: sound.first / BLOCKS_PER_SECOND,
    tailSilenceSeconds: Math.max(0, durationSeconds - (sound.last + 1) / BLOCKS_PER_SECOND),
  };
}

/** A pause is at least half a second that stays this far below the speech level. */
const PAUSE_BLOCKS = BLOCKS_PER_SECOND / 2;
const PAUSE_BELOW_SPEECH = 10 ** (-25 / 10);
/** A pause's noise is that of its quietest window, so that breaths, clicks and word ends do not count. */
const PAUSE_WINDOW_BLOCKS = BLOCKS_PER_SECOND / 4;

/** The noisiest pause, including head and tail; `null` for none. */
export function noisiestPause(power: Float32Array, fullBlocks: number): (TimeSpan & { noiseDbfs: number }) | null {
  const speech = gatedMean(power, gatedMean(power, 1e-7) / 10);
  let worst: { start: number; end: number; noise: number } | null = null;
  for (const { start, end } of runsBelow(power.subarray(0, fullBlocks), speech * PAUSE_BELOW_SPEECH)) {
    if (end - start < PAUSE_BLOCKS) continue;
    const noise = quietest(power, start, end, PAUSE_WINDOW_BLOCKS);
    if (worst === null || noise > worst.noise) worst = { start, end, noise };
  }
  return worst === null ? null : { ...timeSpan(worst), noiseDbfs: dbFromPower(worst.noise) };
}

/** The longest silence between the first and the last sound; `null` for none. */
export function longestSilence(power: Float32Array): TimeSpan | null {
  const sound = soundBlocks(power);
  if (sound === null) return null;
  const inner = power.subarray(sound.first, sound.last + 1);
  const run = longestRun(runsBelow(inner, silencePower(power)));
  return run === null ? null : timeSpan({ start: run.start + sound.first, end: run.end + sound.first });
}

/** The longest run of blocks with only zero samples; `null` for none. */
export function longestDigitalSilence(power: Float32Array): TimeSpan | null {
  const run = longestRun(runsBelow(power, Number.MIN_VALUE));
  return run === null ? null : timeSpan(run);
}

const NEAR_MARK_BLOCKS = 0.5 * BLOCKS_PER_SECOND;
/** Longer than the silence between two words. */
const SILENT_MARK_BLOCKS = 0.3 * BLOCKS_PER_SECOND;

/** Whether there is silence, longer than between two words, within half a second of a time. */
export function isNearSilence(power: Float32Array, atSeconds: number): boolean {
  const at = Math.round(atSeconds * BLOCKS_PER_SECOND);
  const near = power.subarray(Math.max(0, at - NEAR_MARK_BLOCKS), at + NEAR_MARK_BLOCKS);
  const run = longestRun(runsBelow(near, silencePower(power)));
  return near.length === 0 || (run !== null && run.end - run.start >= SILENT_MARK_BLOCKS);
}

interface Run {
  start: number;
  /** Just after the last block. */
  end: number;
}

function* runsBelow(power: Float32Array, threshold: number): Generator<Run> {
  let start = -1;
  for (let i = 0; i <= power.length; i++) {
    const quiet = i < power.length && power[i]! < threshold;
    if (quiet && start < 0) start = i;
    if (quiet || start < 0) continue;
    yield { start, end: i };
    start = -1;
  }
}

function longestRun(runs: Iterable<Run>): Run | null {
  let found: Run | null = null;
  for (const run of runs) if (found === null || run.end - run.start > found.end - found.start) found = run;
  return found;
}

function timeSpan({ start, end }: Run): TimeSpan {
  return { startSeconds: start / BLOCKS_PER_SECOND, seconds: (end - start) / BLOCKS_PER_SECOND };
}

/** Mean power of the quietest `width` blocks in a row. */
function quietest(power: Float32Array, from: number, to: number, width: number): number {
  let total = 0;
  let least = Infinity;
  for (let i = from; i < to; i++) {
    total += power[i]!;
    if (i - from >= width) total -= power[i - width]!;
    if (i - from >= width - 1 && total < least) least = total;
  }
  // The rounding error of the running sum is far below one bit.
  return least / width < 1e-14 ? 0 : least / width;
}
