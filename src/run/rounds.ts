/**
 * The phases from enroll to bind, in rounds. A round submits everything that is still missing to the queue and waits for it.
 * Another round follows when the queue lost steps (it was emptied, or came back without its data), when an operator paused
 * the book, or when something in the store turned out to be damaged (repair.ts).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../errors.ts';
import { findGap } from '../plan/completeness.ts';
import type { Plan, PlannedChapter } from '../plan/plan.ts';
import { cancelRun } from '../queue/control.ts';
import { StepsLostError } from '../queue/poll-jobs.ts';
import type { QueueConnection } from '../queue/redis/connection.ts';
import { RENEW_MS } from '../queue/redis/leases-redis.ts';
import { bindBook } from './bind.ts';
import { textUnaccountedError } from './deliveries.ts';
import { enrollVoices } from './enroll.ts';
import { remasterForLevels } from './master.ts';
import { planRun } from './plan.ts';
import { planRepair } from './repair.ts';
import { type Phase, workThrough } from './round.ts';
import type { Run } from './run.ts';
import { speakChapters } from './speak.ts';
import { storeAssets } from './store-assets.ts';
import type { OpenWork } from './with-work.ts';

const PHASES: readonly Phase[] = [enrollVoices, speakChapters, remasterForLevels, bindBook];

/**
 * After the queue was emptied, a worker recovers the lease of its step at the next renewal. A step that is submitted again
 * before that would be done twice.
 */
const LEASE_RENEWAL_WAIT_MS = RENEW_MS + 1_500;
/** After this many rounds in a row without a result, Redis is at fault, and further rounds would never end. */
const MOST_FRUITLESS_ROUNDS = 5;

/**
 * Works until everything is made or given up. Rejects with `interrupted`, with `cancelled` when an operator cancels the
 * book, and with `queue-unreachable` when the queue keeps losing steps.
 */
export async function workInRounds(run: Run, open: OpenWork): Promise<void> {
  const { tally, options } = run;
  const { queue } = open.work;
  let { plan } = run;
  // Checked once: the next round would find the same gaps.
  let toMake = plan.chapters.filter(
    (chapter) => chapter.master.need === 'make' && isTextComplete(run, chapter) && isReproducible(run, chapter),
  );
  const withoutVoice = new Set<PlannedChapter>();
  for (let fruitless = 0; ; ) {
    await options.control?.untilReleased(open.signal);
    const runId = `${options.jobPrefix ?? ''}${randomUUID()}`;
    const before = tally.ended;
    try {
      if ((await workThrough(PHASES, { run, runId, plan, withoutVoice, toMake, open })) === 'paused') continue;
      if (options.masteringVersion !== undefined) return;
      const repair = await planRepair({
        damage: run.damage,
        replan: () => replan(run),
        wasDelivered: (number) => run.deliveries.proven.has(number),
        emit: options.emit,
      });
      if (repair === undefined) return;
      plan = repair.plan;
      toMake = repair.chapters;
      tally.reopen(repair);
    } catch (error) {
      await cancelRun(queue, { runId }).catch(() => undefined);
      if (!(error instanceof StepsLostError)) throw error;
      fruitless = tally.ended === before ? fruitless + 1 : 0;
      if (fruitless >= MOST_FRUITLESS_ROUNDS) throw queueKeepsLosingSteps(queue);
      const message = 'The queue has lost steps of this run (was it emptied?). The missing steps are submitted again.';
      options.emit({ type: 'notice', level: 'warning', message });
      await sleep(LEASE_RENEWAL_WAIT_MS, undefined, { signal: open.signal }).catch(() => {
        throw interrupted('waiting for the queue');
      });
      await open.budget?.renew();
    }
  }
}

/** Plans the book again, and stores every file that the missing steps read. */
async function replan({ options }: Run): Promise<Plan> {
  const plan = await planRun(options);
  await storeAssets(options, plan);
  return plan;
}

/** Whether this program can make the chapter of the lock; otherwise reports it as failed. */
function isReproducible({ options: { emit, masteringVersion } }: Run, chapter: PlannedChapter): boolean {
  if (masteringVersion === undefined) return true;
  const { number: index, title } = chapter;
  const message =
    'It was mastered by an earlier version of the program, and the store no longer has it. To master it again from the same takes, run without --locked; nothing is spoken.';
  emit({ type: 'chapter.failed', index, title, code: 'lock-differs', message });
  return false;
}

/** Whether the chapter would speak its whole text exactly once; otherwise reports the chapter as failed. */
function isTextComplete({ options: { emit } }: Run, chapter: PlannedChapter): boolean {
  const gap = findGap(chapter);
  if (gap === undefined) return true;
  const { code, message } = textUnaccountedError(gap);
  emit({ type: 'chapter.failed', index: chapter.number, title: chapter.title, code, message });
  return false;
}

function queueKeepsLosingSteps({ describe }: QueueConnection): PipelineError {
  return new PipelineError({
    code: 'queue-unreachable',
    message: `The queue at ${describe} keeps losing steps. Everything made so far is kept. Check the memory of Redis and its maxmemory-policy (noeviction), then run the same command again.`,
    retry: 'never',
  });
}
