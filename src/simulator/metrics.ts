/** What the simulator has counted; served at `GET /simulator/metrics`. */

import { slidingWindow } from './sliding-window.ts';

/** Counts since the start or the last reset. Calls are counted as they arrive, throttled ones included. */
export interface Metrics {
  enroll: { calls: number; throttled: number; maxInAnySecond: number };
  realtime: {
    /** Sessions that were let in. */
    sessions: number;
    maxAtOnce: number;
    /** Responses begun. */
    responses: number;
    throttled: number;
    /** Most realtime calls (see `Limits.callIs`) in any minute, throttled ones included. */
    maxInAnyMinute: number;
  };
  /** Voices on the account now. */
  voices: number;
}

/** Keeps the counts. Times are milliseconds of a clock that never goes back. */
export type Counters = ReturnType<typeof createCounters>;

/** Meters at zero. */
export function createCounters() {
  const enroll = { calls: 0, throttled: 0 };
  const realtime = { sessions: 0, maxAtOnce: 0, responses: 0, throttled: 0 };
  // Two windows each: what arrived is what the client is judged by, what was let through is what the limit counts.
  const enrolArrived = slidingWindow(1000);
  const enrolPassed = slidingWindow(1000);
  const callsArrived = slidingWindow(60_000);
  const callsPassed = slidingWindow(60_000);
  const spoken = new Map<string, number>();
  let open = 0;

  return {
    /** Counts an enrolment call; false when it is over the limit. */
    enrolCall(limitPerSecond: number, atMs = performance.now()): boolean {
      enroll.calls++;
      enrolArrived.add(atMs);
      if (enrolPassed.count(atMs) >= limitPerSecond) {
        enroll.throttled++;
        return false;
      }
      enrolPassed.add(atMs);
      return true;
    },
    /** An enrolment call was answered with 429 by a fault. */
    enrolThrottled() {
      enroll.throttled++;
    },
    /** Counts a realtime call; false when it is over the limit. */
    realtimeCall(limitPerMinute: number, atMs = performance.now()): boolean {
      callsArrived.add(atMs);
      if (callsPassed.count(atMs) >= limitPerMinute) return false;
      callsPassed.add(atMs);
      return true;
    },
    /** A realtime call was throttled, in whatever form. */
    realtimeThrottled() {
      realtime.throttled++;
    },
    /** Sessions open now. */
    openSessions: () => open,
    /** A session was let in; call the returned function once when it has ended. */
    sessionOpened(): () => void {
      realtime.sessions++;
      open++;
      realtime.maxAtOnce = Math.max(realtime.maxAtOnce, open);
      return () => {
        open--;
      };
    },
    /** A response was begun for `text`. */
    responseBegun(text: string) {
      realtime.responses++;
      spoken.set(text, (spoken.get(text) ?? 0) + 1);
    },
    /** How often a response was begun, by its text. */
    spokenTexts: (): Map<string, number> => new Map(spoken),
    /** The counts now. */
    snapshot: (voices: number): Metrics => ({
      enroll: { ...enroll, maxInAnySecond: enrolArrived.most() },
      realtime: { ...realtime, maxInAnyMinute: callsArrived.most() },
      voices,
    }),
  };
}
