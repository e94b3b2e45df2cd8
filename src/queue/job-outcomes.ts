/** Which jobs of a run have ended, and who waits for them. Knows nothing of BullMQ. */
import type { StepResult } from '../plan/step.ts';
import type { Failure, RetryNote } from './failure.ts';
import type { JobRef } from './topology.ts';

/** Callbacks of the run. An error that they throw is our bug and rejects the promise of `expect`. */
export interface FollowerEvents {
  onResult(result: StepResult, job: JobRef): void;
  onFailure(failure: Failure & JobRef): void;
  onRetry?(note: RetryNote & { jobId: string }): void;
  /** How much of an open job is finished, 0 to 1. */
  onProgress?(share: number, job: JobRef): void;
}

/** How a job ended. */
export type Outcome = { result: StepResult } | { failure: Failure };

/** The open jobs of one run and their outcomes. */
export interface RunState {
  unfinished: Map<string, JobRef>;
  expect(jobs: readonly JobRef[]): Promise<void>;
  settle(jobId: string, outcome: Outcome): void;
  retried(jobId: string, note: RetryNote): void;
  progressed(jobId: string, share: number): void;
  fail(error: unknown): void;
}

interface Expectation {
  open: Set<string>;
  resolve(): void;
  reject(error: unknown): void;
}

/** The state of a run's jobs, and of the calls that wait for them. */
export function runState({ onResult, onFailure, onRetry, onProgress }: FollowerEvents): RunState {
  const unfinished = new Map<string, JobRef>();
  const early = new Map<string, Outcome>();
  const settled = new Set<string>();
  const expectations = new Set<Expectation>();
  let failed: { error: unknown } | undefined;

  const fail = (error: unknown): void => {
    // Nothing waits any more; but jobs that still end are reported until the follower is closed.
    failed ??= { error };
    for (const expectation of expectations) expectation.reject(failed.error);
    expectations.clear();
  };

  const report = (job: JobRef, outcome: Outcome): void => {
    settled.add(job.jobId);
    unfinished.delete(job.jobId);
    try {
      if ('result' in outcome) onResult(outcome.result, job);
      else onFailure({ ...outcome.failure, ...job });
    } catch (error) {
      fail(error);
      return;
    }
    for (const expectation of expectations) {
      expectation.open.delete(job.jobId);
      if (expectation.open.size > 0) continue;
      expectations.delete(expectation);
      expectation.resolve();
    }
  };

  return {
    unfinished,
    fail,
    retried: (jobId, note) => {
      if (failed === undefined) onRetry?.({ ...note, jobId });
    },
    progressed: (jobId, share) => {
      const job = unfinished.get(jobId);
      if (job !== undefined && failed === undefined) onProgress?.(share, job);
    },
    settle: (jobId, outcome) => {
      if (settled.has(jobId)) return;
      const job = unfinished.get(jobId);
      if (job !== undefined) report(job, outcome);
      else early.set(jobId, outcome);
    },
    expect: (jobs) =>
      new Promise((resolve, reject) => {
        if (failed !== undefined) {
          reject(failed.error);
          return;
        }
        const open = jobs.filter((job) => !settled.has(job.jobId));
        const expectation = { open: new Set(open.map((job) => job.jobId)), resolve, reject };
        if (open.length === 0) {
          resolve();
          return;
        }
        expectations.add(expectation);
        for (const job of open) unfinished.set(job.jobId, job);
        for (const job of open) {
          const outcome = early.get(job.jobId);
          if (outcome === undefined || failed !== undefined) continue;
          early.delete(job.jobId);
          report(job, outcome);
        }
      }),
  };
}
