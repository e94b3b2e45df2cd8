/**
 * Looking at the queue and taking back from it: `pipeline status`, Ctrl-C, a blocked account.
 */
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
  const [enroll, synthesize, master] = await Promise.all([
    countsOf(connection, 'enroll'),
    countsOf(connection, 'synthesize'),
    countsOf(connection, 'master'),
  ]);
  return { enroll, synthesize, master };
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

/**
 * Removes the jobs of a run that nobody works on yet; active ones finish. Followers hear of each removed job as a failure
 * `interrupted`. Returns how many were removed; safe to run twice.
 */
export async function cancelRun(connection: QueueConnection, { runId }: { runId: string }): Promise<number> {
  let removed = 0;
  // Masters first: removing the last segment of a tree would set its master off.
  for (const kind of KINDS.toReversed()) removed += await removeIdle(connection, kind, idPrefix(runId));
  return removed;
}

async function removeIdle(connection: QueueConnection, kind: StepKind, prefix: string): Promise<number> {
  const queue = connection.queue(kind);
  const ids = await queue.getRanges(['waiting-children', 'delayed', 'prioritized', 'wait'], 0, -1);
  let removed = 0;
  for (const id of new Set(ids)) {
    if (!id.startsWith(prefix)) continue;
    // 0: it has become active since, and finishes.
    removed += await queue.remove(id, { removeChildren: false });
  }
  return removed;
}
