/** One round of a run: its phases submit steps to the queue and wait for them. */
import { missingSegments, type Plan, type PlannedChapter } from '../plan/plan.ts';
import { tariffForModel } from '../plan/price.ts';
import type { BudgetRef, MasterStep, SynthesizeStep } from '../plan/step.ts';
import { cancelRun } from '../queue/control.ts';
import { type Follower, followRun } from '../queue/follow-jobs.ts';
import type { QueueConnection } from '../queue/redis/connection.ts';
import type { JobRef } from '../queue/topology.ts';
import type { RunBudget } from './fund.ts';
import type { Run } from './run.ts';
import type { OpenWork } from './with-work.ts';

/** How a phase ended: all of its steps were made or given up, or an operator paused or cancelled the book. */
export type PhaseEnd = 'done' | 'paused';

/** A phase that runs in rounds. */
export type Phase = (round: Round) => Promise<PhaseEnd>;

/** One round. */
export interface Round {
  readonly run: Run;
  readonly queue: QueueConnection;
  /** Prefix of the IDs of its jobs. */
  readonly runId: string;
  /** The first plan, or that of a repair. */
  readonly plan: Plan;
  /** Chapters of it that are still to be made. */
  readonly chapters: readonly PlannedChapter[];
  /** Chapters that lack a voice, which is reported already. */
  readonly withoutVoice: Set<PlannedChapter>;
  /** The step with the run's budget. */
  funded<S extends { purse?: BudgetRef; model: string }>(step: S): S;
  /** Waits until these jobs end. */
  finish(jobs: readonly JobRef[]): Promise<PhaseEnd>;
}

/** Runs the phases of one round while it listens to the queue. */
export async function workThrough(
  phases: readonly Phase[],
  of: Pick<Round, 'run' | 'runId' | 'plan' | 'withoutVoice'> & { toMake: readonly PlannedChapter[]; open: OpenWork },
): Promise<PhaseEnd> {
  const { run, runId, plan, withoutVoice, toMake, open } = of;
  const { work, signal } = open;
  const follower = await followRun(work.queue, { runId, signal, ...run.tally.listener() });
  open.round = { runId, follower };
  const round: Round = {
    ...{ run, queue: work.queue, runId, plan, withoutVoice },
    chapters: toMake.filter((chapter) => !run.tally.hasEnded(chapter.master.step.key)),
    funded: (step) => (open.budget === undefined ? step : { ...step, purse: purseOf(run, open.budget, step.model) }),
    finish: (jobs) => finish({ jobs, runId, follower, run, queue: work.queue }),
  };
  try {
    for (const phase of phases) if ((await phase(round)) === 'paused') return 'paused';
    return 'done';
  } finally {
    // A stopped run still receives results within the grace period; `withWork` closes its follower.
    if (!signal.aborted) await follower.close();
  }
}

/** The budget of a model's steps, with who pays in which currency. */
function purseOf({ payer, options: { terms } }: Run, budget: RunBudget, model: string): BudgetRef {
  const { currency } = tariffForModel(terms.tariff, model);
  return { ...budget.refFor(model), payer: { ...payer, currency } };
}

async function finish(of: {
  jobs: readonly JobRef[];
  runId: string;
  follower: Follower;
  run: Run;
  queue: QueueConnection;
}): Promise<PhaseEnd> {
  const { jobs, runId, follower, queue } = of;
  const { control } = of.run.options;
  const ended = follower.expect(jobs).then(() => 'done' as const);
  ended.catch(() => undefined);
  if (control === undefined) return ended;
  if ((await Promise.race([ended, control.requested()])) === 'done' && control.request === undefined) return 'done';
  // Withdraw the steps that no worker has begun; steps under way end and are reported.
  await cancelRun(queue, { runId });
  await ended;
  return 'paused';
}

/** A chapter as it is submitted to the queue: its master, and the segments that are still missing. */
export function chapterSteps(
  { run, funded }: Round,
  chapter: PlannedChapter,
): { master: MasterStep; segments: SynthesizeStep[] } {
  const segments = missingSegments(chapter).filter(({ key }) => !run.tally.hasEnded(key));
  const { step } = chapter.master;
  // Credits and a retail sample have takes of chapters; what a lock names stands; doubted late twice, a chapter would go round and round.
  const judgesLate = step.role === undefined && run.options.locked === undefined && !run.damage.wasLate(step.key);
  return { master: judgesLate ? { ...step, judgesLate } : step, segments: segments.map(funded) };
}
