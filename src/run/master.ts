/**
 * Phase 5, master: masters chapters again when the final levels of their characters differ from those known before. So
 * chapters can be delivered while the book is still being spoken, and the result does not depend on the order.
 */
import { needsLevels } from '../plan/levels.ts';
import type { PlannedChapter } from '../plan/plan.ts';
import { submitChapters } from '../queue/submit.ts';
import { planRun } from './plan.ts';
import type { PhaseEnd, Round } from './round.ts';
import type { Run } from './run.ts';

/** Masters chapters again whose levels changed, now that everything is spoken. */
export async function remasterForLevels({ run, queue, runId, finish }: Round): Promise<PhaseEnd> {
  const { urgent = false } = run.options;
  // The levels would be wrong while a take is missing.
  // The files of an earlier version are as they were delivered.
  const isOfEarlierVersion = run.options.masteringVersion !== undefined;
  const changed = run.damage.isOpen || isOfEarlierVersion ? [] : await chaptersWithOtherLevels(run);
  run.tally.masterAgain(changed.length);
  const chapters = changed.map(({ master }) => ({ master: master.step, segments: [] }));
  // Separate IDs: the queue silently drops a second job with the same ID.
  const end = await finish(await submitChapters(queue, { runId: `${runId}-levels`, chapters, urgent }));
  if (end === 'done') await run.deliveries.settled();
  return end;
}

async function chaptersWithOtherLevels({ options, plan: before }: Run): Promise<PlannedChapter[]> {
  if (!before.chapters.some(({ master }) => needsLevels(master.step))) return [];
  // Of some chapters, the levels are final only when the rest of the book is there, too.
  const plan = await planRun(options, { finalLevels: options.only === undefined });
  const changed = plan.chapters.filter(({ master }) => master.reason === 'levels-changed');
  if (changed.length === 0) return [];
  const numbers = changed.map(({ number }) => number).join(', ');
  const message = `The levels of the characters over the whole book are final. Mastering again: chapter ${numbers}.`;
  options.emit({ type: 'notice', level: 'info', message });
  return changed;
}
