/**
 * One open workbench for all books that a process speaks at the same time: an embedded queue, and the lock on its store, are
 * there once. The last one who is through closes it, after a while in which the next book may come.
 */
import type { Work } from '../../run/run-options.ts';

/** How long an idle workbench stays open, in milliseconds; while it is, no other process can work on the store. */
const LINGER_MS = 3_000;

/** A workbench that several runs use. */
export interface SharedWork {
  /** What a run is given as its `openWork`; its `close` gives the run's share back. */
  open(): Promise<Work>;
  /** Opens it ahead of a run that is likely to come soon; a failure is left for that run to meet. */
  warm(): void;
  /** Closes it at once. Call it when no run is under way. */
  close(): Promise<void>;
}

/** Shares what `openWork` opens; it is opened with the first share, and anew after it was closed. */
export function shareWork(openWork: () => Promise<Work>): SharedWork {
  let opened: Promise<Work> | undefined;
  let shares = 0;
  let timer: NodeJS.Timeout | undefined;
  let closing: Promise<void> = Promise.resolve();

  const closeNow = async (): Promise<void> => {
    clearTimeout(timer);
    const work = opened;
    opened = undefined;
    if (work === undefined) return closing;
    closing = work
      .then(async (bench) => {
        await bench.stopWorkers({ graceMs: 0 });
        await bench.close();
      })
      .catch(() => undefined);
    await closing;
  };

  const shared: SharedWork = {
    close: closeNow,
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
      const giveBack = (): void => {
        shares -= 1;
        if (shares === 0) timer = setTimeout(closeNow, LINGER_MS).unref();
      };
      try {
        await closing;
        opened ??= openWork();
        return shareOf(await opened, giveBack);
      } catch (error) {
        // Whoever comes next tries anew.
        opened = undefined;
        shares -= 1;
        throw error;
      }
    },
  };
  return shared;
}

function shareOf(work: Work, giveBack: () => void): Work {
  let given = false;
  return {
    queue: work.queue,
    isShared: true,
    lost: work.lost,
    budgets: work.budgets,
    // No worker of the process answers by this name, so each run counts its calls by its own results.
    workerId: 'shared',
    calls: () => ({ enroll: 0, list: 0, synthesize: 0 }),
    // The workers are everybody's: a run that ends early takes its own jobs back and waits for those under way.
    stopWorkers: async () => undefined,
    close: async () => {
      if (!given) giveBack();
      given = true;
    },
  };
}
