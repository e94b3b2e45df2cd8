/**
 * Workers: take steps from the queue, hand them to plain functions, and turn what these throw into BullMQ's terms. No
 * other file knows both `PipelineError.retry` and BullMQ.
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
import type { QueueConnection } from './connection.ts';
import { type CrashCounter, type Isolation, openCrashCounter, openIsolation } from './crash-quarantine.ts';
import { encodeFailure, type Failure, failureOf, type RetryNote } from './failure.ts';
import type { StepEnd, StepReport } from './step-report.ts';
import { KINDS, MAX_POSTPONEMENTS, TOPOLOGY, workerOptions } from './topology.ts';

/** What a processor is told besides its step. */
export interface StepContext {
  /** Aborts when the worker must stop; the processor then ends soon, and its step is handed back to the queue. */
  signal: AbortSignal;
  /** 1-based number of this try; a postponement is not counted. */
  attempt: number;
  /** The step's place in the queue when it was handed out: the lowest first. */
  priority: number;
}

/** Carries out one step. Throws `PipelineError`; whether it is tried again is in its `retry`. */
export type Processor<S extends Step> = (step: S, context: StepContext) => Promise<StepResult>;

/** One processor per kind. */
export interface Processors {
  enroll: Processor<EnrollStep>;
  synthesize: Processor<SynthesizeStep>;
  master: Processor<MasterStep>;
  bind: Processor<BindStep>;
}

/** Running workers of this process. */
export interface Workers {
  /**
   * Takes no further steps and waits for those under way; after `graceMs` their signals abort, and what does not finish is
   * handed back, so that another worker takes it up at once. Safe to call twice; a later, shorter grace wins.
   */
  close(options: { graceMs: number }): Promise<void>;
}

/** How long after its signal a processor may still take to end by itself, in milliseconds. */
const ABORT_LIMIT_MS = 2_000;

/** How long the queue itself may take to close once no step is under way, in milliseconds; Redis may be gone. */
const CLOSE_LIMIT_MS = 3_000;

/** Wait before a step that was interrupted while its worker goes on is tried again, in milliseconds. */
const INTERRUPTED_DELAY_MS = 1_000;

/** Starts one worker per kind and returns when they are listening. `concurrency` is per kind; the default is in the topology. */
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
    /** Hears how each try ended. Must not throw. */
    onStep?: (report: StepReport) => void;
  },
): Promise<Workers> {
  const active = new Set<AbortController>();
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

type StepJob = Job<Step, StepResult>;
type StepWorker = Worker<Step, StepResult, string, IQueueBackend, JobProgress, 'redis' | 'embedded'>;

function workersOf({
  workers,
  active,
  crashes,
}: {
  workers: readonly StepWorker[];
  active: ReadonlySet<AbortController>;
  crashes: CrashCounter;
}): Workers {
  let closed: Promise<void> | undefined;
  return {
    close: async ({ graceMs }) => {
      const abort = setTimeout(() => {
        for (const controller of active) controller.abort();
      }, graceMs);
      closed ??= Promise.all(workers.map((worker) => worker.close())).then(() => {});
      const late = after(graceMs + ABORT_LIMIT_MS + CLOSE_LIMIT_MS);
      await Promise.race([closed, late.passed]);
      clearTimeout(abort);
      late.cancel();
      crashes.close();
    },
  };
}

function after(ms: number): { passed: Promise<void>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { passed, cancel: () => clearTimeout(timer) };
}

interface Task {
  token: string | undefined;
  processors: Processors;
  active: Set<AbortController>;
  crashes: CrashCounter;
  quarantine: Isolation;
  onStep(report: StepReport): void;
  isClosing(): boolean;
}

async function process(job: StepJob, task: Task): Promise<StepResult> {
  const controller = new AbortController();
  task.active.add(controller);
  const from = performance.now();
  const attempt = job.attemptsMade + 1;
  const report = (end: StepEnd): void => {
    const seconds = (performance.now() - from) / 1000;
    task.onStep({ step: job.data, jobId: job.id ?? '', attempt, seconds, ...end });
  };
  try {
    const result = await withAbortLimit(
      carryOut(job, task, { signal: controller.signal, attempt, priority: job.priority }),
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

/** A step that lost a worker before is carried out with nothing beside it. */
async function carryOut(
  job: StepJob,
  { crashes, quarantine, processors }: Task,
  context: StepContext,
): Promise<StepResult> {
  const id = job.id ?? '';
  const wasStalled = job.stalledCounter > 0;
  return quarantine.run(wasStalled, async () => {
    // Stopped while it waited for its turn.
    if (context.signal.aborted) throw interrupted('waiting to be carried out alone');
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

/** The work's own end, or `interrupted` when it does not heed its signal: the worker must be able to close. */
async function withAbortLimit<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const stuck = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(interrupted('carrying out a step')), ABORT_LIMIT_MS);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  // Whatever the work does after we stopped waiting, it must not end the process.
  work.catch(() => {});
  try {
    return await Promise.race([work, stuck]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

/** Back to the queue without having used an attempt: at once when this worker stops, a little later when it goes on. */
async function handBack(job: StepJob, { token, isClosing }: Task): Promise<never> {
  if (isClosing()) {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  await job.moveToDelayed(Date.now() + INTERRUPTED_DELAY_MS, token);
  throw new DelayedError();
}

/** What becomes of a step that failed. */
type FailureEnd = Extract<StepEnd, { failure: Failure }>;

/** `never`, a bug of ours, the last try or too many postponements: failed for good. `backoff`: retried. `{afterMs}`: postponed. */
function failureEndOf(job: StepJob, error: unknown): FailureEnd {
  const failure = failureOf(error);
  const retry = error instanceof PipelineError ? error.retry : 'never';
  if (retry === 'never') return { end: 'failed', failure };
  if (retry === 'backoff') {
    return { end: job.attemptsMade + 1 < (job.opts.attempts ?? 1) ? 'retried' : 'failed', failure };
  }
  // Starts that were no attempts were postponements (or stalls, which are rare): no counter of our own is needed.
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

/** Tells followers in any process; a step is never failed because nobody could be told. */
async function publishRetry(job: StepJob, retry: RetryNote): Promise<void> {
  await job.updateProgress({ retry }).catch(() => {});
}
