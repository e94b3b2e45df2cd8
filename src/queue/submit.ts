/** Submits the steps of a run to the queue: voices as single jobs, chapters as trees (master ← its segments). */
import type { BindStep, EnrollStep, MasterStep, SynthesizeStep } from '../plan/step.ts';
import type { QueueConnection } from './redis/connection.ts';
import { type JobRef, jobOptions, jobRef } from './topology.ts';

/** A chapter to be mastered and its segments that must be spoken first; none when the store has them all. */
export interface ChapterSteps {
  master: MasterStep;
  segments: readonly SynthesizeStep[];
}

/** Jobs per request: keeps requests small while thousands are added. */
const JOBS_PER_REQUEST = 500;

/**
 * Adds one job per voice and returns them. Add voices and wait for them before the chapters: a job has only one parent,
 * so a voice that several chapters need cannot be part of their trees.
 */
export async function submitVoices(
  connection: QueueConnection,
  { runId, steps }: { runId: string; steps: readonly EnrollStep[] },
): Promise<JobRef[]> {
  const jobs = distinct(steps.map((step) => ({ step, ref: jobRef(runId, step) })));
  const queue = connection.queue('enroll');
  for (let start = 0; start < jobs.length; start += JOBS_PER_REQUEST) {
    const slice = jobs.slice(start, start + JOBS_PER_REQUEST);
    await queue.addBulk(
      slice.map(({ step, ref }) => ({ name: step.kind, data: step, opts: jobOptions(step, ref.jobId) })),
    );
  }
  return jobs.map(({ ref }) => ref);
}

/** Adds one job for each of these segments, without a chapter, and returns them. They go before the segments of books. */
export async function submitSegments(
  connection: QueueConnection,
  { runId, steps }: { runId: string; steps: readonly SynthesizeStep[] },
): Promise<JobRef[]> {
  const jobs = distinct(steps.map((step) => ({ step, ref: jobRef(runId, step) })));
  if (jobs.length === 0) return [];
  await connection
    .queue('synthesize')
    .addBulk(jobs.map(({ step, ref }) => ({ name: step.kind, data: step, opts: jobOptions(step, ref.jobId, 1) })));
  return jobs.map(({ ref }) => ref);
}

/**
 * Adds one tree per chapter and returns all jobs, each master after its segments. A segment that fails for good does
 * not block its master: the master runs and finds the take missing. A segment that two chapters share is a job in both;
 * the store ensures that it is spoken once.
 *
 * Fair shares: a step's priority is its position among the steps that this run still needs, so that two books advance
 * side by side, a small one ends soon, and a few lines that are spoken again do not wait for a book that has just
 * begun. `urgent` goes before all of that.
 */
export async function submitChapters(
  connection: QueueConnection,
  { runId, chapters, urgent = false }: { runId: string; chapters: readonly ChapterSteps[]; urgent?: boolean },
): Promise<JobRef[]> {
  const refs: JobRef[] = [];
  const flows = connection.flows();
  // 1 is reserved for urgent steps.
  let priority = 1;
  const nextPriority = (): number => (urgent ? 1 : ++priority);
  for (const { master, segments } of chapters) {
    const children = distinct(segments.map((step) => ({ step, ref: jobRef(runId, step, master.chapter) })));
    const root = jobRef(runId, master, master.chapter);
    const spoken = children.map(({ step, ref }) => ({
      name: step.kind,
      queueName: step.kind,
      data: step,
      opts: { ...jobOptions(step, ref.jobId, nextPriority()), ignoreDependencyOnFailure: true },
    }));
    // One call per tree: `addBulk` of many trees swallows the error of a tree that could not be added (bullmq 6.7).
    await flows.add({
      name: master.kind,
      queueName: master.kind,
      data: master,
      // As urgent as its last segment.
      opts: jobOptions(master, root.jobId, urgent ? 1 : priority),
      children: spoken,
    });
    refs.push(...children.map(({ ref }) => ref), root);
  }
  return refs;
}

/**
 * Adds the job of a book file and returns it. Add it when the masters exist: a tree over all chapters would have to be
 * added in one request, and a failed chapter would block it forever or let it run in vain.
 */
export async function submitBook(
  connection: QueueConnection,
  { runId, step }: { runId: string; step: BindStep },
): Promise<JobRef[]> {
  const ref = jobRef(runId, step);
  await connection.queue('bind').add(step.kind, step, jobOptions(step, ref.jobId));
  return [ref];
}

/** BullMQ silently drops a second job with the same ID; a tree would wait for it forever. */
function distinct<T extends { ref: JobRef }>(jobs: readonly T[]): T[] {
  return [...new Map(jobs.map((job) => [job.ref.jobId, job])).values()];
}
