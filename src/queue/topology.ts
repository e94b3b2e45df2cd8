/**
 * How each kind of step travels through the queue: one table, and the ids of the jobs.
 *
 * Everything that is a number about queueing is here, so that it can be read, argued about and changed in one place.
 */
import type { JobsOptions, WorkerOptions } from 'bullmq';
import type { Step, StepKind } from '../plan/step.ts';

/** How one kind of step is queued, retried and paced. */
export interface QueueShape {
  /** Name of the BullMQ queue; equal to the kind. */
  name: StepKind;
  /** Tries in all before a step counts as failed; a postponement (`retry: {afterMs}`) uses none. */
  attempts: number;
  /** Wait before the second try, in milliseconds; doubles with every further one. */
  backoffMs: number;
  /** Steps of this kind at once in one worker process, unless the caller says otherwise. */
  concurrency: number;
  /** Least milliseconds between two starts over all machines; undefined when starts are not paced. */
  paceMs?: number;
}

/** The kinds in the order in which a run needs them. */
export const KINDS: readonly StepKind[] = ['enroll', 'synthesize', 'master', 'bind'];

/** The table. */
export const TOPOLOGY: Readonly<Record<StepKind, QueueShape>> = {
  // BullMQ's limiter is a fixed window: {max: 10, duration: 1000} lets 18 to 20 calls start within one second (measured).
  // One start every 110 ms keeps ten a second with room for jitter. A clone may take seconds, and ten at once keep that pace
  // while it takes one.
  enroll: { name: 'enroll', attempts: 5, backoffMs: 1_000, concurrency: 10, paceMs: 110 },
  synthesize: { name: 'synthesize', attempts: 5, backoffMs: 1_000, concurrency: 32 },
  master: { name: 'master', attempts: 3, backoffMs: 1_000, concurrency: 1 },
  bind: { name: 'bind', attempts: 3, backoffMs: 1_000, concurrency: 1 },
};

/** Most postponements (`retry: {afterMs}`) of one job before it counts as failed: a day of 429s should end somewhere. */
export const MAX_POSTPONEMENTS = 50;

/** BullMQ's most urgent priority is 1, its least urgent 2^21 - 1; 0 means none. Source: bullmq 6.7, src/classes/job. */
const LOWEST_PRIORITY = 2_097_151;

/** The job options of one step. `priority` counts from 1, the most urgent; undefined: before all that have one. */
export function jobOptions(step: Step, jobId: string, priority?: number): JobsOptions & { jobId: string } {
  const shape = TOPOLOGY[step.kind];
  return {
    jobId,
    attempts: shape.attempts,
    // Jitter 0.5: half of the wait is chance, so that what failed together does not come back together.
    backoff: { type: 'exponential', delay: shape.backoffMs, jitter: 0.5 },
    // Kept an hour, so that a follower that missed an event still finds the answer; the store keeps what matters.
    removeOnComplete: { age: 3_600, limit: 100 },
    removeOnFail: { age: 24 * 3_600, limit: 100 },
    stackTraceLimit: 1,
    ...(priority === undefined ? {} : { priority: Math.min(priority, LOWEST_PRIORITY) }),
  };
}

/** What a worker of this kind is told, apart from its concurrency. */
export function workerOptions(kind: StepKind): Omit<WorkerOptions, 'connection'> {
  const { paceMs } = TOPOLOGY[kind];
  return {
    // A worker that dies is noticed when its lock has run out (12 s at most) and at the second look after (3 s each at
    // most): its steps run elsewhere within 20 s. How often a step may lose its worker is for deaths.ts to say, which
    // tells a death from a sleep or a lost Redis; BullMQ counts them all.
    lockDuration: 12_000,
    stalledInterval: 3_000,
    maxStalledCount: 1_000,
    runRetryDelay: 1_000,
    ...(paceMs === undefined ? {} : { limiter: { max: 1, duration: paceMs } }),
  };
}

/** A job that was handed to the queue, as the run knows it. */
export interface JobRef {
  jobId: string;
  kind: StepKind;
  /** The step's key. */
  key: string;
}

/**
 * The job of a step within a run.
 *
 * Ids belong to one run: adding an id again that failed before would hang its parent for ever (BullMQ). `chapter` tells
 * equal segments of two chapters apart, as a job has one parent only. No ':' and no plain integer, which BullMQ refuses.
 */
export function jobRef(runId: string, step: Step, chapter?: number): JobRef {
  const scope = chapter === undefined ? '' : `${chapter}-`;
  return {
    jobId: `${idPrefix(runId)}${step.kind}-${scope}${step.key.replaceAll(':', '_')}`,
    kind: step.kind,
    key: step.key,
  };
}

/** What the ids of all jobs of a run begin with. */
export function idPrefix(runId: string): string {
  return `${runId.replaceAll(':', '_')}-`;
}
