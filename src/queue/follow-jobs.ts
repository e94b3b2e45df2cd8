/**
 * Follows the jobs of one run to their ends, on whatever machine they run.
 *
 * Results arrive as queue events. An event can be missed (the stream is bounded, a connection breaks), so unfinished
 * jobs are also polled; a job that no longer exists means that the queue was emptied.
 */
import { type IQueueBackend, QueueEvents, type QueueEventsListener, QueueEventsProducer } from 'bullmq';
import { interrupted } from '../errors.ts';
import type { StepKind, StepResult } from '../plan/step.ts';
import { CANCELLED_EVENT } from './control.ts';
import { decodeFailure, type RetryNote } from './failure.ts';
import { type FollowerEvents, type RunState, runState } from './job-outcomes.ts';
import { catchUp, startPolling, untilDrained } from './poll-jobs.ts';
import type { QueueConnection } from './redis/connection.ts';
import { asProgressNote } from './step-progress.ts';
import { idPrefix, type JobRef, KINDS, TOPOLOGY } from './topology.ts';

/** Follows one run. */
export interface Follower {
  /**
   * Resolves when each of these jobs has completed or failed for good and was reported, including jobs that ended
   * before the call. Rejects with `interrupted` when the signal aborts or the follower is closed, and with
   * `StepsLostError` within seconds when the queue has lost jobs: the caller submits the remaining ones again.
   */
  expect(jobs: readonly JobRef[]): Promise<void>;
  /**
   * For a run that was stopped: waits up to `withinMs` milliseconds for its open jobs, and returns whether none is
   * left.
   */
  drained(options: { withinMs: number }): Promise<boolean>;
  /** Reports jobs that have ended unnoticed. For the end of a run that was stopped; `expect` is over then. */
  catchUp(): Promise<void>;
  /** Stops listening; may be called twice. */
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
    // A stopped run removes its jobs: a missing job is no longer an error.
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
    if (!isOurs(jobId)) return;
    const note = asRetryNote(data);
    if (note !== undefined) state.retried(jobId, note);
    const progress = asProgressNote(data);
    if (progress !== undefined) state.progressed(jobId, progress.share);
  });
  return stream;
}

function asRetryNote(data: unknown): RetryNote | undefined {
  if (typeof data !== 'object' || data === null || !('retry' in data)) return undefined;
  return data.retry as RetryNote;
}

/**
 * Our own events on BullMQ's stream. A follower sends `follower-hello` to verify that it receives events; any
 * follower's will do.
 */
interface OwnEvents extends QueueEventsListener<StepResult> {
  'follower-hello': (args: unknown, id: string) => void;
  [CANCELLED_EVENT]: (args: { jobIds: string }, id: string) => void;
}

/**
 * Resolves when the stream has delivered an event of our own. Until then BullMQ listens "from now on", with a gap at
 * each new request; from the first event on it continues from its last position.
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
