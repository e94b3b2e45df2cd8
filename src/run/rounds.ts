/**
 * The work of a run in rounds. A round hands the queue everything that is still missing and waits for it. Another round
 * follows when the queue lost steps (it was emptied, or came back without its data), when an operator held the book up, or
 * when something in the store turned out to be damaged (repair.ts).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../errors.ts';
import type { Emit } from '../events.ts';
import { missingSegments, type Plan, type PlannedChapter } from '../plan/plan.ts';
import type { BudgetRef } from '../plan/step.ts';
import type { QueueConnection } from '../queue/connection.ts';
import { cancelRun } from '../queue/control.ts';
import { type Follower, followRun, StepsLostError } from '../queue/follow-jobs.ts';
import { RENEW_MS } from '../queue/leases-redis.ts';
import { submitBook, submitChapters, submitVoices } from '../queue/submit.ts';
import type { JobRef } from '../queue/topology.ts';
import type { BookControl } from './control.ts';
import { planRepair } from './repair.ts';
import type { RunBudget } from './run-budget.ts';
import type { RunLog } from './run-log.ts';

/** What the rounds of a run work with. */
export interface Rounds {
  queue: QueueConnection;
  budget: RunBudget;
  plan: Plan;
  log: RunLog;
  /** The book as it is now, with all that its missing steps read in the store. */
  replan(): Promise<Plan>;
  /** Asks, when all is spoken, which chapters must be mastered again. */
  levelsMoved(): Promise<PlannedChapter[]>;
  /** What the ids of the run's jobs begin with. */
  prefix: string;
  /** Before other books. */
  urgent: boolean;
  /** Undefined: nobody can hold the book up. */
  control: BookControl | undefined;
  emit: Emit;
  /** Ends everything; what is under way gets the caller's grace. */
  signal: AbortSignal;
}

/** The round under way. */
export interface CurrentRound {
  /** What the ids of its jobs begin with. */
  runId: string;
  follower: Follower;
}

/**
 * After the queue was emptied, whoever works on a step takes its lease back at the next renewal; before that a step that
 * is handed out anew would be done twice.
 */
const LEASES_BACK_MS = RENEW_MS + 1_500;
/** So many rounds in which nothing at all was done; then Redis is at fault, and trying on would go on for ever. */
const MOST_FRUITLESS = 5;

/**
 * Works until everything was done or given up. Rejects with `interrupted`, with `cancelled` when an operator wants it so,
 * and with `queue-unreachable` when the queue keeps losing steps. `onRound` hears of each one.
 */
export async function workInRounds(rounds: Rounds, onRound: (current: CurrentRound) => void): Promise<void> {
  const { queue, log, control: hold, emit, signal } = rounds;
  let { plan } = rounds;
  // Asked once: what does not fit together now will not in the next round.
  let whole = plan.chapters.filter((chapter) => chapter.master.need === 'make' && log.isWhole(chapter));
  const mute = new Set<PlannedChapter>();
  for (let fruitless = 0; ; ) {
    await hold?.untilReleased(signal);
    const runId = `${rounds.prefix}${randomUUID()}`;
    const before = log.ended;
    try {
      if ((await round({ rounds, plan, runId, whole, mute, onRound })) === 'held') continue;
      const wasDone = (number: number): boolean => log.deliveries.proven.has(number);
      const repair = await planRepair({ damage: log.damage, replan: rounds.replan, wasDone, emit });
      if (repair === undefined) return;
      plan = repair.plan;
      whole = repair.chapters;
      log.reopen(repair);
    } catch (error) {
      await cancelRun(queue, { runId }).catch(() => undefined);
      if (!(error instanceof StepsLostError)) throw error;
      fruitless = log.ended === before ? fruitless + 1 : 0;
      if (fruitless >= MOST_FRUITLESS) throw keepsLosing(queue);
      const message = 'The queue has lost steps of this run (was it emptied?). What is missing is handed out again.';
      emit({ type: 'notice', level: 'warning', message });
      await sleep(LEASES_BACK_MS, undefined, { signal }).catch(() => {
        throw interrupted('waiting for the queue');
      });
      await rounds.budget.renew();
    }
  }
}

async function round({
  rounds,
  plan,
  runId,
  whole,
  mute,
  onRound,
}: {
  rounds: Rounds;
  /** The first one, or what is left to repair. */
  plan: Plan;
  runId: string;
  whole: readonly PlannedChapter[];
  /** Chapters that can not be spoken, which was said. */
  mute: Set<PlannedChapter>;
  onRound: (current: CurrentRound) => void;
}): Promise<'done' | 'held'> {
  const { queue, log, control: hold, signal, urgent, budget: purse } = rounds;
  const follower = await followRun(queue, { runId, signal, ...log.listener() });
  onRound({ runId, follower });
  const expect = async (refs: readonly JobRef[]): Promise<'done' | 'held'> => {
    const ended = follower.expect(refs).then(() => 'done' as const);
    ended.catch(() => undefined);
    if (hold === undefined) return ended;
    if ((await Promise.race([ended, hold.requested()])) === 'done' && hold.wish === undefined) return 'done';
    // What nobody works on yet is taken back; what is under way ends, and is told.
    await cancelRun(queue, { runId });
    await ended;
    return 'held';
  };
  try {
    const open = whole.filter((chapter) => !log.hasEnded(chapter.master.step.key));
    const voices = voicesToEnroll(plan, open).filter(({ key }) => !log.hasEnded(key));
    const paid = <S extends { purse?: BudgetRef }>(step: S): S => ({ ...step, purse: purse.ref });
    if ((await expect(await submitVoices(queue, { runId, steps: voices.map(paid) }))) === 'held') return 'held';
    const chapters = open.filter((chapter) => {
      if (!mute.has(chapter) && !log.canSpeak(chapter)) mute.add(chapter);
      return !mute.has(chapter);
    });
    log.startSpeaking();
    const steps = chapters.map((chapter) => ({
      master: chapter.master.step,
      segments: missingSegments(chapter)
        .filter(({ key }) => !log.hasEnded(key))
        .map(paid),
    }));
    if ((await expect(await submitChapters(queue, { runId, chapters: steps, urgent }))) === 'held') return 'held';
    await log.deliveries.delivered();
    // With a take missing they would be other levels.
    const moved = log.damage.isOpen ? [] : await rounds.levelsMoved();
    const again = moved.map(({ master }) => ({ master: master.step, segments: [] }));
    // Ids of their own: the queue drops a second job of the same id without a word.
    const settled = await submitChapters(queue, { runId: `${runId}-levels`, chapters: again, urgent });
    if ((await expect(settled)) === 'held') return 'held';
    await log.deliveries.delivered();
    // Bound last, from chapters that are all there; without one of them there is no book.
    if (plan.book?.need === 'make' && log.deliveries.canBind() && !log.hasEnded(plan.book.step.key)) {
      if ((await expect(await submitBook(queue, { runId, step: plan.book.step }))) === 'held') return 'held';
      await log.deliveries.delivered();
    }
    return 'done';
  } finally {
    // One that was stopped may still hear what ends within the grace; its run closes it.
    if (!signal.aborted) await follower.close();
  }
}

/** Voices that are not there yet and that the chapters need. */
function voicesToEnroll(plan: Plan, chapters: readonly PlannedChapter[]): Plan['voices'][number]['step'][] {
  const speaking = new Set(chapters.flatMap(speakingVoices));
  return plan.voices.filter(({ step, need }) => need === 'enroll' && speaking.has(step.key)).map(({ step }) => step);
}

/** Keys of the voices that the chapter's missing segments are spoken with. */
export function speakingVoices(chapter: PlannedChapter): string[] {
  return missingSegments(chapter).flatMap(({ voice, pickup }) =>
    'enrollment' in voice && pickup === undefined ? [voice.enrollment.key] : [],
  );
}

function keepsLosing({ describe }: QueueConnection): PipelineError {
  return new PipelineError({
    code: 'queue-unreachable',
    message: `The queue at ${describe} loses steps again and again. Look at its memory and its maxmemory-policy (noeviction), then run the same command again; what was made is kept.`,
    retry: 'never',
  });
}
