/** The rate that a limiter enforces, independent of where its state lives (memory or Redis). */

/** One rate. Times in milliseconds. */
export interface RateLimit {
  /** Most calls in any window; undefined for no such limit. */
  calls?: number;
  windowMs: number;
  /** Least distance between two calls; 0 for none. */
  spacingMs: number;
}

/** Tokens in any window. */
export interface TokenRate {
  tokens: number;
  windowMs: number;
}

/**
 * A clock that is being adjusted runs up to 0.05 % fast or slow, and the service has its own clock: every window is half a
 * percent longer than the service's.
 */
const CLOCK_GUARD = 1.005;
/** The same for calls that leave. */
export const DEPARTURE_GUARD = 1.002;

/**
 * A limit by the second. Calls are spread evenly over the second: a service that counts some of them late never gets a
 * burst on top.
 */
export function perSecond(calls: number): RateLimit {
  return { calls, windowMs: 1_000 * CLOCK_GUARD, spacingMs: 1_000 / calls };
}

/** A limit by the minute, which this limit lets be used up in one burst (see pace.ts); null for no limit. */
export function perMinute(calls: number | null): RateLimit {
  const pace = { windowMs: 60_000 * CLOCK_GUARD, spacingMs: 0 };
  return calls === null ? pace : { calls, ...pace };
}

/**
 * Milliseconds between two calls under a limit by the minute: the service says that it may enforce a sixtieth of the limit in
 * each second. A second for a limit that is smaller than that.
 */
export function pacedMs(callsPerMinute: number): number {
  return Math.min(60_000 / callsPerMinute, 1_000) * CLOCK_GUARD;
}

/**
 * How many calls may leave in one window under a limit by the minute, and how long the window is in milliseconds: the sixtieth in
 * each second (see pacedMs). A little shorter than the time in which so many are let through, so that none waits as a rule.
 */
export function departureWindow(callsPerMinute: number): { calls: number; windowMs: number } {
  const calls = Math.max(1, Math.floor(callsPerMinute / 60));
  return { calls, windowMs: calls * Math.min(60_000 / callsPerMinute, 1_000) * DEPARTURE_GUARD };
}

/** A limit of tokens by the minute. */
export function tokensPerMinute(tokens: number): TokenRate {
  return { tokens, windowMs: 60_000 * CLOCK_GUARD };
}
