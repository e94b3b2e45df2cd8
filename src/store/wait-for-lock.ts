/** The wait for the lock of a store, on a disk or on S3. */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../errors.ts';
import type { HeldByOther, Hold } from '../holders/file-hold.ts';
import type { LossReason } from '../holders/keep-alive.ts';
import type { HoldTimes } from '../holders/observer.ts';
import type { LockHolder, LockRequest, StoreLock } from './store.ts';

/** The timings of a store's lock; tests use shorter ones. All in milliseconds. */
export interface LockTimes extends HoldTimes {
  /** Interval at which a waiting process checks. */
  pollMs: number;
}

/** After so many checks a lock without a holder's name is reported, too: until then it is just being written. */
const POLLS_BEFORE_NOTICE = 4;
/** After this share of the limit without a heartbeat, the holder is reported as silent. */
const SILENT_AFTER = 1 / 3;

/**
 * Takes the lock, waiting until it is free or its holder is dead. Reports the holder at the first wait and when it falls
 * silent. Rejects with `interrupted` when the signal aborts, and with what `tryTake` rejects with.
 */
export async function waitForLock(of: {
  tryTake(): Promise<Hold | HeldByOther>;
  request: LockRequest;
  times: LockTimes;
  location: string;
}): Promise<StoreLock> {
  const { tryTake, request, times, location } = of;
  const reported = { waiting: false, silent: false };
  for (let polls = 1; ; polls++) {
    const tried = await tryTake();
    if ('release' in tried) return lockOf(tried, location, times);
    const { holder, silentMs } = tried;
    const isSilent = silentMs > times.staleMs * SILENT_AFTER;
    const isNews = !reported.waiting
      ? holder !== undefined || polls > POLLS_BEFORE_NOTICE
      : isSilent && !reported.silent;
    if (isNews) {
      reported.waiting = true;
      reported.silent ||= isSilent;
      request.onWait({ ...describeHolder(tried), takeOverMs: isSilent ? times.staleMs - silentMs : undefined });
    }
    await sleep(times.pollMs, undefined, request.signal === undefined ? {} : { signal: request.signal }).catch(() => {
      throw interrupted('waiting for another run on the same store');
    });
  }
}

function describeHolder({ holder, silentMs }: HeldByOther): Omit<LockHolder, 'takeOverMs'> {
  if (holder === undefined) return { host: 'an unknown machine', pid: 0, silentMs };
  const { host, machine = host, pid, heldSeconds } = holder;
  return { host: machine, pid, silentMs, heldSeconds };
}

function lockOf(hold: Hold, location: string, times: LockTimes): StoreLock {
  const lost = new AbortController();
  hold.lost.addEventListener('abort', () => lost.abort(lossError(hold.lost.reason as LossReason, location, times)), {
    once: true,
  });
  const confirm = async (): Promise<void> => {
    if (await hold.isOurs()) return;
    throw lost.signal.aborted ? lost.signal.reason : lossError('silent', location, times);
  };
  return { lost: lost.signal, confirm, release: hold.release };
}

function lossError(why: LossReason, location: string, { staleMs }: LockTimes): PipelineError {
  const message =
    why === 'taken'
      ? `Another run took over the store ${location}, because this run was asleep or cut off from it for too long. Everything made so far is kept. Run again to continue.`
      : `The lock of the store ${location} could not be renewed, and after ${Math.round(staleMs / 1000)} s another run may take the store over. This run has stopped first. Everything made so far is kept. Check that the store can be written, and run again to continue.`;
  return new PipelineError({ code: 'interrupted', message, retry: 'never' });
}
