/** Reads the state of the queue and removes jobs from it: for `pipeline status`, Ctrl-C and a blocked account. */
import { QueueEventsProducer } from 'bullmq';
import type { StepKind } from '../plan/step.ts';
import type { QueueConnection } from './redis/connection.ts';
import { idPrefix, KINDS } from './topology.ts';

/** The number of jobs of a kind by state. */
export interface KindCounts {
  /** Ready to run, or waiting for their segments. */
  waiting: number;
  active: number;
  /** Postponed or in backoff. */
  delayed: number;
  /** Failed for good within the last day. */
  failed: number;
  /** Completed within the last hour; older ones are deleted. */
  completed: number;
}

/** The counts of all runs by kind. Waits while Redis is unavailable. */
export async function queueCounts(connection: QueueConnection): Promise<Record<StepKind, KindCounts>> {
  const [enroll, synthesize, master, bind] = await Promise.all([
    countsOf(connection, 'enroll'),
    countsOf(connection, 'synthesize'),
    countsOf(connection, 'master'),
    countsOf(connection, 'bind'),
  ]);
  return { enroll, synthesize, master, bind };
}

async function countsOf(connection: QueueConnection, kind: StepKind): Promise<KindCounts> {
  const counts = await connection.queue(kind).getJobCounts();
  const of = (state: string) => counts[state] ?? 0;
  return {
    waiting: of('waiting') + of('prioritized') + of('waiting-children'),
    active: of('active'),
    delayed: of('delayed'),
    failed: of('failed'),
    completed: of('completed'),
  };
}

/** The event that tells followers about removed jobs; not every backend sends BullMQ's own `removed`. */
export const CANCELLED_EVENT = 'run-cancelled';

/**
 * Removes the jobs of a run that have not started; active ones finish. Followers get each removed job as a failure
 * `interrupted`. Returns how many were removed; may be repeated.
 */
export async function cancelRun(connection: QueueConnection, { runId }: { runId: string }): Promise<number> {
  return cancelRuns(connection, { prefix: idPrefix(runId) });
}

/** The same for all runs whose job IDs have this prefix. */
export async function cancelRuns(connection: QueueConnection, { prefix }: { prefix: string }): Promise<number> {
  let removed = 0;
  // Masters first: removing the last segment of a tree would start its master.
  for (const kind of KINDS.toReversed()) removed += await removeIdle(connection, kind, prefix);
  return removed;
}

/** Most IDs in one event. */
const IDS_PER_EVENT = 200;

async function removeIdle(connection: QueueConnection, kind: StepKind, prefix: string): Promise<number> {
  const queue = connection.queue(kind);
  const ids = await queue.getRanges(['waiting-children', 'delayed', 'prioritized', 'wait'], 0, -1);
  const removed: string[] = [];
  for (const id of new Set(ids)) {
    // 0: the job has become active in the meantime, and finishes.
    if (id.startsWith(prefix) && (await queue.remove(id, { removeChildren: false })) === 1) removed.push(id);
  }
  const producer = new QueueEventsProducer(queue.name, connection.options, connection.backend);
  producer.on('error', connection.report);
  try {
    for (let start = 0; start < removed.length; start += IDS_PER_EVENT) {
      const jobIds = removed.slice(start, start + IDS_PER_EVENT).join(' ');
      await producer.publishEvent({ eventName: CANCELLED_EVENT, jobIds });
    }
  } finally {
    await producer.close();
  }
  return removed.length;
}
