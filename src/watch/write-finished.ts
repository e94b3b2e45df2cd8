/** When a file counts as completely written: after two scans and a time without a change. Pure; times are `performance.now()`. */

/** What the scans of a book that may still be changing have shown. */
export interface Stability {
  /** The last fingerprint. */
  signature: string;
  /** When this fingerprint was first seen, in milliseconds of a monotonic clock. */
  sinceMs: number;
  /** Number of scans with this fingerprint. */
  observations: number;
  /** Longest time between two observed changes, in milliseconds; 0 when no change was observed. */
  longestGapMs: number;
}

/** Shortest time without a change, in milliseconds. From the last byte to the first request at most three seconds may pass. */
export const MIN_STABLE_MS = 1_000;
/** A copy that arrives in pieces must be unchanged for this many times its longest gap so far. */
const GAP_FACTOR = 3;
/** Longest time without a change that is ever required, in milliseconds. */
const MAX_STABLE_MS = 60_000;

/**
 * Adds the result of a scan. The times of files are never used: server clocks are unreliable, and a copy may keep old times.
 * A file that grew in steps must stay unchanged for longer than one that appeared at once.
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

/** When it will count as finished if it does not change again, on the same clock. */
export function finishedAt({ sinceMs, longestGapMs }: Stability): number {
  return sinceMs + Math.min(Math.max(MIN_STABLE_MS, longestGapMs * GAP_FACTOR), MAX_STABLE_MS);
}

/** Whether it has been unchanged for long enough, over at least two scans. */
export function isWriteFinished(stability: Stability, nowMs: number): boolean {
  return stability.observations >= 2 && nowMs >= finishedAt(stability);
}

/** Starts a new wait: the gaps of an earlier copy say nothing about the next one. */
export function restartWait(stability: Stability, nowMs: number): Stability {
  return { ...stability, sinceMs: nowMs, observations: 1, longestGapMs: 0 };
}
