/**
 * Estimates when a request has certainly arrived at the service and been counted.
 *
 * A response proves it. But a clone can take ten seconds, and until then its token of the account's ten would be
 * useless to others. So a request is considered counted some time after it was sent, and that time depends on recent
 * response times:
 *
 * - The service usually responds quickly but not now: the service or the network is slow. Wait longer for the response.
 * - All responses are slow: the service is making voices. Its counting is not late, only its response is. The
 *   differences between response times bound how much later one count can be than another. Only that matters: a delay
 *   common to all calls shifts all counts equally.
 * - Hardly any response is known yet: nothing can be concluded.
 *
 * A throttle proves the estimate wrong: from then on all times are longer. Times in milliseconds.
 */

/** Tracks the requests of one kind. */
export interface RequestTracker {
  /** A request starts now. `counted` is called once, as soon as the service has certainly counted it. */
  start(counted: () => void): TrackedRequest;
  /** The service has throttled although no request was expected to be early. */
  throttled(): void;
}

/** A request in progress. */
export interface TrackedRequest {
  /** Its last byte has left this process. */
  sent(): void;
  /** Its response has begun to arrive, successful or not. */
  answered(isGood: boolean): void;
  /** Nothing more will happen to it here; it may still be in transit. */
  ended(): void;
}

/** When a request without a response is considered counted; the benchmark `enrolment` measures these. */
const COUNTED_AFTER_MS = {
  unknown: 600,
  quick: 600,
  /** Ten tokens allow between 7.6 (at the longest time) and 8.8 (at the shortest) calls a second. */
  slow: { least: 100, most: 300 },
};
/** Responses slower than this come from a service that is making voices. */
const QUICK_MS = 300;
/** How many response times are stored, and how many must be known. */
const REMEMBERED = 16;
const LEAST_KNOWN = 3;
/**
 * The wait is counted in ticks of this process, not by the clock: on a machine short of CPU, ticks come late, and the
 * server may run on the same machine.
 */
const TICK_MS = 10;
const MAX_FACTOR = 4;

/** Tracks requests of one kind, which the service is expected to treat the same. */
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
