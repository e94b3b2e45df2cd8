/** Phase 6, bind: the book file, last. It needs every chapter. */
import { submitBook } from '../queue/submit.ts';
import type { PhaseEnd, Round } from './round.ts';

/** Binds the book when the plan asks for it and every chapter was delivered. */
export async function bindBook({ run, queue, runId, plan, finish }: Round): Promise<PhaseEnd> {
  const { deliveries, tally } = run;
  if (plan.book?.need !== 'make' || !deliveries.canBind() || tally.hasEnded(plan.book.step.key)) return 'done';
  tally.startBinding();
  const end = await finish(await submitBook(queue, { runId, step: plan.book.step }));
  if (end === 'done') await deliveries.settled();
  return end;
}
