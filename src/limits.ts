/**
 * The account's limits as the code that must obey them sees them.
 *
 * One process or twenty machines: whoever calls the service asks these first. `queue/limits` makes them, in memory for
 * the embedded queue and in Redis for many machines; the callers can not tell which.
 */

/** Lets calls through at a rate. One `pass()` is one request to the service. */
export interface Gate {
  /** Waits until one more call fits every window, then counts it. Rejects with `interrupted` when the signal aborts. */
  pass(signal?: AbortSignal): Promise<void>;
  /** The service has throttled: nobody on the account passes for so many milliseconds. */
  pauseFor(ms: number): Promise<void>;
}

/** At most N holders at once over the whole account. */
export interface Slots {
  /** Waits for a free slot; the returned function gives it back and is safe to call twice. */
  acquire(signal?: AbortSignal): Promise<() => Promise<void>>;
}

/** Runs work on one key by one worker at a time, over all machines. A holder that dies is replaced after its lease ends. */
export interface SingleFlight {
  /** Waits its turn for `key`, runs `work`, releases. Errors of `work` pass through. */
  run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}
