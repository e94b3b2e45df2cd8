/**
 * The account's limits as the code that must obey them sees them.
 *
 * One process or twenty machines: whoever calls the service asks these first. `queue/limits` makes them, in memory for
 * the embedded queue and in Redis for many machines; the callers can not tell which.
 */

/**
 * Lets calls through at a rate. One `pass()` is one request to the service.
 *
 * The window is kept as the service counts it, and it counts when a call arrives, which may be late on a busy machine. So
 * a call holds one of as many tokens as the window has room for, from before it is sent until one window after it has
 * certainly arrived. Had more calls arrived in one window, more tokens would have been held at once than there are.
 */
export interface Gate {
  /**
   * Waits for a token and for the end of any pause. Call what it resolves with as soon as the service has certainly
   * counted the call, and in any case once the call is over; twice does no harm. Rejects with `interrupted` when the
   * signal aborts.
   */
  pass(signal?: AbortSignal): Promise<() => void>;
  /** The service has throttled: nobody on the account passes for so many milliseconds. */
  pauseFor(ms: number): Promise<void>;
}

/** At most N holders at once over the whole account. */
export interface Slots {
  /** Waits for a free slot; the returned function gives it back and is safe to call twice. */
  acquire(signal?: AbortSignal): Promise<() => Promise<void>>;
  /**
   * More are held over the account than it may have now, as its limit was made smaller: whoever is told `true` should end
   * with one of its own soon. Each one that is too many is told about once.
   */
  hasTooMany(): boolean;
}

/** Runs work on one key by one worker at a time, over all machines. A holder that dies is replaced after its lease ends. */
export interface SingleFlight {
  /** Waits its turn for `key`, runs `work`, releases. Errors of `work` pass through. */
  run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}
