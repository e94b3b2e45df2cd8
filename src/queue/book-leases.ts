/**
 * Which process runs a book, over all machines: one at a time, by a lease in Redis. Also, which books wait for a
 * process.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

/** How long a lease outlives its holder, in milliseconds. */
const LEASE_MS = 12_000;
/** Interval between renewals, in milliseconds. */
const RENEW_MS = 4_000;
/** A process whose last heartbeat is older than this, in milliseconds, no longer counts. */
const PRESENT_MS = 10_000;

/** A book that this process runs. */
export interface BookLease {
  /** Aborts when another process may have the book: this process slept, or Redis was unavailable for too long. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** KEYS: the lease. ARGV: our token, lease. A free lease is acquired again: Redis may have been emptied. */
const RENEW = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/** KEYS: the lease. ARGV: our token. */
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** The book leases of one queue; `prefix` is the queue's. */
export function bookLeases({ redis, prefix }: { redis: Redis; prefix: string }) {
  const open = `${prefix}:books`;
  const countRunners = `${prefix}:conductors`;
  return {
    /** Announces that a book waits for a process. A hint that saves reads of the store; may be repeated. */
    async announce(id: string): Promise<void> {
      await redis.sadd(open, id);
    },
    /** The books that were announced and are not done yet. */
    announced: () => redis.smembers(open),
    /** The book no longer needs a process. */
    async remove(id: string): Promise<void> {
      await redis.srem(open, id);
    },
    /** Records that this process looks for books. */
    async heartbeat(runner: string): Promise<void> {
      await redis.zadd(countRunners, await serverTimeMs(redis), runner);
    },
    /** This process no longer looks for books. */
    async deregister(runner: string): Promise<void> {
      await redis.zrem(countRunners, runner);
    },
    /** How many processes looked for books within the last seconds, by the server's clock. */
    conductors: async () => redis.zcount(countRunners, (await serverTimeMs(redis)) - PRESENT_MS, '+inf'),
    /** Acquires the book's lease; undefined when another process has it. */
    async acquire(id: string): Promise<BookLease | undefined> {
      const key = `${prefix}:book:${id}`;
      const token = randomUUID();
      if ((await redis.set(key, token, 'PX', LEASE_MS, 'NX')) !== 'OK') return undefined;
      return startLease(redis, key, token);
    },
  };
}

/** One clock for all machines. Earlier versions put in times of their own. */
async function serverTimeMs(redis: Redis): Promise<number> {
  const [seconds] = await redis.time();
  return Number(seconds) * 1_000;
}

/** What `bookLeases` opens. */
export type BookLeases = ReturnType<typeof bookLeases>;

function startLease(redis: Redis, key: string, token: string): BookLease {
  const lost = new AbortController();
  let renewedAt = performance.now();
  const timer = setInterval(() => {
    // After a sleep longer than the lease another process may have it: the response of Redis decides.
    const asked = performance.now();
    redis.eval(RENEW, 1, key, token, LEASE_MS).then(
      (ours) => {
        if (ours === 1) renewedAt = asked;
        else lost.abort();
      },
      () => undefined,
    );
    if (asked - renewedAt > 2 * LEASE_MS) lost.abort();
  }, RENEW_MS);
  return {
    lost: lost.signal,
    release: async () => {
      clearInterval(timer);
      if (redis.status === 'ready') await redis.eval(RELEASE, 1, key, token).catch(() => undefined);
    },
  };
}
