/** Counts events in a window that slides with every event, not one that restarts each second. */
export interface SlidingWindow {
  /** Events in the window that ends at `atMs`. */
  count(atMs: number): number;
  /** Counts one event at `atMs`; times must not decrease. */
  add(atMs: number): void;
  /** The maximum number of events in any window so far. */
  most(): number;
}

/** A window of `lengthMs` milliseconds without its older end: two events exactly that far apart never share one. */
export function slidingWindow(lengthMs: number): SlidingWindow {
  let times: number[] = [];
  let first = 0;
  let most = 0;
  const forget = (atMs: number) => {
    while (first < times.length && times[first]! <= atMs - lengthMs) first++;
    if (first > 1024) {
      times = times.slice(first);
      first = 0;
    }
  };
  return {
    count(atMs) {
      forget(atMs);
      return times.length - first;
    },
    add(atMs) {
      forget(atMs);
      times.push(atMs);
      // Some fullest window ends at an event, so checking at each event finds the true maximum.
      most = Math.max(most, times.length - first);
    },
    most: () => most,
  };
}
