/** The limits of an account that only this process uses. */
import type { RateLimiter, ReleaseToken, Semaphore, SingleFlight } from '../../limits.ts';
import { abortable, openSerialQueue, type SerialQueue, sleepOrWake } from '../abortable.ts';
import type { RateLimit } from './rate-limit.ts';

/** What knows how much of its limit is used now. */
export interface Counted {
  used(): number;
}

/** A wait that only a released token ends, in milliseconds; it is checked again after it. */
const UNTIL_RELEASED_MS = 3_600_000;

/** A rate limiter in memory; first come, first served. Its waits reject with `interrupted` when `closing` aborts. */
export function memoryRateLimiter(
  { calls, windowMs, spacingMs }: RateLimit,
  closing: AbortSignal,
): RateLimiter & Counted {
  const queue = openSerialQueue(closing);
  /** Calls that the service may not have counted yet. */
  let underway = 0;
  /** When each counted call leaves the window, earliest first. */
  const leaving: number[] = [];
  let nextAt = 0;
  let pausedUntil = 0;
  let onReleased = (): void => {};

  /** Undefined while unknown: every token belongs to a call that is not counted yet. */
  const waitMs = (now: number): number | undefined => {
    while (leaving[0] !== undefined && leaving[0] <= now) leaving.shift();
    const isFull = calls !== undefined && underway + leaving.length >= calls;
    if (isFull && leaving[0] === undefined) return undefined;
    return Math.max(pausedUntil, nextAt, isFull ? leaving[0]! : 0) - now;
  };
  const issueToken = (): ReleaseToken => {
    underway += 1;
    // A timer that was late by less than one interval is compensated, so that delays do not add up.
    nextAt = Math.max(nextAt, performance.now() - spacingMs) + spacingMs;
    let isReleased = false;
    return (outcome) => {
      if (isReleased) return;
      isReleased = true;
      underway -= 1;
      if (outcome !== 'not-sent') leaving.push(performance.now() + windowMs);
      onReleased();
    };
  };
  return {
    acquire: (signal) =>
      queue.run(async () => {
        for (;;) {
          // A timer may be early by a millisecond, and a pause may have begun in the meantime: check again after each
          // wait.
          const wait = waitMs(performance.now());
          if (wait !== undefined && wait <= 0) return issueToken();
          const released = new AbortController();
          onReleased = () => released.abort();
          await sleepOrWake(wait === undefined ? UNTIL_RELEASED_MS : Math.ceil(wait), released.signal, signal, closing);
        }
      }, signal),
    pauseFor: async (ms) => {
      pausedUntil = Math.max(pausedUntil, performance.now() + ms);
    },
    used: () => {
      const now = performance.now();
      return underway + leaving.filter((at) => at > now).length;
    },
  };
}

/** A semaphore in memory; first come, first served. */
export function memorySemaphore(most: number, closing: AbortSignal): Semaphore & Counted {
  const queue = openSerialQueue(closing);
  let held = 0;
  let onFreed = (): void => {};
  return {
    acquire: (signal) =>
      queue.run(async () => {
        if (held >= most) {
          const free = new Promise<void>((resolve) => {
            onFreed = resolve;
          });
          await abortable(free, signal, closing);
        }
        held += 1;
        let mine = true;
        return async () => {
          if (!mine) return;
          mine = false;
          held -= 1;
          onFreed();
        };
      }, signal),
    // The limit of one process does not change while it runs, and no other process needs a share.
    takeReleaseRequest: () => false,
    onReleaseRequest: () => undefined,
    used: () => held,
  };
}

/** One at a time per key, in memory. */
export function memorySingleFlight(closing: AbortSignal): SingleFlight {
  const queues = new Map<string, SerialQueue>();
  return {
    run: async (key, work, signal) => {
      const queue = queues.get(key) ?? openSerialQueue(closing);
      queues.set(key, queue);
      try {
        // Nobody else can have the key while this process lives.
        return await queue.run(() => work({ confirm: async () => undefined }), signal);
      } finally {
        if (queue.idle) queues.delete(key);
      }
    },
  };
}
