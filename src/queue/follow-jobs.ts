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
import { decodeFailure, type RetryNote } from './failure.ts';
import { type FollowerEvents, type RunState, runState } from './job-outcomes.ts';
import { catchUp, startPolling, untilDrained } from './poll-jobs.ts';
import { idPrefix, type JobRef, KINDS, TOPOLOGY } from './topology.ts';

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

/** Starts listening and returns when no event of this run can be missed; call it before submitting. */
export async function followRun(
  connection: QueueConnection,
  { runId, signal, ...events }: { runId: string; signal?: AbortSignal | undefined } & FollowerEvents,
): Promise<Follower> {
  const state = runState(events);
  const streams = KINDS.map((kind) => listen(connection, kind, idPrefix(runId), state));
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
      await Promise.all(streams.map((stream) => stream.close()));
    })();
    return closed;
  };
  try {
    await Promise.all(streams.map((stream) => untilListening(connection, stream, signal)));
  } catch (error) {
    await close();
    throw error;
  }
  const drained = ({ withinMs }: { withinMs: number }) => untilDrained(connection, state, withinMs);
  return { expect: state.expect, catchUp: () => catchUp(connection, state), drained, close };
}

type EventStream = QueueEvents<StepResult, IQueueBackend, 'redis' | 'embedded'>;

function listen(connection: QueueConnection, kind: StepKind, prefix: string, state: RunState): EventStream {
  const stream: EventStream = new QueueEvents(TOPOLOGY[kind].name, connection.options, connection.backend);
  const isOurs = (jobId: string) => jobId.startsWith(prefix);
  stream.on('error', connection.report);
  stream.on('completed', ({ jobId, returnvalue }) => {
    if (isOurs(jobId)) state.settle(jobId, { result: returnvalue });
  });
  stream.on('failed', ({ jobId, failedReason }) => {
    if (isOurs(jobId)) state.settle(jobId, { failure: decodeFailure(failedReason) });
  });
  stream.on<OwnEvents, typeof CANCELLED_EVENT>(CANCELLED_EVENT, ({ jobIds }) => {
    for (const jobId of jobIds.split(' ').filter(isOurs)) {
      state.settle(jobId, { failure: { code: 'interrupted', message: 'Cancelled before it began.' } });
    }
  });
  stream.on('progress', ({ jobId, data }) => {
    const note = isOurs(jobId) ? asRetryNote(data) : undefined;
    if (note !== undefined) state.retried(jobId, note);
  });
  return stream;
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
async function untilListening(
  connection: QueueConnection,
  stream: EventStream,
  signal: AbortSignal | undefined,
): Promise<void> {
  const producer = new QueueEventsProducer(stream.name, connection.options, connection.backend);
  producer.on('error', connection.report);
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    await stream.waitUntilReady();
    await new Promise<void>((resolve, reject) => {
      stream.once<OwnEvents>('follower-hello', () => resolve());
      onAbort = () => reject(interrupted('opening the queue'));
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) onAbort();
      const sayHello = () => producer.publishEvent({ eventName: 'follower-hello' }).catch(reject);
      timer = setInterval(sayHello, 50);
      void sayHello();
    });
  } finally {
    clearInterval(timer);
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
    await producer.close();
  }
}
