/** The simulator's counters; served at `GET /simulator/metrics`. */

import type { InferenceMetrics } from './inference/counters.ts';
import { createOpenaiSpeechCounters, type OpenaiSpeechMetrics } from './openai-speech/counters.ts';
import { slidingWindow } from './sliding-window.ts';

/** Counters since the start or the last reset. Calls are counted as they arrive, including throttled ones. */
export interface Metrics {
  enroll: { calls: number; throttled: number; maxInAnySecond: number };
  realtime: {
    /** Sessions that were accepted. */
    sessions: number;
    maxAtOnce: number;
    /** Responses started. */
    responses: number;
    throttled: number;
    /** Most realtime calls (see `Limits.callIs`) in any minute, including throttled ones. */
    maxInAnyMinute: number;
  };
  /** Voices of the account now. */
  voices: number;
  /** Voices that the first family's enrollment made, also those that were deleted: free ones and billed ones. */
  createdVoices: { free: number; billed: number };
  /** The inference protocol, counted apart. */
  inference: InferenceMetrics;
  /** Calls of `POST /v1/audio/speech` and of its voices. */
  openaiSpeech: OpenaiSpeechMetrics;
  /** Calls of the recognisers, of any shape, and the seconds that they heard. */
  hearing: { calls: number; seconds: number };
}

/** Updates the counters. Times are milliseconds of a monotonic clock. */
export type Counters = ReturnType<typeof createCounters>;

/** Counters at zero. */
export function createCounters() {
  const enroll = { calls: 0, throttled: 0 };
  const realtime = { sessions: 0, maxAtOnce: 0, responses: 0, throttled: 0 };
  // Two windows each: arrived calls judge the client, accepted calls count toward the limit.
  const enrolArrived = slidingWindow(1000);
  const enrolPassed = slidingWindow(1000);
  const callsArrived = slidingWindow(60_000);
  const callsPassed = slidingWindow(60_000);
  const hearing = { calls: 0, seconds: 0 };
  const spoken = new Map<string, number>();
  const textSpoken = (text: string) => void spoken.set(text, (spoken.get(text) ?? 0) + 1);
  const openaiSpeech = createOpenaiSpeechCounters(textSpoken);
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
    /** A recogniser was called. */
    hearingCalled() {
      hearing.calls++;
    },
    /** So many seconds were heard. */
    heard(seconds: number) {
      hearing.seconds += seconds;
    },
    /** A fault answered an enrolment call with 429. */
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
    /** A realtime call was throttled, in any form. */
    realtimeThrottled() {
      realtime.throttled++;
    },
    /** Sessions open now. */
    openSessions: () => open,
    /** A session was accepted; call the returned function once when it has ended. */
    sessionOpened(): () => void {
      realtime.sessions++;
      open++;
      realtime.maxAtOnce = Math.max(realtime.maxAtOnce, open);
      return () => {
        open--;
      };
    },
    /** A response was started for `text`. */
    responseBegun(text: string) {
      realtime.responses++;
      textSpoken(text);
    },
    /** A text of the inference protocol was accepted. */
    textSpoken,
    /** The counters of `POST /v1/audio/speech`. */
    openaiSpeech,
    /** How often a response was started, by its text. */
    spokenTexts: (): Map<string, number> => new Map(spoken),
    /** The counters now. */
    snapshot: (voices: number): Omit<Metrics, 'inference' | 'createdVoices'> => ({
      enroll: { ...enroll, maxInAnySecond: enrolArrived.most() },
      realtime: { ...realtime, maxInAnyMinute: callsArrived.most() },
      voices,
      openaiSpeech: openaiSpeech.snapshot(),
      hearing: { ...hearing },
    }),
  };
}
