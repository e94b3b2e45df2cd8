/** The limits of an account that only this process uses. */
import type { Gate, SingleFlight, Slots } from '../limits.ts';
import type { Pace } from './limits.ts';
import { abortable, type Line, openLine, sleep } from './waiting.ts';

/** A gate in memory; first come, first through. Ends its waits with `interrupted` when `closing` aborts. */
export function memoryGate(pace: Pace, closing: AbortSignal): Gate {
  const line = openLine(closing);
  /** Times of the last calls, oldest first; as many as fit in a window. */
  const calls: number[] = [];
  let pausedUntil = 0;
  const waitMs = (now: number): number => {
    const last = calls.at(-1) ?? Number.NEGATIVE_INFINITY;
    const windowEnd = pace.calls !== undefined && calls.length >= pace.calls ? calls[0]! + pace.windowMs : 0;
    return Math.max(pausedUntil, last + pace.spacingMs, windowEnd) - now;
  };
  return {
    pass: (signal) =>
      line.take(async () => {
        // A timer may be early by a millisecond, and a pause may have come meanwhile: ask again after each wait.
        for (let wait = waitMs(performance.now()); wait > 0; wait = waitMs(performance.now())) {
          await sleep(Math.ceil(wait), signal, closing);
        }
        calls.push(performance.now());
        if (calls.length > (pace.calls ?? 1)) calls.shift();
      }, signal),
    pauseFor: async (ms) => {
      pausedUntil = Math.max(pausedUntil, performance.now() + ms);
    },
  };
}

/** Slots in memory; first come, first served. */
export function memorySlots(most: number, closing: AbortSignal): Slots {
  const line = openLine(closing);
  let held = 0;
  let freed = (): void => {};
  return {
    acquire: (signal) =>
      line.take(async () => {
        if (held >= most) {
          const free = new Promise<void>((resolve) => {
            freed = resolve;
          });
          await abortable(free, signal, closing);
        }
        held += 1;
        let mine = true;
        return async () => {
          if (!mine) return;
          mine = false;
          held -= 1;
          freed();
        };
      }, signal),
  };
}

/** One at a time per key, in memory. */
export function memorySingleFlight(closing: AbortSignal): SingleFlight {
  const lines = new Map<string, Line>();
  return {
    run: async (key, work, signal) => {
      const line = lines.get(key) ?? openLine(closing);
      lines.set(key, line);
      try {
        return await line.take(work, signal);
      } finally {
        if (line.idle) lines.delete(key);
      }
    },
  };
}
