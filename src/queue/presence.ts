/** Which processes work on a queue, and on what: each one that works in Redis says so every few seconds. */
import type { Redis } from 'ioredis';
import type { StepKind } from '../plan/step.ts';

/** A step that is carried out now. */
export interface StepUnderWay {
  kind: StepKind;
  book?: string;
  /** The line, such as `3:37`. */
  number?: string;
  /** 1-based. */
  chapter?: number;
  seconds: number;
}

/** A process that works. */
export interface WorkerPresence {
  worker: string;
  machine: string;
  pid: number;
  kinds: readonly StepKind[];
  /** Sessions at once that it was given. */
  sessions: number;
  steps: readonly StepUnderWay[];
}

/** How often it says so, and after how long without a word it counts as gone, in milliseconds; the server's clock counts. */
const EVERY_MS = 2_000;
const GONE_AFTER_MS = 10_000;

const namesKey = (prefix: string): string => `${prefix}:presence`;
const oneKey = (prefix: string, worker: string): string => `${prefix}:presence:${worker}`;

/** Says until `close` that this process works. While Redis is away nothing is said; no failure gets out. */
export function announcePresence(
  redis: Redis,
  { prefix, describe }: { prefix: string; describe(): WorkerPresence },
): { close(): Promise<void> } {
  const { worker } = describe();
  let isSaying = false;
  let isClosed = false;
  const say = async (): Promise<void> => {
    if (isSaying || isClosed || redis.status !== 'ready') return;
    isSaying = true;
    try {
      await redis
        .multi()
        .set(oneKey(prefix, worker), JSON.stringify(describe()), 'PX', GONE_AFTER_MS)
        .sadd(namesKey(prefix), worker)
        .pexpire(namesKey(prefix), GONE_AFTER_MS)
        .exec();
    } catch {
      // Only people read it; the work has its own way to find out.
    } finally {
      isSaying = false;
    }
  };
  const timer = setInterval(() => void say(), EVERY_MS).unref();
  void say();
  return {
    close: async () => {
      clearInterval(timer);
      isClosed = true;
      if (redis.status !== 'ready') return;
      const gone = redis.multi().del(oneKey(prefix, worker)).srem(namesKey(prefix), worker).exec();
      await Promise.race([gone, new Promise((done) => setTimeout(done, 500).unref())]).catch(() => undefined);
    },
  };
}

/** The processes that work now, by machine. Forgets the names of those that are gone. */
export async function readPresence(redis: Redis, prefix: string): Promise<WorkerPresence[]> {
  const names = await redis.smembers(namesKey(prefix));
  if (names.length === 0) return [];
  const texts = await redis.mget(names.map((name) => oneKey(prefix, name)));
  const gone = names.filter((_, at) => texts[at] === null);
  if (gone.length > 0) await redis.srem(namesKey(prefix), ...gone);
  return texts
    .flatMap((text) => (text === null ? [] : [JSON.parse(text) as WorkerPresence]))
    .sort((a, b) => (a.machine + a.worker < b.machine + b.worker ? -1 : 1));
}
