/** What is spoken at a time. Pure. */

/** A stretch of time in the chapter's sound. */
export interface Stretch {
  startMs: number;
  endMs: number;
}

/** Index of the last stretch that began at or before a time; -1 before the first. Stretches are in order. */
export function indexAt(stretches: readonly Stretch[], ms: number): number {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle]!.startMs <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** As `indexAt`, but -1 where nothing is spoken. */
export function spokenAt(stretches: readonly Stretch[], ms: number): number {
  const index = indexAt(stretches, ms);
  return index >= 0 && ms < stretches[index]!.endMs ? index : -1;
}

/** The part of a chapter that a waveform shows: it turns like a page, so that the picture stands still while it is heard. */
export function pageAt(ms: number, pageMs: number, totalMs: number): Stretch {
  if (totalMs <= pageMs) return { startMs: 0, endMs: Math.max(1, totalMs) };
  const startMs = Math.min(Math.floor(ms / pageMs) * pageMs, totalMs - pageMs);
  return { startMs: Math.max(0, startMs), endMs: Math.max(0, startMs) + pageMs };
}
