/** Work that takes a while: one at a time for the same thing, seen by every page, and it goes on when a page is closed. */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { EventHub } from './server/event-hub.ts';
import { problemOf, StudioProblem } from './server/problem.ts';
import type { Job } from './shapes.ts';

/** What a job tells while it works. */
export type ReportJob = (
  news: Partial<Pick<Job, 'state' | 'percent' | 'message' | 'doing' | 'spent' | 'result'>>,
) => void;

/** A job to start. */
export interface NewJob extends Pick<Job, 'kind' | 'message' | 'doing'> {
  line?: string;
  /** What it is about: a second job for the same, while one is under way, is that one. */
  key: string;
  work(report: ReportJob, signal: AbortSignal): Promise<void>;
}

/** The jobs of a studio. */
export interface StudioJobs {
  start(job: NewJob): Job;
  /** Throws a `StudioProblem` when there is none of that ID. */
  get(id: string): Job;
  /** The latest last. */
  all(): Job[];
  /** The oldest that has not ended. */
  underWay(): Job | undefined;
  cancel(id: string): Job;
  /** Cancels all and waits for their ends. */
  close(): Promise<void>;
}

const STOPPED = {
  state: 'cancelled',
  message: 'Cancelled. Everything made so far is kept.',
  doing: { code: 'stopped' },
} as const;
/** Ended jobs that are still told. */
const MOST_ENDED = 100;

/** Opens the registry. `onFault` receives bugs of the program. */
export function openJobs(hub: EventHub, onFault: (error: unknown) => void): StudioJobs {
  const jobs = new Map<string, { job: Job; key: string; stop: AbortController; done: Promise<void> }>();
  const isOver = ({ state }: Job): boolean => state === 'done' || state === 'failed' || state === 'cancelled';
  const find = (id: string) => {
    const found = jobs.get(id);
    if (found === undefined)
      throw new StudioProblem(404, 'no-job', 'This server has no such job. It may have been started again since.');
    return found;
  };
  const run = async (job: Job, work: NewJob['work'], stop: AbortController): Promise<void> => {
    const report: ReportJob = (news) => {
      // A message without a code has no words but its own.
      if (news.message !== undefined) delete job.doing;
      Object.assign(job, news);
      hub.send({ type: 'job', job: { ...job } });
    };
    try {
      await work(report, stop.signal);
      report(stop.signal.aborted ? STOPPED : { state: 'done', percent: 100 });
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) onFault(error);
      const shown =
        problem ?? new StudioProblem(500, 'internal', 'Unexpected error. The terminal of the program has the details.');
      if (!stop.signal.aborted) job.problem = shown.shown();
      report(stop.signal.aborted ? STOPPED : { state: 'failed', message: shown.message });
    }
    for (const old of [...jobs.values()].filter((one) => isOver(one.job)).slice(0, -MOST_ENDED))
      jobs.delete(old.job.id);
  };
  return {
    start: ({ key, work, ...given }) => {
      const same = [...jobs.values()].find((one) => one.key === key && !isOver(one.job));
      if (same !== undefined) return { ...same.job };
      const job: Job = { id: randomUUID(), state: 'waiting', ...given };
      const stop = new AbortController();
      setMaxListeners(0, stop.signal);
      jobs.set(job.id, { job, key, stop, done: run(job, work, stop) });
      hub.send({ type: 'job', job: { ...job } });
      return { ...job };
    },
    get: (id) => ({ ...find(id).job }),
    all: () => [...jobs.values()].map(({ job }) => ({ ...job })),
    underWay: () => [...jobs.values()].find(({ job }) => !isOver(job))?.job,
    cancel: (id) => {
      const { job, stop } = find(id);
      if (!isOver(job)) stop.abort();
      return { ...job };
    },
    close: async () => {
      for (const { stop } of jobs.values()) stop.abort();
      await Promise.all([...jobs.values()].map(({ done }) => done));
    },
  };
}
