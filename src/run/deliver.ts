/** Phase 7, deliver: what the store already has, first; whatever is left, last. Chapters made in between are delivered as they come. */
import type { Trouble } from '../events.ts';
import { needsWork, type Run } from './run.ts';

/** Starts to deliver what needs no work, and waits for it when there is nothing else to do: a damaged file may need work. */
export async function deliverStored(run: Run): Promise<void> {
  const { plan, deliveries } = run;
  for (const chapter of plan.chapters) if (chapter.master.need === 'reuse') deliveries.deliver(chapter);
  if (plan.book?.need === 'reuse') deliveries.deliverBook();
  if (!needsWork(plan)) await deliveries.settled();
}

/** Waits for all deliveries, gives up what stayed damaged, and delivers the EPUB. Answers with what stopped the run. */
export async function deliverTheRest(run: Run, stoppedBy: Trouble | undefined): Promise<Trouble | undefined> {
  const { deliveries, damage } = run;
  await deliveries.settled();
  damage.giveUp();
  if (stoppedBy === undefined) await deliveries.deliverEpub();
  return (await deliveries.settled()) ?? stoppedBy;
}
