/**
 * How long to wait for a voice that another attempt asked for. The service goes on cloning when its caller goes away, and
 * lists a voice only when it is made: until a clone would have ended, a voice that is not listed may still come.
 *
 * Only this process's own monotonic clock counts. A process that starts again waits anew, because no clock of an earlier
 * one can be trusted.
 */
import { PipelineError } from '../src/errors.ts';

/** The voices that this process knows to have been asked for, without an answer. */
export interface CloneWatch {
  /** This process has just asked for the voice, or will in a moment. */
  asked(key: string): void;
  /** Exactly these voices were asked for by somebody: they count from now on, unless they are known already. */
  seen(keys: readonly string[]): void;
  /** Milliseconds until a clone of this voice must have ended; 0 when it must have. */
  restMs(key: string): number;
  /** The voice is known, or was certainly not made. */
  settled(key: string): void;
}

/**
 * As long as a clone may take, in milliseconds. Clients see up to ten seconds, and wait 90 for an answer; a clone that takes
 * longer than a minute was never seen.
 */
export const CLONE_WAIT_MS = 60_000;
/** Pauses between two looks at the service's list; the last one is repeated. */
const LOOK_AGAIN_MS = [2_000, 3_000, 5_000, 8_000];

/** Knows of no voice yet. `waitMs`: default `CLONE_WAIT_MS`. */
export function createCloneWatch({ waitMs = CLONE_WAIT_MS }: { waitMs?: number } = {}): CloneWatch {
  const sinceMs = new Map<string, number>();
  return {
    asked: (key) => void sinceMs.set(key, performance.now()),
    seen(keys) {
      // One that was settled elsewhere counts anew when it is asked for again.
      for (const key of sinceMs.keys()) if (!keys.includes(key)) sinceMs.delete(key);
      for (const key of keys) if (!sinceMs.has(key)) sinceMs.set(key, performance.now());
    },
    restMs(key) {
      const since = sinceMs.get(key);
      return since === undefined ? 0 : Math.max(0, since + waitMs - performance.now());
    },
    settled: (key) => void sinceMs.delete(key),
  };
}

/** The step is postponed: the voice may still be cloned. `waitedMs` decides how soon it is looked for again. */
export function stillCloning(characters: readonly string[], restMs: number): PipelineError {
  const waitedMs = CLONE_WAIT_MS - restMs;
  let atMs = 0;
  const pauseMs =
    LOOK_AGAIN_MS.find((pause) => {
      atMs += pause;
      return atMs > waitedMs;
    }) ?? LOOK_AGAIN_MS.at(-1);
  const afterMs = Math.ceil(Math.min(restMs, pauseMs ?? restMs));
  return new PipelineError({
    code: 'voice-pending',
    message: `Waiting for a voice that may still be cloned: an earlier request for the voice of ${characters.join(', ')} was not answered. If the service does not list it within ${Math.ceil(restMs / 1_000)} s, it is enrolled again.`,
    retry: { afterMs },
  });
}
