/**
 * How each kind of step is queued: one table, and the IDs of the jobs.
 *
 * All numbers about queueing are here, so that they can be read, discussed and changed in one place.
 */
import type { JobsOptions, WorkerOptions } from 'bullmq';
import type { Step, StepKind } from '../plan/step.ts';

/** How one kind of step is queued, retried and paced. */
export interface QueueShape {
  /** Name of the BullMQ queue; equal to the kind. */
  name: StepKind;
  /** Attempts in all before a step fails; a postponement (`retry: {afterMs}`) uses none. */
  attempts: number;
  /** Delay before the second attempt, in milliseconds; doubles with every further one. */
  backoffMs: number;
  /** Steps of this kind at once in one worker process; the caller may override it. */
  concurrency: number;
  /** Least milliseconds between two starts over all machines; undefined for no pacing. */
  paceMs?: number;
}

/** The kinds in the order in which a run needs them. */
export const KINDS: readonly StepKind[] = ['enroll', 'synthesize', 'master', 'bind'];

/** The queueing of each kind. */
export const TOPOLOGY: Readonly<Record<StepKind, QueueShape>> = {
  // BullMQ's limiter is a fixed window: {max: 10, duration: 1000} lets 18 to 20 calls start within one second
  // (measured). One start every 110 ms stays below ten a second with room for jitter. A clone may take seconds; ten at
  // once keep that pace if each takes one second.
  enroll: { name: 'enroll', attempts: 5, backoffMs: 1_000, concurrency: 10, paceMs: 110 },
  synthesize: { name: 'synthesize', attempts: 5, backoffMs: 1_000, concurrency: 32 },
  master: { name: 'master', attempts: 3, backoffMs: 1_000, concurrency: 1 },
  bind: { name: 'bind', attempts: 3, backoffMs: 1_000, concurrency: 1 },
};

/** Most postponements (`retry: {afterMs}`) of one job before it fails: a day of 429s should end somewhere. */
export const MAX_POSTPONEMENTS = 50;

/** BullMQ's most urgent priority is 1, its least urgent 2^21 - 1; 0 means none. Source: bullmq 6.7, src/classes/job. */
const LOWEST_PRIORITY = 2_097_151;

/**
 * The job options of one step. `priority` counts from 1, the most urgent; undefined: before all jobs with a priority.
 */
export function jobOptions(step: Step, jobId: string, priority?: number): JobsOptions & { jobId: string } {
  const shape = TOPOLOGY[step.kind];
  return {
    jobId,
    attempts: shape.attempts,
    // Jitter 0.5: half of the delay is random, so that jobs that failed together are not retried together.
    backoff: { type: 'exponential', delay: shape.backoffMs, jitter: 0.5 },
    // Stored for an hour, so that a follower that missed an event still finds the result; the permanent results are in
    // the store.
    removeOnComplete: { age: 3_600, limit: 100 },
    removeOnFail: { age: 24 * 3_600, limit: 100 },
    stackTraceLimit: 1,
    ...(priority === undefined ? {} : { priority: Math.min(priority, LOWEST_PRIORITY) }),
  };
}

/** The worker options of a kind, except its concurrency. */
export function workerOptions(kind: StepKind): Omit<WorkerOptions, 'connection'> {
  const { paceMs } = TOPOLOGY[kind];
  return {
    // A dead worker is noticed after its lock has expired (12 s at most), at the second stall check (3 s each at most):
    // its steps run elsewhere within 20 s. crash-quarantine.ts decides how often a step may lose its worker, because it
    // distinguishes a crash from a sleep or a lost Redis; BullMQ counts all of them.
    lockDuration: 12_000,
    stalledInterval: 3_000,
    maxStalledCount: 1_000,
    runRetryDelay: 1_000,
    ...(paceMs === undefined ? {} : { limiter: { max: 1, duration: paceMs } }),
  };
}

/** A submitted job, as the run knows it. */
export interface JobRef {
  jobId: string;
  kind: StepKind;
  /** The step's key. */
  key: string;
}

/**
 * The job of a step within a run.
 *
 * IDs belong to one run: adding an ID again that failed before would block its parent forever (BullMQ). `chapter`
 * distinguishes equal segments of two chapters, because a job has only one parent. No ':' and no plain integer, which
 * BullMQ rejects.
 */
export function jobRef(runId: string, step: Step, chapter?: number): JobRef {
  const scope = chapter === undefined ? '' : `${chapter}-`;
  return {
    jobId: `${idPrefix(runId)}${step.kind}-${scope}${step.key.replaceAll(':', '_')}`,
    kind: step.kind,
    key: step.key,
  };
}

/** Prefix of the IDs of all jobs of a run. */
export function idPrefix(runId: string): string {
  return `${runId.replaceAll(':', '_')}-`;
}
