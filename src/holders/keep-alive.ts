/** The heartbeats of a holder, and when it must give up. */
import { startStopwatch } from '../signals.ts';
import type { HoldTimes } from './observer.ts';

/** Why a hold was lost: another process has it, or this one could not prove for long that it lives. */
export type LossReason = 'taken' | 'silent';

/** A holder gives up before others may take over: the rest is for their clocks and for its own last steps. */
const GIVE_UP_AFTER = 3 / 4;

/**
 * Calls `renew` at each heartbeat, never twice at once; it resolves to whether the hold is still ours. `onLost` is called at
 * most once. A failed heartbeat may succeed at the next; after a sleep, the first heartbeat decides.
 */
export function keepAlive(of: {
  times: HoldTimes;
  /** `silentMs`: time since the last heartbeat that succeeded. */
  renew(silentMs: number): Promise<boolean>;
  onLost(why: LossReason): void;
}): {
  /**
   * Whether the hold is certainly ours at this moment. Asks by a heartbeat when the last one is old, as after a sleep: no timer may
   * have run since then.
   */
  isOurs(): Promise<boolean>;
  stop(): Promise<void>;
} {
  const { times, renew, onLost } = of;
  const limitMs = times.staleMs * GIVE_UP_AFTER;
  let provenAtMs = performance.now();
  /** The same with the time in which the machine slept; a clock that is set makes it too long, which costs one heartbeat. */
  let proven = startStopwatch();
  /** Counted in beats, because the process may be suspended while a heartbeat is under way. */
  let hangingBeats = 0;
  let isOver = false;
  let isBusy = false;
  let underWay: Promise<void> = Promise.resolve();
  const end = (why?: LossReason): void => {
    clearInterval(timer);
    if (!isOver && why !== undefined) onLost(why);
    isOver = true;
  };
  const beat = async (): Promise<void> => {
    const beganAtMs = performance.now();
    const begun = startStopwatch();
    try {
      if (!(await renew(beganAtMs - provenAtMs))) return end('taken');
      provenAtMs = beganAtMs;
      proven = begun;
    } catch {
      if (performance.now() - provenAtMs > limitMs) end('silent');
    }
  };
  const beatNow = (): Promise<void> => {
    isBusy = true;
    hangingBeats = 0;
    underWay = beat().finally(() => {
      isBusy = false;
    });
    return underWay;
  };
  const timer = setInterval(() => {
    if (!isBusy) return void beatNow();
    hangingBeats += 1;
    if (hangingBeats * times.beatMs > limitMs) end('silent');
  }, times.beatMs);
  timer.unref();
  return {
    isOurs: async () => {
      // One that began before the sleep proves nothing.
      for (let beats = 0; !isOver && beats < 2 && proven.ms() > limitMs; beats++) await (isBusy ? underWay : beatNow());
      return !isOver && proven.ms() <= limitMs;
    },
    stop: async () => {
      end();
      await underWay;
    },
  };
}
