/** Finds the quiet parts of a finished file from its 10 ms blocks: pauses and their noise, long silences, digital silence. */
import type { TimeSpan } from '../../qc/measured-file.ts';
import { dbFromPower } from '../pcm.ts';
import { BLOCKS_PER_SECOND } from './loudness.ts';
import type { QuietBlocks } from './quiet.ts';

const NOISE_WINDOW_BLOCKS = BLOCKS_PER_SECOND / 2;

/** RMS of the quietest 500 ms, as Audacity's "ACX Check" defines it; full blocks only. */
export function noiseFloorDbfs(power: Float32Array, fullBlocks: number): number {
  const width = Math.min(NOISE_WINDOW_BLOCKS, fullBlocks);
  return width === 0 ? -Infinity : dbFromPower(quietest(power, 0, fullBlocks, width));
}

/** Silence before the first and after the last sound; the full duration for both when there is no sound. */
export function outerSilence({ silent }: QuietBlocks, durationSeconds: number) {
  const first = silent.indexOf(0);
  if (first < 0) return { headSilenceSeconds: durationSeconds, tailSilenceSeconds: durationSeconds };
  return {
    headSilenceSeconds: first / BLOCKS_PER_SECOND,
    tailSilenceSeconds: Math.max(0, durationSeconds - (silent.lastIndexOf(0) + 1) / BLOCKS_PER_SECOND),
  };
}

/** A pause is at least half a second long. */
const PAUSE_BLOCKS = BLOCKS_PER_SECOND / 2;
/** A pause's noise is that of its quietest window, so that breaths, clicks and word ends do not count. */
const PAUSE_WINDOW_BLOCKS = BLOCKS_PER_SECOND / 4;
/** Looked at piece by piece, longer than a breath: noise that begins or ends inside a pause does not hide behind its clean part. */
const PAUSE_SPAN_BLOCKS = 0.8 * BLOCKS_PER_SECOND;

/** The noisiest 0.8 s of all pauses, including head and tail; `null` for none. `power` is unweighted: a shop's meter shows all noise. */
export function noisiestPause(
  { pause }: QuietBlocks,
  power: Float32Array,
  fullBlocks: number,
): (TimeSpan & { noiseDbfs: number }) | null {
  let worst: { start: number; end: number; noise: number } | null = null;
  for (const { start, end } of runsWhere(fullBlocks, (i) => pause[i] === 1)) {
    if (end - start < PAUSE_BLOCKS) continue;
    for (let from = start; from === start || from + PAUSE_SPAN_BLOCKS <= end; from++) {
      const to = Math.min(end, from + PAUSE_SPAN_BLOCKS);
      const noise = quietest(power, from, to, PAUSE_WINDOW_BLOCKS);
      if (worst === null || noise > worst.noise) worst = { start: from, end: to, noise };
    }
  }
  return worst === null ? null : { ...timeSpan(worst), noiseDbfs: dbFromPower(worst.noise) };
}

/** The longest silence between the first and the last sound; `null` for none. */
export function longestSilence({ silent }: QuietBlocks): TimeSpan | null {
  const first = silent.indexOf(0);
  if (first < 0) return null;
  const inner = silent.subarray(first, silent.lastIndexOf(0) + 1);
  const run = longestRun(runsWhere(inner.length, (i) => inner[i] === 1));
  return run === null ? null : timeSpan({ start: run.start + first, end: run.end + first });
}

/** The longest run of blocks with only zero samples; `null` for none. */
export function longestDigitalSilence(power: Float32Array): TimeSpan | null {
  const run = longestRun(runsWhere(power.length, (i) => power[i] === 0));
  return run === null ? null : timeSpan(run);
}

const NEAR_MARK_BLOCKS = 0.5 * BLOCKS_PER_SECOND;
/** Longer than the silence between two words. */
const SILENT_MARK_BLOCKS = 0.3 * BLOCKS_PER_SECOND;

/** Whether there is silence, longer than between two words, within half a second of a time. */
export function isNearSilence({ silent }: QuietBlocks, atSeconds: number): boolean {
  const at = Math.round(atSeconds * BLOCKS_PER_SECOND);
  const near = silent.subarray(Math.max(0, at - NEAR_MARK_BLOCKS), at + NEAR_MARK_BLOCKS);
  const run = longestRun(runsWhere(near.length, (i) => near[i] === 1));
  return near.length === 0 || (run !== null && run.end - run.start >= SILENT_MARK_BLOCKS);
}

interface Run {
  start: number;
  /** Just after the last block. */
  end: number;
}

function* runsWhere(blocks: number, isQuiet: (block: number) => boolean): Generator<Run> {
  let start = -1;
  for (let i = 0; i <= blocks; i++) {
    const quiet = i < blocks && isQuiet(i);
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
