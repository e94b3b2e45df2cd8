/** Phase 7, deliver: stored results first, the rest last. New chapters are delivered as soon as they are made. */
import type { ReportedFailure } from '../events.ts';
import { needsWork, type Run } from './run.ts';

/** Starts to deliver stored results. Waits for them when nothing else is to be done, because a damaged file may need work. */
export async function deliverStored(run: Run): Promise<void> {
  const { plan, deliveries } = run;
  for (const chapter of plan.chapters) if (chapter.master.need === 'reuse') deliveries.deliver(chapter);
  if (plan.book?.need === 'reuse') deliveries.deliverBook();
  if (!needsWork(plan)) await deliveries.settled();
}

/** Waits for all deliveries, gives up what is still damaged, and delivers the EPUB. Returns what stopped the run, if anything did. */
export async function deliverTheRest(
  run: Run,
  stoppedBy: ReportedFailure | undefined,
): Promise<ReportedFailure | undefined> {
  const { deliveries, damage } = run;
  await deliveries.settled();
  damage.giveUp();
  if (stoppedBy === undefined) await deliveries.deliverEpub();
  return (await deliveries.settled()) ?? stoppedBy;
}
