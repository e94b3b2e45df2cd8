/** Paces the opening of sessions: the interval between two handshakes grows while the service is overloaded. */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../../errors.ts';

/** The pace of handshakes in this process. */
export interface Ramp {
  /** Waits until the next handshake may start. Rejects with `interrupted` when the signal aborts. */
  wait(signal: AbortSignal): Promise<void>;
  /** The service has throttled: no handshake for this long, and twice the interval from then on, up to one second. */
  slowDown(pauseMs: number): void;
  /** Speech arrived: halves the interval until it is back to normal. */
  speedUp(): void;
}

/** Longest interval between two handshakes. */
const MAX_INTERVAL_MS = 1_000;
/** Interval after the first throttle when the ramp was configured with 0. */
const MIN_SLOW_INTERVAL_MS = 50;

/** A ramp of at most one handshake per `intervalMs`. */
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
