/** How fast sessions are opened: one handshake after another at a distance that grows when the service is short of breath. */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../../errors.ts';

/** The pace of handshakes in this process. */
export interface Ramp {
  /** Waits for its turn. Rejects with `interrupted` once the signal aborts. */
  wait(signal: AbortSignal): Promise<void>;
  /** The service has throttled: no handshake for so long, and twice the distance from then on, a second at most. */
  slowDown(pauseMs: number): void;
  /** Speech arrived: back to the usual distance, by halves. */
  speedUp(): void;
}

/** Longest distance between two handshakes. */
const MAX_INTERVAL_MS = 1_000;
/** Distance after the first throttle when the ramp was set to 0. */
const MIN_SLOW_INTERVAL_MS = 50;

/** A ramp of at most one handshake per `distanceMs`. */
export function createRamp(intervalMs: number): Ramp {
  let currentMs = intervalMs;
  let nextAtMs = 0;
  return {
    async wait(signal) {
      if (signal.aborted) throw interrupted('waiting to open a session');
      const nowMs = performance.now();
      const startAtMs = Math.max(nowMs, nextAtMs);
      nextAtMs = startAtMs + currentMs;
      if (startAtMs === nowMs) return;
      await sleep(startAtMs - nowMs, undefined, { signal }).catch(() => {
        throw interrupted('waiting to open a session');
      });
    },
    slowDown(pauseMs) {
      currentMs = Math.min(MAX_INTERVAL_MS, Math.max(currentMs * 2, MIN_SLOW_INTERVAL_MS));
      nextAtMs = Math.max(nextAtMs, performance.now() + pauseMs);
    },
    speedUp() {
      if (currentMs > intervalMs) currentMs = Math.max(intervalMs, currentMs / 2);
    },
  };
}
