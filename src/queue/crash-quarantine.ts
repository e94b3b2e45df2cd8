/**
 * Steps that kill their worker: memory, a fault in a library, a disk that hangs the process.
 *
 * A worker notes each step that it begins and shows a sign of life. Whoever takes up a step that somebody began and never
 * ended looks whether its worker still lives (it may only have lost Redis for a while). A step with a death behind
 * it is carried out alone in its process, so that from then on a death is its own and not that of a neighbour; after the second
 * it waits until others had their turn; at the third it is given up. Workers that are killed from outside thus fail no step
 * unless they hit the same one three times, twice of them alone.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { PipelineError } from '../errors.ts';

/** So many workers may die while they carry out one step; then it is given up. */
const MAX_CRASHES = 3;
/** A sign of life outlives its worker by at most so long, in milliseconds: less than a step's lock, see topology.ts. */
const HEARTBEAT_TTL_MS = 5_000;
/** How often it is given, in milliseconds. */
const HEARTBEAT_MS = 1_500;
/** How long a step waits before its last chance, in milliseconds, so that whoever kills workers hits another one. */
const LAST_TRY_DELAY_MS = 10_000;
/** How long it is remembered who began a step, in milliseconds. */
const RECORD_TTL_MS = 24 * 60 * 60 * 1000;

/** Who died of what, for the workers of one process. */
export interface CrashCounter {
  /**
   * Notes that a step begins. Throws `worker-died` when workers died of it before: at the second death to be tried again
   * after others had their turn, at the third one never. Without Redis nothing is noted: nobody would be left to ask.
   */
  begin(jobId: string, of: { wasStalled: boolean }): Promise<void>;
  /** The step ended, well or not, or was handed back. Never rejects. */
  end(jobId: string): Promise<void>;
  close(): void;
}

/** Opens the record; `prefix` is the queue's. */
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
        // Nobody's: empty is no worker.
        await note(jobId, { deaths: crashes, waited: 1, worker: '' });
        throw lastTryError(crashes);
      }
      await note(jobId, { deaths: crashes, worker: me });
    },
    end: async (jobId) => {
      // The count stays while the step may come back; who began it is settled.
      await redis.hdel(startKey(jobId), 'worker').catch(() => undefined);
    },
    close: () => {
      clearInterval(heartbeat);
      void redis.del(heartbeatKey(me)).catch(() => undefined);
    },
  };
}

function lastTryError(crashes: number): PipelineError {
  const message = `${crashes} workers died while they carried out this step; it is tried once more when others had their turn.`;
  return new PipelineError({ code: 'worker-died', message, retry: { afterMs: LAST_TRY_DELAY_MS } });
}

function quarantineError(crashes: number): PipelineError {
  return new PipelineError({
    code: 'worker-died',
    message:
      `${crashes} workers died while they carried out this step, so it was put aside and the rest of the book went on. ` +
      'Look at the last lines of their logs and at the memory of their machines. If somebody ended them by force, nothing is wrong with the step: run the book again (pipeline retry).',
    retry: 'never',
  });
}

/** Lets steps work side by side, and one at a time alone. */
export interface Isolation {
  /** Runs `work` when no step is alone at work; with `alone`, when no other step is at work and none begins meanwhile. */
  run<T>(alone: boolean, work: () => Promise<T>): Promise<T>;
}

/** Opens the room of one process. */
export function openIsolation(): Isolation {
  const running = new Set<Promise<unknown>>();
  /** While one is alone, or waits to be. */
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
