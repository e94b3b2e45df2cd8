/** Silence in a finished file, from its 10 ms blocks: at both ends, the longest one, digital silence. */
import type { TimeSpan } from '../../qc/measured-file.ts';
import { longestRun, runsWhere, timeSpan } from './block-runs.ts';
import { BLOCKS_PER_SECOND } from './loudness.ts';
import type { QuietBlocks } from './quiet.ts';

/** Silence before the first and after the last sound; the full duration for both when there is no sound. */
export function outerSilence({ silent }: QuietBlocks, durationSeconds: number) {
  const first = silent.indexOf(0);
  if (first < 0) return { headSilenceSeconds: durationSeconds, tailSilenceSeconds: durationSeconds };
  return {
    headSilenceSeconds: first / BLOCKS_PER_SECOND,
    tailSilenceSeconds: Math.max(0, durationSeconds - (silent.lastIndexOf(0) + 1) / BLOCKS_PER_SECOND),
  };
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
