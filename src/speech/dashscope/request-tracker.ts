/**
 * When a request has certainly arrived at the service and been counted there, as far as that can be told from here.
 *
 * Its answer says so. But a clone can take ten seconds, and meanwhile its token of the account's ten would be of no use to
 * others. So a call is taken for counted some time after it has left, and how long depends on what answers took of late:
 *
 * - a service that has answered quickly and does not now is short of breath, or the line is: wait for the answer longer;
 * - one whose answers all take long is making voices: its count is not late, only the answer is. What its answers differ by is
 *   the most by which one count can have been later than another, and only that matters: what all calls take shifts all
 *   counts alike;
 * - of one that has hardly answered yet nothing is known.
 *
 * After a throttle the guess was wrong: from then on all of it is longer. Times in milliseconds.
 */

/** Hears of the calls of one kind. */
export interface RequestTracker {
  /** A request leaves now. `counted` is called once, as soon as the service has certainly counted it. */
  start(counted: () => void): TrackedRequest;
  /** The service has throttled although nobody was to be early. */
  throttled(): void;
}

/** A request that has left. */
export interface TrackedRequest {
  /** Its last byte has left this process. */
  sent(): void;
  /** Its answer has begun to arrive, and is a good one or not. */
  answered(isGood: boolean): void;
  /** Nothing more will be heard of it; it may be on its way all the same. */
  ended(): void;
}

/** How long a call that is not answered is waited for; the bench `enrolment` measures these. */
const COUNTED_AFTER_MS = {
  unknown: 600,
  quick: 600,
  /** Ten tokens let 8.8 calls a second through at the least and 7.6 at the most. */
  slow: { least: 100, most: 300 },
};
/** Answers that take longer than this are those of a service that is making voices. */
const QUICK_MS = 300;
/** Answers that are remembered, and how many must be known. */
const REMEMBERED = 16;
const LEAST_KNOWN = 3;
/**
 * Patience is counted in turns of this process, not by the clock: one that is short of CPU gets its turns late, and what it
 * talks to may be on the same machine.
 */
const TICK_MS = 10;
const MAX_FACTOR = 4;

/** Watches the calls of one kind, which the service is expected to treat alike. */
export function trackRequests(): RequestTracker {
  let answersMs: number[] = [];
  let factor = 1;

  const countedAfterMs = (): number => {
    if (answersMs.length < LEAST_KNOWN) return COUNTED_AFTER_MS.unknown;
    const quickest = Math.min(...answersMs);
    if (quickest <= QUICK_MS) return COUNTED_AFTER_MS.quick;
    const { least, most } = COUNTED_AFTER_MS.slow;
    return Math.min(most, Math.max(least, Math.max(...answersMs) - quickest));
  };

  return {
    start(counted) {
      let sentAtMs: number | undefined;
      let ticks = 0;
      let isOver = false;
      let timer: NodeJS.Timeout | undefined;
      const settle = () => {
        isOver = true;
        clearInterval(timer);
        counted();
      };
      const wait = () => {
        if (isOver) return;
        timer ??= setInterval(() => {
          ticks += 1;
          if (ticks * TICK_MS >= countedAfterMs() * factor) settle();
        }, TICK_MS).unref();
      };
      return {
        sent() {
          sentAtMs = performance.now();
          wait();
        },
        answered(isGood) {
          if (isGood && sentAtMs !== undefined)
            answersMs = [...answersMs, performance.now() - sentAtMs].slice(-REMEMBERED);
          settle();
        },
        ended: wait,
      };
    },
    throttled() {
      factor = Math.min(MAX_FACTOR, factor * 2);
    },
  };
}
