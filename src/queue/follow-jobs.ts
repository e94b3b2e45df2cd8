/**
 * Follows the jobs of one run to their ends, wherever the workers are.
 *
 * Results come as queue events. An event can be missed (the stream is bounded, a connection breaks), so unfinished jobs
 * are also looked at now and then; a job that is gone without a trace means that the queue was emptied.
 */
import { type IQueueBackend, QueueEvents, type QueueEventsListener, QueueEventsProducer } from 'bullmq';
import { interrupted } from '../errors.ts';
import type { StepKind, StepResult } from '../plan/step.ts';
import type { QueueConnection } from './connection.ts';
import { CANCELLED_EVENT } from './control.ts';
import { decodeFailure, type Failure } from './failure.ts';
import { idPrefix, type JobRef, KINDS, TOPOLOGY } from './topology.ts';

/** A try that failed and will be followed by another one. */
export interface RetryNote extends Failure {
  /** 1-based number of the try that failed. */
  attempt: number;
  /** Milliseconds until the next try when the service named them; undefined for the queue's own backoff. */
  afterMs?: number;
}

/** What the run wants to hear. A throw of these is our bug and rejects what `expect` returned. */
export interface FollowerEvents {
  onResult(result: StepResult, job: JobRef): void;
  onFailure(failure: Failure & JobRef): void;
  onRetry?(note: RetryNote & { jobId: string }): void;
}

/** Steps are gone from the queue that nobody took back: it was emptied, or began anew without its data. */
export class StepsLostError extends Error {}

/** Follows one run. */
export interface Follower {
  /**
   * Resolves when every one of these jobs is completed or failed for good and has been told. Jobs that ended before the call
   * are told too. Rejects with `interrupted` when the signal aborts or the follower is closed, and with `StepsLostError`
   * within seconds when the queue has lost jobs: those that are left are for whoever submits anew.
   */
  expect(jobs: readonly JobRef[]): Promise<void>;
  /** For a run that was stopped: waits for its open jobs up to `withinMs` milliseconds, and answers whether none is left. */
  drained(options: { withinMs: number }): Promise<boolean>;
  /** Tells what has ended but was not heard of yet. For the end of a run that was stopped; `expect` is over then. */
  catchUp(): Promise<void>;
  /** Stops listening; safe to call twice. */
  close(): Promise<void>;
}

/** Every so many milliseconds some unfinished jobs are looked at. */
const POLL_MS = 3_000;
/** So many at a time. */
const POLL_SLICE = 50;

/** Starts listening and returns when no event of this run can be missed; call it before submitting. */
export async function followRun(
  connection: QueueConnection,
  { runId, signal, ...events }: { runId: string; signal?: AbortSignal | undefined } & FollowerEvents,
): Promise<Follower> {
  const state = runState(events);
  const ears = KINDS.map((kind) => listen(connection, kind, idPrefix(runId), state));
  const stopPolling = startPolling(connection, state);
  const abort = () => {
    // A run that is stopped takes its jobs back: their absence is no news any more.
    stopPolling();
    state.fail(interrupted('waiting for the queue'));
  };
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();

  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      signal?.removeEventListener('abort', abort);
      abort();
      await Promise.all(ears.map((ear) => ear.close()));
    })();
    return closed;
  };
  try {
    await Promise.all(ears.map((ear) => heard(connection, ear, signal)));
  } catch (error) {
    await close();
    throw error;
  }
  const drained = ({ withinMs }: { withinMs: number }) => untilDrained(connection, state, withinMs);
  return { expect: state.expect, catchUp: () => catchUp(connection, state), drained, close };
}

type Outcome = { result: StepResult } | { failure: Failure };
type Ear = QueueEvents<StepResult, IQueueBackend, 'redis' | 'embedded'>;

interface RunState {
  unfinished: Map<string, JobRef>;
  expect(jobs: readonly JobRef[]): Promise<void>;
  settle(jobId: string, outcome: Outcome): void;
  retried(jobId: string, note: RetryNote): void;
  fail(error: unknown): void;
}

interface Expectation {
  open: Set<string>;
  resolve(): void;
  reject(error: unknown): void;
}

/** Who is waited for, and by whom. Knows nothing of BullMQ. */
function runState({ onResult, onFailure, onRetry }: FollowerEvents): RunState {
  const unfinished = new Map<string, JobRef>();
  const early = new Map<string, Outcome>();
  const told = new Set<string>();
  const expectations = new Set<Expectation>();
  let failed: { error: unknown } | undefined;

  const fail = (error: unknown): void => {
    // Nobody waits any more; but what still ends is told, until the follower is closed.
    failed ??= { error };
    for (const expectation of expectations) expectation.reject(failed.error);
    expectations.clear();
  };

  const tell = (job: JobRef, outcome: Outcome): void => {
    told.add(job.jobId);
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
    settle: (jobId, outcome) => {
      if (told.has(jobId)) return;
      const job = unfinished.get(jobId);
      if (job !== undefined) tell(job, outcome);
      else early.set(jobId, outcome);
    },
    expect: (jobs) =>
      new Promise((resolve, reject) => {
        if (failed !== undefined) {
          reject(failed.error);
          return;
        }
        const open = jobs.filter((job) => !told.has(job.jobId));
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
          tell(job, outcome);
        }
      }),
  };
}

function listen(connection: QueueConnection, kind: StepKind, prefix: string, state: RunState): Ear {
  const ear: Ear = new QueueEvents(TOPOLOGY[kind].name, connection.options, connection.backend);
  const ours = (jobId: string) => jobId.startsWith(prefix);
  ear.on('error', connection.report);
  ear.on('completed', ({ jobId, returnvalue }) => {
    if (ours(jobId)) state.settle(jobId, { result: returnvalue });
  });
  ear.on('failed', ({ jobId, failedReason }) => {
    if (ours(jobId)) state.settle(jobId, { failure: decodeFailure(failedReason) });
  });
  ear.on<OwnEvents, typeof CANCELLED_EVENT>(CANCELLED_EVENT, ({ jobIds }) => {
    for (const jobId of jobIds.split(' ').filter(ours)) {
      state.settle(jobId, { failure: { code: 'interrupted', message: 'Cancelled before it began.' } });
    }
  });
  ear.on('progress', ({ jobId, data }) => {
    const note = ours(jobId) ? asRetryNote(data) : undefined;
    if (note !== undefined) state.retried(jobId, note);
  });
  return ear;
}

function asRetryNote(data: unknown): RetryNote | undefined {
  if (typeof data !== 'object' || data === null || !('retry' in data)) return undefined;
  return data.retry as RetryNote;
}

/** Events of our own on BullMQ's stream. By `follower-hello` a follower makes sure that it hears; anybody's will do. */
interface OwnEvents extends QueueEventsListener<StepResult> {
  'follower-hello': (args: unknown, id: string) => void;
  [CANCELLED_EVENT]: (args: { jobIds: string }, id: string) => void;
}

/**
 * Resolves when the ear has heard an event of its own. Until then BullMQ listens "from now on", and each time it asks
 * anew there is a gap; from the first event on it goes on from where it was.
 */
async function heard(connection: QueueConnection, ear: Ear, signal: AbortSignal | undefined): Promise<void> {
  const producer = new QueueEventsProducer(ear.name, connection.options, connection.backend);
  producer.on('error', connection.report);
  let again: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    await ear.waitUntilReady();
    await new Promise<void>((resolve, reject) => {
      ear.once<OwnEvents>('follower-hello', () => resolve());
      onAbort = () => reject(interrupted('opening the queue'));
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) onAbort();
      const call = () => producer.publishEvent({ eventName: 'follower-hello' }).catch(reject);
      again = setInterval(call, 50);
      void call();
    });
  } finally {
    clearInterval(again);
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
    await producer.close();
  }
}

/** How often a stopped run looks whether its last jobs have ended, in milliseconds: an event may be missed. */
const DRAIN_LOOK_MS = 250;

async function untilDrained(connection: QueueConnection, state: RunState, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (state.unfinished.size > 0 && performance.now() < until) {
    await new Promise((done) => setTimeout(done, DRAIN_LOOK_MS));
    for (const job of [...state.unfinished.values()]) {
      const found = await connection.queue(job.kind).getJob(job.jobId);
      if (found === undefined) state.settle(job.jobId, { failure: { code: 'interrupted', message: 'Taken back.' } });
      else if (found.finishedOn !== undefined) settleFrom(found, job, state);
    }
  }
  return state.unfinished.size === 0;
}

/** How long a last look may take, in milliseconds; the queue may be the very thing that is gone. */
const CATCH_UP_MS = 2_000;
/** Most jobs of a last look; those under way are few. */
const CATCH_UP_JOBS = 500;

async function catchUp(connection: QueueConnection, state: RunState): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CATCH_UP_MS);
  });
  const look = async (): Promise<void> => {
    for (const job of [...state.unfinished.values()].slice(0, CATCH_UP_JOBS)) {
      const found = await connection.queue(job.kind).getJob(job.jobId);
      if (found?.finishedOn !== undefined) settleFrom(found, job, state);
    }
  };
  await Promise.race([look().catch(() => undefined), late]);
  clearTimeout(timer);
}

/** Tells the end of a job that has one. */
function settleFrom(found: Ended, job: JobRef, state: RunState): void {
  if (found.failedReason === undefined || found.failedReason === null) {
    state.settle(job.jobId, { result: found.returnvalue });
  } else {
    state.settle(job.jobId, { failure: decodeFailure(found.failedReason) });
  }
}

/** What is read of a job that ended. */
interface Ended {
  failedReason?: string | null;
  returnvalue: StepResult;
}

/** Looks at some unfinished jobs every few seconds, in turn; the returned function stops it. */
function startPolling(connection: QueueConnection, state: RunState): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (job: JobRef): Promise<void> => {
    const found = await connection.queue(job.kind).getJob(job.jobId);
    // Told meanwhile, or the run is over: not our business any more.
    if (stopped || !state.unfinished.has(job.jobId)) return;
    if (found === undefined) {
      state.fail(new StepsLostError('The queue has lost steps of this run.'));
      return;
    }
    if (found.finishedOn === undefined) {
      // To the end of the line, so that all jobs get their turn.
      state.unfinished.delete(job.jobId);
      state.unfinished.set(job.jobId, job);
    } else settleFrom(found, job, state);
  };
  const poll = async (): Promise<void> => {
    for (const job of [...state.unfinished.values()].slice(0, POLL_SLICE)) {
      if (stopped) return;
      await look(job);
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
