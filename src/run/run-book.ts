/**
 * One run of one book, phase by phase:
 *
 *     plan ─► fund ─► enroll ─► speak ─► master ─► bind ─► deliver ─► prove
 *
 * Each phase is the file of its name in this folder. The phases from enroll to bind run in rounds (rounds.ts), because a
 * queue can lose steps, an operator can pause the book, and a stored file can turn out to be damaged. Chapters are
 * delivered as soon as they are mastered. The store decides what is delivered; the queue only reports progress and failures.
 */
import type { ReportedFailure } from '../events.ts';
import { runFinished } from './closing-event.ts';
import { deliverStored, deliverTheRest } from './deliver.ts';
import { planForRun } from './plan.ts';
import { writeProof } from './prove.ts';
import { rememberForNextPlan } from './remember.ts';
import { reportedFailure } from './reported-failure.ts';
import { hasWork, openRun, type Run } from './run.ts';
import type { RunOptions, RunOutcome } from './run-options.ts';

/**
 * Runs a book. The last event it emits is always `run.finished`. Safe to repeat at any time.
 *
 * Throws only before work begins: `over-budget`, or when the output folder cannot be written.
 */
export async function runBook(options: RunOptions): Promise<RunOutcome> {
  const run = await openRun(options, await planForRun(options));
  await deliverStored(run);
  let stoppedBy = hasWork(run) ? await makeMissing(run) : undefined;
  stoppedBy = await deliverTheRest(run, stoppedBy);
  await rememberForNextPlan(run);
  const finished = runFinished(run);
  const proofFailure = await writeProof(run, finished);
  options.emit(finished);
  return { finished, stoppedBy: stoppedBy ?? proofFailure };
}

/** Returns the failure that stopped the work early, if one did. */
async function makeMissing(run: Run): Promise<ReportedFailure | undefined> {
  try {
    // Loaded only now: a run with nothing to do needs no queue.
    const [{ withWork }, { fundRun }, { workInRounds }] = await Promise.all([
      import('./with-work.ts'),
      import('./fund.ts'),
      import('./rounds.ts'),
    ]);
    await withWork(run, async (open) => {
      const { budgets, queue } = open.work;
      open.budget = await fundRun(run, { budgets, isShared: queue.kind === 'redis' });
      await workInRounds(run, open);
    });
    return undefined;
  } catch (error) {
    return reportedFailure(error);
  }
}
