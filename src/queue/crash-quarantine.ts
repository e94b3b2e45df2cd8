/**
 * Detects steps that crash their worker: out of memory, a fault in a library, a disk that hangs the process.
 *
 * A worker records each step that it starts, and sends a heartbeat. A worker that takes up a step with an unfinished
 * start checks whether the other worker is still alive (it may only have lost Redis for a while). A step with one crash
 * runs alone in its process, so that further crashes are certainly its own; after the second crash it waits so that
 * others run first; at the third it is quarantined. So workers that are killed from outside fail no step unless they
 * hit the same one three times, twice of them alone.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { PipelineError } from '../errors.ts';

/** So many workers may die while they run one step; then it fails for good. */
const MAX_CRASHES = 3;
/** A heartbeat outlives its worker by at most this time, in milliseconds: less than a step's lock, see topology.ts. */
const HEARTBEAT_TTL_MS = 5_000;
/** Interval between heartbeats, in milliseconds. */
const HEARTBEAT_MS = 1_500;
/** Delay before a step's last try, in milliseconds, so that an outside cause of crashes hits another step. */
const LAST_TRY_DELAY_MS = 10_000;
/** How long the start of a step is stored, in milliseconds. */
const RECORD_TTL_MS = 24 * 60 * 60 * 1000;

/** Counts crashes by step, for the workers of one process. */
export interface CrashCounter {
  /**
   * Records that a step starts. Throws `worker-died` when workers crashed in it before: at the second crash for a
   * delayed retry, at the third one for good. Without Redis nothing is recorded: no other worker would be left to read
   * it.
   */
  begin(jobId: string, of: { wasStalled: boolean }): Promise<void>;
  /** The step ended, successfully or not, or was handed back. Never rejects. */
  end(jobId: string): Promise<void>;
  close(): void;
}

/** Opens the counter; `prefix` is the queue's. */
export function openCrashCounter({ redis, prefix }: { redis: Redis | undefined; prefix: string }): CrashCounter {
  if (redis === undefined) return { begin: async () => undefined, end: async () => undefined, close: () => undefined };
  const me = randomUUID();
  const heartbeatKey = (worker: string) => `${prefix}:alive:${worker}`;
  const startKey = (jobId: string) => `${prefix}:begun:${jobId}`;
  const sendHeartbeat = () => redis.set(heartbeatKey(me), '1', 'PX', HEARTBEAT_TTL_MS).catch(() => undefined);
  void sendHeartbeat();
  const heartbeat = setInterval(sendHeartbeat, HEARTBEAT_MS);
  heartbeat.unref();

  const recordOf = async (jobId: string): Promise<{ crashes: number; hasWaited: boolean }> => {
    const [worker, crashes, waited] = await redis.hmget(startKey(jobId), 'worker', 'deaths', 'waited');
    const crashed =
      worker != null && worker !== '' && worker !== me && (await redis.exists(heartbeatKey(worker))) === 0;
    return { crashes: Number(crashes ?? 0) + (crashed ? 1 : 0), hasWaited: waited === '1' };
  };
  const note = (jobId: string, fields: Record<string, string | number>) =>
    redis.multi().hset(startKey(jobId), fields).pexpire(startKey(jobId), RECORD_TTL_MS).exec();
  return {
    begin: async (jobId, { wasStalled }) => {
      const { crashes, hasWaited } = wasStalled ? await recordOf(jobId) : { crashes: 0, hasWaited: false };
      if (crashes >= MAX_CRASHES) throw quarantineError(crashes);
      if (crashes === MAX_CRASHES - 1 && !hasWaited) {
        // An empty name is no worker.
        await note(jobId, { deaths: crashes, waited: 1, worker: '' });
        throw lastTryError(crashes);
      }
      await note(jobId, { deaths: crashes, worker: me });
    },
    end: async (jobId) => {
      // The count stays as long as the step may return; the start record is no longer needed.
      await redis.hdel(startKey(jobId), 'worker').catch(() => undefined);
    },
    close: () => {
      clearInterval(heartbeat);
      void redis.del(heartbeatKey(me)).catch(() => undefined);
    },
  };
}

function lastTryError(crashes: number): PipelineError {
  const message = `${crashes} workers died while they ran this step. It is tried once more after other steps have run.`;
  return new PipelineError({ code: 'worker-died', message, retry: { afterMs: LAST_TRY_DELAY_MS } });
}

function quarantineError(crashes: number): PipelineError {
  return new PipelineError({
    code: 'worker-died',
    message:
      `${crashes} workers died while they ran this step, so it was set aside and the rest of the book continued. ` +
      'Check the last lines of their logs and the memory of their machines. If an operator killed them, nothing is wrong with the step: run the book again (pipeline retry).',
    retry: 'never',
  });
}

/** Runs steps concurrently, or one step exclusively. */
export interface Isolation {
  /**
   * Runs `work` when no exclusive step is running. With `alone`, runs it exclusively: no other step is running or
   * starts in the meantime.
   */
  run<T>(alone: boolean, work: () => Promise<T>): Promise<T>;
}

/** Opens the isolation of one process. */
export function openIsolation(): Isolation {
  const running = new Set<Promise<unknown>>();
  /** Set while an exclusive step runs or waits. */
  let exclusive: Promise<void> | undefined;
  const enter = async <T>(work: () => Promise<T>): Promise<T> => {
    const promise = work();
    const settled = promise.catch(() => undefined);
    running.add(settled);
    try {
      return await promise;
    } finally {
      running.delete(settled);
    }
  };
  return {
    run: async (alone, work) => {
      while (exclusive !== undefined) await exclusive;
      if (!alone) return enter(work);
      let open = (): void => {};
      exclusive = new Promise<void>((resolve) => {
        open = resolve;
      });
      try {
        await Promise.all(running);
        return await enter(work);
      } finally {
        exclusive = undefined;
        open();
      }
    },
  };
}
