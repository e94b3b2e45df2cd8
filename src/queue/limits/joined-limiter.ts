/** Two limits on the same calls, such as calls a minute and calls a second. */
import type { RateLimiter, ReleaseToken } from '../../limits.ts';

/** A call is let through when both limiters allow it. The slower one is asked first, so that no token of the other waits. */
export function joinLimiters(slow: RateLimiter, quick: RateLimiter): RateLimiter {
  return {
    async acquire(signal) {
      const first = await slow.acquire(signal);
      try {
        const second = await quick.acquire(signal);
        const both: ReleaseToken = (outcome) => {
          first(outcome);
          second(outcome);
        };
        both.depart = async (signal) => {
          await first.depart?.(signal);
          await second.depart?.(signal);
        };
        return both;
      } catch (error) {
        first('not-sent');
        throw error;
      }
    },
    async pauseFor(ms) {
      // Calls that one has let through already may wait at the other.
      await Promise.all([slow.pauseFor(ms), quick.pauseFor(ms)]);
    },
  };
}
