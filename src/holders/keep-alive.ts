/** The heartbeats of a holder, and when it must give up. */
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
}): { stop(): Promise<void> } {
  const { times, renew, onLost } = of;
  const limitMs = times.staleMs * GIVE_UP_AFTER;
  let provenAtMs = performance.now();
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
    try {
      if (!(await renew(beganAtMs - provenAtMs))) return end('taken');
      provenAtMs = beganAtMs;
    } catch {
      if (performance.now() - provenAtMs > limitMs) end('silent');
    }
  };
  const timer = setInterval(() => {
    if (isBusy) {
      hangingBeats += 1;
      if (hangingBeats * times.beatMs > limitMs) end('silent');
      return;
    }
    isBusy = true;
    hangingBeats = 0;
    underWay = beat().finally(() => {
      isBusy = false;
    });
  }, times.beatMs);
  timer.unref();
  return {
    stop: async () => {
      end();
      await underWay;
    },
  };
}
