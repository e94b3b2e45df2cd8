/**
 * One open workbench for all books that a process makes at the same time: an embedded queue, and the lock on its store, exist
 * only once. It closes a while after the last book has ended, because the next book may come soon.
 */
import type { Work } from '../run/run-options.ts';
import { WHOLE_TAKE_MS } from '../run/stop-workers.ts';

/** How long an idle workbench stays open, in milliseconds; until then no other process can work on the store. */
const LINGER_MS = 3_000;

/** How long what is paid for may take when this process stops, in milliseconds; the units of systemd allow more. */
const STOP_GRACE_MS = 20_000;

/** A workbench that several runs use. */
export interface SharedWork {
  /** The `openWork` of a run; `close` of its result releases the run's share. */
  open(): Promise<Work>;
  /** Opens it ahead of a run that is likely to come soon; a failure is left to that run. */
  warm(): void;
  /** What is open now, to look at; undefined while nothing is. */
  now(): Promise<Work> | undefined;
  /** Closes it soon: what is being spoken for others has a few seconds. Call it when no run is under way. */
  close(): Promise<void>;
}

/** Shares what `openWork` opens; opens it with the first share, and again after it was closed. */
export function shareWork(openWork: () => Promise<Work>): SharedWork {
  let opened: Promise<Work> | undefined;
  let shares = 0;
  let timer: NodeJS.Timeout | undefined;
  let closing: Promise<void> = Promise.resolve();
  let stopping: Work | undefined;

  const closeWithin = async (paidGraceMs: number): Promise<void> => {
    clearTimeout(timer);
    const last = opened;
    opened = undefined;
    if (last === undefined) {
      // A close for want of work may wait for what is spoken for others; now there is less time.
      stopping?.stopWorkers({ graceMs: 0, paidGraceMs }).catch(() => undefined);
      return closing;
    }
    closing = last
      .then(async (work) => {
        stopping = work;
        // Over a shared queue, the workers also speak for other processes, which is paid for.
        await work.stopWorkers({ graceMs: 0, paidGraceMs }).finally(() => work.close());
      })
      .catch(() => undefined);
    await closing;
  };

  const shared: SharedWork = {
    close: () => closeWithin(STOP_GRACE_MS),
    now: () => opened,
    warm: () => {
      if (opened !== undefined) return;
      void shared.open().then(
        (share) => share.close(),
        () => undefined,
      );
    },
    open: async () => {
      clearTimeout(timer);
      shares += 1;
      const release = (): void => {
        shares -= 1;
        if (shares === 0) timer = setTimeout(() => void closeWithin(WHOLE_TAKE_MS), LINGER_MS).unref();
      };
      try {
        await closing;
        opened ??= openWork();
        return shareOf(await opened, release);
      } catch (error) {
        // The next share tries again.
        opened = undefined;
        shares -= 1;
        throw error;
      }
    },
  };
  return shared;
}

function shareOf(work: Work, release: () => void): Work {
  let released = false;
  return {
    queue: work.queue,
    isShared: true,
    lost: work.lost,
    budgets: work.budgets,
    // No worker of the process has this ID, so each run counts its calls by its own results.
    workerId: 'shared',
    calls: () => ({ enroll: 0, list: 0, synthesize: 0 }),
    // All runs share the workers: a run that ends early withdraws its own jobs and waits for those in progress.
    stopWorkers: async () => undefined,
    close: async () => {
      if (!released) release();
      released = true;
    },
  };
}
