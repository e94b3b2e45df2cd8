/** Opens the queue and its workers for a run, and always closes them. */
import { cancelRun } from '../queue/control.ts';
import type { Follower } from '../queue/follow-jobs.ts';
import { withJoinedSignal } from '../signals.ts';
import type { RunBudget } from './fund.ts';
import type { Run } from './run.ts';
import type { Work } from './run-options.ts';
import { stopWorkers, WHOLE_TAKE_MS } from './stop-workers.ts';
import { storeAssets } from './store-assets.ts';

/** The open queue and budget of a run. */
export interface OpenWork {
  readonly work: Work;
  /** Aborts on Ctrl-C, when the store is lost, and after a failure that every further step would repeat. */
  readonly signal: AbortSignal;
  /** Set by the phase that funds the run. */
  budget: RunBudget | undefined;
  /** The round under way. */
  round: { runId: string; follower: Follower } | undefined;
}

/** How often a run whose workers continue withdraws its postponed jobs, in milliseconds. */
const WITHDRAW_INTERVAL_MS = 1_000;

/** Runs `use` with an open queue. Rejects with the failure that stopped it. */
export async function withWork(run: Run, use: (open: OpenWork) => Promise<void>): Promise<void> {
  await storeAssets(run.options, run.plan);
  const work = await run.options.openWork();
  // One signal for "stop waiting": the caller's Ctrl-C, or a failure that every further step would repeat.
  const stop = new AbortController();
  run.tally.onBlocked = (failure) => stop.abort(failure);
  const onLost = (): void => stop.abort(work.lost?.reason);
  work.lost?.addEventListener('abort', onLost, { once: true });
  run.tally.countCallsOfOwnWorkers(work);
  // The caller's signal may outlive this run, and thousands after it.
  await withJoinedSignal([run.options.signal, stop.signal], async (signal) => {
    const open: OpenWork = { work, signal, budget: undefined, round: undefined };
    let failed: { error: unknown } | undefined;
    try {
      await use(open);
    } catch (error) {
      failed = { error };
    }
    // Whatever fails here: an open queue would keep the process alive.
    await endWork(run, open).finally(() => {
      // So may shared work.
      work.lost?.removeEventListener('abort', onLost);
      return work.close();
    });
    if (failed === undefined) return;
    // A process that slept learns of its broken connections before it learns that another one has the store.
    if (work.lost?.aborted) throw work.lost.reason;
    throw stop.signal.aborted ? stop.signal.reason : failed.error;
  });
}

/** Stops the workers, and counts what ended until then. */
async function endWork(run: Run, open: OpenWork): Promise<void> {
  const { work, signal } = open;
  if (work.isShared && signal.aborted && open.round !== undefined)
    // The queue may be the cause of the stop.
    await withdrawSteps(work, open.round).catch(() => undefined);
  await stopWorkers(work, signal);
  // What ended within the grace period was paid for and is stored, so it is counted, too.
  if (signal.aborted) await open.round?.follower.catchUp();
  await open.round?.follower.close();
  // When Redis itself is gone, the sum is reported as unknown.
  run.balance = await open.budget?.balance();
  await open.budget?.close();
  run.grant = await open.budget?.grant();
}

/** Ends a run whose workers continue: waits for steps under way, and withdraws steps that were postponed in the meantime. */
async function withdrawSteps(work: Work, { runId, follower }: NonNullable<OpenWork['round']>): Promise<void> {
  const until = performance.now() + WHOLE_TAKE_MS;
  while (performance.now() < until) {
    if (await follower.drained({ withinMs: WITHDRAW_INTERVAL_MS })) return;
    await cancelRun(work.queue, { runId }).catch(() => undefined);
  }
}
