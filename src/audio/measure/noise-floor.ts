/** The noise in the pauses of a finished file, from its 10 ms blocks. */
import type { TimeSpan } from '../../qc/measured-file.ts';
import { dbFromPower } from '../pcm.ts';
import { runsWhere, timeSpan } from './block-runs.ts';
import { BLOCKS_PER_SECOND } from './loudness.ts';
import type { QuietBlocks } from './quiet.ts';

const NOISE_WINDOW_BLOCKS = BLOCKS_PER_SECOND / 2;

/** RMS of the quietest 500 ms, as Audacity's "ACX Check" defines it; full blocks only. */
export function noiseFloorDbfs(power: Float32Array, fullBlocks: number): number {
  const width = Math.min(NOISE_WINDOW_BLOCKS, fullBlocks);
  return width === 0 ? -Infinity : dbFromPower(quietest(power, 0, fullBlocks, width));
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
