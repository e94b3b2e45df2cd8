/**
 * Workers: take steps from the queue, pass them to plain functions, and translate their errors for BullMQ. No other
 * file knows both `PipelineError.retry` and BullMQ.
 */
import {
  DelayedError,
  type IQueueBackend,
  type Job,
  type JobProgress,
  UnrecoverableError,
  WaitingError,
  Worker,
} from 'bullmq';
import { interrupted, PipelineError } from '../errors.ts';
import type { BindStep, EnrollStep, MasterStep, Step, StepKind, StepResult, SynthesizeStep } from '../plan/step.ts';
import { after, untilIdle } from './closing.ts';
import { type CrashCounter, type Isolation, openCrashCounter, openIsolation } from './crash-quarantine.ts';
import { encodeFailure, type Failure, failureOf, type RetryNote } from './failure.ts';
import type { QueueConnection } from './redis/connection.ts';
import { progressReporter } from './step-progress.ts';
import type { StepEnd, StepReport } from './step-report.ts';
import { KINDS, MAX_POSTPONEMENTS, TOPOLOGY, workerOptions } from './topology.ts';

/** What a processor gets in addition to its step. */
export interface StepContext {
  /** Aborts when the worker must stop; the processor then ends soon, and its step goes back to the queue. */
  signal: AbortSignal;
  /** Something that costs money is sent now: a worker that stops may wait longer for its end. */
  onPaid(): void;
  /** 1-based number of this attempt; a postponement is not counted. */
  attempt: number;
  /** The step's priority in the queue: the lowest number goes first. */
  priority: number;
  /** Reports how much of the step is finished, 0 to 1; may be called often. */
  onProgress(share: number): void;
}

/** Carries out one step. Throws `PipelineError`; its `retry` says whether the step is retried. */
export type Processor<S extends Step> = (step: S, context: StepContext) => Promise<StepResult>;

/** One processor per kind. */
export interface Processors {
  enroll: Processor<EnrollStep>;
  synthesize: Processor<SynthesizeStep>;
  master: Processor<MasterStep>;
  bind: Processor<BindStep>;
}

/** The running workers of this process. */
export interface Workers {
  /**
   * Takes no further steps and waits for those in progress. After `graceMs` their signals abort, and unfinished steps
   * go back to the queue, so that another worker takes them up at once; those that have sent something that costs money have
   * `paidGraceMs`, by default the same. May be called twice; a later, shorter grace period wins.
   */
  close(options: { graceMs: number; paidGraceMs?: number }): Promise<void>;
}

/** How long a processor may take to end after its signal, in milliseconds. */
const ABORT_LIMIT_MS = 2_000;

/** How long the queue may take to close once no step is in progress, in milliseconds; Redis may be unavailable. */
const CLOSE_LIMIT_MS = 3_000;

/** Delay before a step that was interrupted while its worker continues is retried, in milliseconds. */
const INTERRUPTED_DELAY_MS = 1_000;

/**
 * Starts one worker per kind and returns when they are listening. `concurrency` is per kind; the default is in the
 * topology.
 */
export async function startWorkers(
  connection: QueueConnection,
  {
    processors,
    concurrency = {},
    kinds = KINDS,
    onStep = () => undefined,
  }: {
    processors: Processors;
    concurrency?: Partial<Record<StepKind, number>>;
    /** Kinds to work on; default all. */
    kinds?: readonly StepKind[];
    /** Called with the end of each attempt. Must not throw. */
    onStep?: (report: StepReport) => void;
  },
): Promise<Workers> {
  const active: ActiveSteps = Object.assign(new Map(), { isStopped: false });
  const crashes = openCrashCounter(connection);
  const quarantine = openIsolation();
  const workers = kinds.map((kind) => {
    const options = {
      ...connection.options,
      ...workerOptions(kind),
      concurrency: concurrency[kind] ?? TOPOLOGY[kind].concurrency,
    };
    const worker: StepWorker = new Worker(
      TOPOLOGY[kind].name,
      (job: StepJob, token?: string) =>
        process(job, {
          token,
          processors,
          active,
          crashes: crashes,
          quarantine,
          onStep,
          isClosing: () => worker.closing !== undefined,
        }),
      options,
      connection.backend,
    );
    worker.on('error', connection.report);
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  return workersOf({ workers, active, crashes });
}

/** What stops each step in progress, and whether it has sent something that costs money. `isStopped`: none may begin. */
type ActiveSteps = Map<AbortController, { isPaid: boolean }> & { isStopped: boolean };
type StepJob = Job<Step, StepResult>;
type StepWorker = Worker<Step, StepResult, string, IQueueBackend, JobProgress, 'redis' | 'embedded'>;

function workersOf(of: { workers: readonly StepWorker[]; active: ActiveSteps; crashes: CrashCounter }): Workers {
  const { workers, active, crashes } = of;
  let closed: Promise<void> | undefined;
  return {
    close: async ({ graceMs, paidGraceMs = graceMs }) => {
      const abortAfter = (ms: number, isPaid: boolean): NodeJS.Timeout =>
        setTimeout(() => {
          active.isStopped = true;
          for (const [controller, step] of active) if (step.isPaid === isPaid) controller.abort();
        }, ms);
      const aborts = [abortAfter(graceMs, false), abortAfter(paidGraceMs, true)];
      closed ??= Promise.all(workers.map((worker) => worker.close())).then(() => {});
      const late = after(Math.max(graceMs, paidGraceMs) + ABORT_LIMIT_MS + CLOSE_LIMIT_MS);
      const idle = untilIdle(active, CLOSE_LIMIT_MS);
      await Promise.race([closed, late.passed, idle.passed]);
      for (const abort of aborts) clearTimeout(abort);
      late.cancel();
      idle.cancel();
      crashes.close();
    },
  };
}

interface Task {
  token: string | undefined;
  processors: Processors;
  active: ActiveSteps;
  crashes: CrashCounter;
  quarantine: Isolation;
  onStep(report: StepReport): void;
  isClosing(): boolean;
}

async function process(job: StepJob, task: Task): Promise<StepResult> {
  const controller = new AbortController();
  const paying = { isPaid: false };
  task.active.set(controller, paying);
  if (task.active.isStopped) controller.abort();
  const from = performance.now();
  const attempt = job.attemptsMade + 1;
  const report = (end: StepEnd): void => {
    const seconds = (performance.now() - from) / 1000;
    task.onStep({ step: job.data, jobId: job.id ?? '', attempt, seconds, ...end });
  };
  try {
    const result = await withAbortLimit(
      carryOut(job, task, {
        signal: controller.signal,
        onPaid: () => {
          paying.isPaid = true;
        },
        attempt,
        priority: job.priority,
        onProgress: progressReporter((note) => job.updateProgress(note)),
      }),
      controller.signal,
    );
    report({ end: result.outcome, result });
    return result;
  } catch (error) {
    if (controller.signal.aborted || (error instanceof PipelineError && error.code === 'interrupted')) {
      report({ end: 'handed-back' });
      return await handBack(job, task);
    }
    const failed = failureEndOf(job, error);
    report(failed);
    return await endFailed(job, task, failed);
  } finally {
    task.active.delete(controller);
  }
}

/** A step that lost a worker before runs alone. */
async function carryOut(
  job: StepJob,
  { crashes, quarantine, processors }: Task,
  context: StepContext,
): Promise<StepResult> {
  const id = job.id ?? '';
  const wasStalled = job.stalledCounter > 0;
  return quarantine.run(wasStalled, async () => {
    // Stopped while it waited for isolation.
    if (context.signal.aborted) throw interrupted('waiting to run a step alone');
    await crashes.begin(id, { wasStalled });
    try {
      return await dispatch(processors, job.data, context);
    } finally {
      await crashes.end(id);
    }
  });
}

async function dispatch(processors: Processors, step: Step, context: StepContext): Promise<StepResult> {
  switch (step.kind) {
    case 'enroll':
      return processors.enroll(step, context);
    case 'synthesize':
      return processors.synthesize(step, context);
    case 'master':
      return processors.master(step, context);
    case 'bind':
      return processors.bind(step, context);
  }
}

/**
 * The result of the work, or `interrupted` when it ignores its signal for too long: the worker must be able to close.
 */
async function withAbortLimit<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const stuck = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(interrupted('running a step')), ABORT_LIMIT_MS);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  // The work may fail after we stopped waiting; that must not end the process.
  work.catch(() => {});
  try {
    return await Promise.race([work, stuck]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

/** Puts the step back without using an attempt: at once when this worker stops, a little later when it continues. */
async function handBack(job: StepJob, { token, isClosing }: Task): Promise<never> {
  if (isClosing()) {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  await job.moveToDelayed(Date.now() + INTERRUPTED_DELAY_MS, token);
  throw new DelayedError();
}

/** The end of an attempt that failed. */
type FailureEnd = Extract<StepEnd, { failure: Failure }>;

/**
 * `never`, a bug of ours, the last attempt or too many postponements: failed for good. `backoff`: retried. `{afterMs}`:
 * postponed.
 */
function failureEndOf(job: StepJob, error: unknown): FailureEnd {
  const failure = failureOf(error);
  const retry = error instanceof PipelineError ? error.retry : 'never';
  if (retry === 'never') return { end: 'failed', failure };
  if (retry === 'backoff') {
    return { end: job.attemptsMade + 1 < (job.opts.attempts ?? 1) ? 'retried' : 'failed', failure };
  }
  // Starts that were not attempts were postponements (or stalls, which are rare): no counter of our own is needed.
  const postponements = job.attemptsStarted - job.attemptsMade - 1;
  if (postponements < MAX_POSTPONEMENTS) return { end: 'postponed', failure, afterMs: retry.afterMs };
  const message = `${failure.message} Given up after ${MAX_POSTPONEMENTS} postponements.`;
  return { end: 'failed', failure: { ...failure, message } };
}

async function endFailed(job: StepJob, { token }: Task, failed: FailureEnd): Promise<never> {
  const { failure } = failed;
  const attempt = job.attemptsMade + 1;
  if (failed.end === 'postponed') {
    await publishRetry(job, { ...failure, attempt, afterMs: failed.afterMs });
    await job.moveToDelayed(Date.now() + failed.afterMs, token);
    throw new DelayedError();
  }
  if (failed.end === 'failed') throw new UnrecoverableError(encodeFailure(failure));
  await publishRetry(job, { ...failure, attempt });
  throw new Error(encodeFailure(failure));
}

/** Informs followers in any process; a step never fails because this is impossible. */
async function publishRetry(job: StepJob, retry: RetryNote): Promise<void> {
  await job.updateProgress({ retry }).catch(() => {});
}
