/** Runs of 10 ms blocks of a finished file. */
import type { TimeSpan } from '../../qc/measured-file.ts';
import { BLOCKS_PER_SECOND } from './loudness.ts';

/** Blocks in a row. */
export interface Run {
  start: number;
  /** Just after the last block. */
  end: number;
}

/** Every run of blocks for which `isQuiet` holds. */
export function* runsWhere(blocks: number, isQuiet: (block: number) => boolean): Generator<Run> {
  let start = -1;
  for (let i = 0; i <= blocks; i++) {
    const quiet = i < blocks && isQuiet(i);
    if (quiet && start < 0) start = i;
    if (quiet || start < 0) continue;
    yield { start, end: i };
    start = -1;
  }
}

/** The longest one, of equals the first; `null` for none. */
export function longestRun(runs: Iterable<Run>): Run | null {
  let found: Run | null = null;
  for (const run of runs) if (found === null || run.end - run.start > found.end - found.start) found = run;
  return found;
}

/** A run in seconds. */
export function timeSpan({ start, end }: Run): TimeSpan {
  return { startSeconds: start / BLOCKS_PER_SECOND, seconds: (end - start) / BLOCKS_PER_SECOND };
}
