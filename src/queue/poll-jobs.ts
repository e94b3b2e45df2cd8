/** Asks the queue for the state of single jobs: events can be missed, and the whole queue can be lost. */
import type { StepResult } from '../plan/step.ts';
import { decodeFailure } from './failure.ts';
import type { RunState } from './job-outcomes.ts';
import type { QueueConnection } from './redis/connection.ts';
import type { JobRef } from './topology.ts';

/** Steps that were not removed are no longer in the queue: it was emptied, or restarted without its data. */
export class StepsLostError extends Error {}

/** Interval in milliseconds at which some unfinished jobs are checked. */
const POLL_MS = 3_000;
/** Jobs per check. */
const POLL_SLICE = 50;

/** Interval in milliseconds at which a stopped run checks whether its last jobs have ended: an event may be missed. */
const DRAIN_POLL_MS = 250;

/** Waits until the run has no open job, `withinMs` at most, and answers whether none is left. */
export async function untilDrained(connection: QueueConnection, state: RunState, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (state.unfinished.size > 0 && performance.now() < until) {
    await new Promise((done) => setTimeout(done, DRAIN_POLL_MS));
    for (const job of [...state.unfinished.values()]) {
      const found = await connection.queue(job.kind).getJob(job.jobId);
      if (found === undefined)
        state.settle(job.jobId, { failure: { code: 'interrupted', message: 'The job was cancelled.' } });
      else if (found.finishedOn !== undefined) settleFrom(found, job, state);
    }
  }
  return state.unfinished.size === 0;
}

/** Longest duration of the last check, in milliseconds; the queue itself may be the cause of the stop. */
const CATCH_UP_MS = 2_000;
/** Most jobs of the last check; few are in progress then. */
const CATCH_UP_JOBS = 500;

/** Settles every job that has ended, as far as the queue answers in time. */
export async function catchUp(connection: QueueConnection, state: RunState): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CATCH_UP_MS);
  });
  const checkJob = async (): Promise<void> => {
    for (const job of [...state.unfinished.values()].slice(0, CATCH_UP_JOBS)) {
      const found = await connection.queue(job.kind).getJob(job.jobId);
      if (found?.finishedOn !== undefined) settleFrom(found, job, state);
    }
  };
  await Promise.race([checkJob().catch(() => undefined), late]);
  clearTimeout(timer);
}

/** Settles a job that has ended. */
function settleFrom(found: Ended, job: JobRef, state: RunState): void {
  if (found.failedReason === undefined || found.failedReason === null) {
    state.settle(job.jobId, { result: found.returnvalue });
  } else {
    state.settle(job.jobId, { failure: decodeFailure(found.failedReason) });
  }
}

/** The fields that are read of an ended job. */
interface Ended {
  failedReason?: string | null;
  returnvalue: StepResult;
}

/** Checks some unfinished jobs every few seconds, round robin; the returned function stops it. */
export function startPolling(connection: QueueConnection, state: RunState): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const checkJob = async (job: JobRef): Promise<void> => {
    const found = await connection.queue(job.kind).getJob(job.jobId);
    // Settled in the meantime, or the run is over.
    if (stopped || !state.unfinished.has(job.jobId)) return;
    if (found === undefined) {
      state.fail(new StepsLostError('The queue has lost steps of this run.'));
      return;
    }
    if (found.finishedOn === undefined) {
      // To the end of the queue, so that every job is checked in turn.
      state.unfinished.delete(job.jobId);
      state.unfinished.set(job.jobId, job);
    } else settleFrom(found, job, state);
  };
  const poll = async (): Promise<void> => {
    for (const job of [...state.unfinished.values()].slice(0, POLL_SLICE)) {
      if (stopped) return;
      await checkJob(job);
    }
  };
  const schedule = (): void => {
    timer = setTimeout(() => {
      poll()
        .catch((error: unknown) => connection.report(error instanceof Error ? error : new Error(String(error))))
        .finally(() => {
          if (!stopped) schedule();
        });
    }, POLL_MS);
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
