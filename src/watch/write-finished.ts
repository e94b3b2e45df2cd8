/** When a file counts as whole: what two looks and a while of stillness say. Pure; times are of the watcher's own clock. */

/** What is known of something that may still be changing. */
export interface Stability {
  /** How it looked last. */
  signature: string;
  /** When it was first seen like this, in milliseconds of a clock that never jumps. */
  sinceMs: number;
  /** Looks that found it like this. */
  observations: number;
  /** Longest stillness between two changes that were seen, in milliseconds; 0 when it never changed before our eyes. */
  longestGapMs: number;
}

/** Least stillness, in milliseconds. From the last byte to the first call may take three seconds in all. */
export const MIN_STABLE_MS = 1_000;
/** A copy that comes in pieces must be still so many times longer than its longest pause so far. */
const GAP_FACTOR = 3;
/** More patience than this, in milliseconds, has no copy. */
const MAX_STABLE_MS = 60_000;

/**
 * Takes a look into account. Never the file's own times: clocks of servers are odd, and a copy may keep the old ones.
 * What was seen to grow in steps must be still for longer than what appeared at once.
 */
export function withObservation(before: Stability | undefined, signature: string, nowMs: number): Stability {
  if (before === undefined) return { signature, sinceMs: nowMs, observations: 1, longestGapMs: 0 };
  if (before.signature === signature) return { ...before, observations: before.observations + 1 };
  const longestGapMs = Math.max(before.longestGapMs, nowMs - before.sinceMs);
  return {
    signature,
    sinceMs: nowMs,
    observations: 1,
    longestGapMs: Math.min(longestGapMs, MAX_STABLE_MS / GAP_FACTOR),
  };
}

/** When it will be still enough if it does not change again, on the same clock. */
export function finishedAt({ sinceMs, longestGapMs }: Stability): number {
  return sinceMs + Math.min(Math.max(MIN_STABLE_MS, longestGapMs * GAP_FACTOR), MAX_STABLE_MS);
}

/** Whether it has been still for long enough, over two looks at least. */
export function isWriteFinished(stability: Stability, nowMs: number): boolean {
  return stability.observations >= 2 && nowMs >= finishedAt(stability);
}

/** The start of a new wait: an old pause says nothing of the next copy. */
export function restartWait(stability: Stability, nowMs: number): Stability {
  return { ...stability, sinceMs: nowMs, observations: 1, longestGapMs: 0 };
}
