/**
 * Looking at the queue and taking back from it: `pipeline status`, Ctrl-C, a blocked account.
 */
import { QueueEventsProducer } from 'bullmq';
import type { StepKind } from '../plan/step.ts';
import type { QueueConnection } from './connection.ts';
import { idPrefix, KINDS } from './topology.ts';

/** How many jobs of a kind are where. */
export interface KindCounts {
  /** Ready to be taken, or waiting for their segments. */
  waiting: number;
  active: number;
  /** Postponed or in backoff. */
  delayed: number;
  /** Given up, for good, in the last day. */
  failed: number;
  /** Done within the last hour; older ones are forgotten. */
  completed: number;
}

/** The counts of all runs by kind. Waits while Redis is away. */
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

/** The event by which followers learn of removed jobs; BullMQ's own `removed` is not sent by every backend. */
export const CANCELLED_EVENT = 'run-cancelled';

/**
 * Removes the jobs of a run that nobody works on yet; active ones finish. Followers hear of each removed job as a failure
 * `interrupted`. Returns how many were removed; safe to run twice.
 */
export async function cancelRun(connection: QueueConnection, { runId }: { runId: string }): Promise<number> {
  return cancelRuns(connection, { prefix: idPrefix(runId) });
}

/** The same for all runs whose jobs' ids begin so. */
export async function cancelRuns(connection: QueueConnection, { prefix }: { prefix: string }): Promise<number> {
  let removed = 0;
  // Masters first: removing the last segment of a tree would set its master off.
  for (const kind of KINDS.toReversed()) removed += await removeIdle(connection, kind, prefix);
  return removed;
}

/** Ids to an event. */
const IDS_PER_EVENT = 200;

async function removeIdle(connection: QueueConnection, kind: StepKind, prefix: string): Promise<number> {
  const queue = connection.queue(kind);
  const ids = await queue.getRanges(['waiting-children', 'delayed', 'prioritized', 'wait'], 0, -1);
  const removed: string[] = [];
  for (const id of new Set(ids)) {
    // 0: it has become active since, and finishes.
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
