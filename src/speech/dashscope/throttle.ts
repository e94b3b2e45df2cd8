/** A throttle slows down all callers, of this process and of the account, and not only the one that got it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../../errors.ts';
import type { RateLimiter } from '../../limits.ts';
import type { Ramp } from './connection-ramp.ts';

/** The throttles of one process. */
export interface Throttles {
  /** Acts on a throttle; other errors have no effect. Never rejects. */
  record(error: unknown, model: string): Promise<void>;
  /** Throttles so far. */
  count(): number;
}

/** Slows down `ramp` and the limiter of the model that was throttled. */
export function recordThrottles(ramp: Ramp, limiterOf: (model: string) => RateLimiter): Throttles {
  let count = 0;
  return {
    async record(error, model) {
      if (!(error instanceof PipelineError) || error.code !== 'throttled') return;
      count += 1;
      const pauseMs = typeof error.retry === 'object' ? error.retry.afterMs : 1_000;
      ramp.slowDown(pauseMs);
      // If the pause cannot be shared with the account, this process at least slows down, and the caller gets the
      // throttle error.
      await limiterOf(model)
        .pauseFor(pauseMs)
        .catch(() => undefined);
    },
    count: () => count,
  };
}

/** A rate limiter without a rate: always open, except during the pause after a throttle. */
export function pauseOnlyLimiter(): RateLimiter {
  let untilMs = 0;
  return {
    async acquire(signal) {
      for (let waitMs = untilMs - performance.now(); waitMs > 0; waitMs = untilMs - performance.now()) {
        await sleep(waitMs, undefined, { signal }).catch(() => {
          throw interrupted('waiting out a throttle');
        });
      }
      if (signal?.aborted) throw interrupted('waiting for the service');
      return () => undefined;
    },
    async pauseFor(ms) {
      untilMs = Math.max(untilMs, performance.now() + ms);
    },
  };
}
