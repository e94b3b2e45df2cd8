/**
 * The limits of an account that many machines share, in Redis; sessions at once are in session-slots-redis.ts.
 *
 * The server's clock counts, so the machines' clocks do not matter. Within a process only the first in the queue asks
 * Redis, so a hundred waiting segments are one client. Commands wait while Redis is unavailable (the client reconnects
 * automatically), so every wait here recovers; abort signals still end them.
 */
import { interrupted } from '../../errors.ts';
import type { Flight, RateLimiter, ReleaseToken, SingleFlight } from '../../limits.ts';
import { startStopwatch } from '../../signals.ts';
import { abortable, openSerialQueue, type SerialQueue, sleep } from '../abortable.ts';
import { ownEntries } from '../redis/emptied-redis.ts';
import {
  type AccountLimitRef,
  acquireOrUndo,
  LEASE_MS,
  LIMIT,
  NOW,
  retryDelay,
  type SharedRedis,
  startRenewal,
} from '../redis/leases-redis.ts';
import type { RateLimit } from './rate-limit.ts';

/**
 * KEYS: sorted set of tokens by the time at which each expires, time of the next call, paused-until, limits of the
 * account. ARGV: our token, most tokens (0: no limit), window, whether calls are spaced, lease, name of the limit.
 * Returns '0' when acquired, otherwise the milliseconds until the next try.
 */
const PASS = `${NOW} ${LIMIT}
local calls, window = limit(KEYS[4], ARGV[6], ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local at = math.max(tonumber(redis.call('GET', KEYS[3]) or '0'), tonumber(redis.call('GET', KEYS[2]) or '0'))
if calls > 0 and redis.call('ZCARD', KEYS[1]) >= calls then
  at = math.max(at, tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]))
end
if at > now then return tostring(at - now) end
redis.call('ZADD', KEYS[1], now + ARGV[5], ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.ceil(window) + ${2 * LEASE_MS})
if ARGV[4] == '1' and calls > 0 then
  local distance = window / calls
  local planned = tonumber(redis.call('GET', KEYS[2]) or '0')
  local nextAt = math.max(planned, now - distance) + distance
  redis.call('SET', KEYS[2], string.format('%.3f', nextAt), 'PX', math.ceil(window * 2))
end
return '0'`;

/** KEYS: the tokens. ARGV: our token, milliseconds until it expires, window. */
const FREE_AFTER = `${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[3]) + ${2 * LEASE_MS})`;

/** KEYS: the tokens. ARGV: time to live of the tokens, then pairs of milliseconds and token. */
const PUT_BACK = `${NOW}
for i = 2, #ARGV, 2 do redis.call('ZADD', KEYS[1], now + ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])`;

/** KEYS: paused-until. ARGV: milliseconds. A pause is only ever extended. */
const PAUSE = `${NOW}
local till = math.max(now + ARGV[1], tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.3f', till), 'PX', math.ceil(till - now) + 60000)`;

/** Longest wait until the next try, in milliseconds: a limit may have changed in the meantime. */
const ASK_AGAIN_MS = 1_000;

/** A token of this process. */
interface Held {
  isLost(): boolean;
  release: (outcome?: 'not-sent') => void;
}

/** A rate limiter over all machines. First come, first served within one process. */
export function redisRateLimiter(
  { redis, closing }: SharedRedis,
  { key, rate, limitRef }: { key: string; rate: RateLimit; limitRef: AccountLimitRef },
): RateLimiter {
  const queue = openSerialQueue(closing);
  const { calls = 0, windowMs, spacingMs } = rate;
  const ttlMs = Math.ceil(windowMs) + 2 * LEASE_MS;
  const own = ownEntries<undefined>(
    { redis, closing },
    {
      key,
      putBack: (calls) => redis.eval(PUT_BACK, 1, key, ttlMs, ...calls.flatMap(([token, ms]) => [ms, token])),
    },
  );
  const keys = [key, `${key}:next`, `${key}:paused`, limitRef.key] as const;
  // A dead process may have sent its call at its last renewal, so the window is added to the lease.
  const leaseMs = windowMs + LEASE_MS;

  const hold = async (signal: AbortSignal | undefined): Promise<Held> => {
    const token = crypto.randomUUID();
    let noted = startStopwatch();
    let waitMs = 0;
    const tryAcquire = async () => {
      const settings = [token, calls, windowMs, spacingMs > 0 ? 1 : 0, leaseMs, limitRef.name];
      noted = startStopwatch();
      // Both are sent at once, and Redis carries them out in this order.
      const restored = own.restore();
      waitMs = Number(await redis.eval(PASS, keys.length, ...keys, ...settings));
      await restored;
      if (waitMs <= 0) own.note(token, leaseMs, undefined);
      return waitMs <= 0;
    };
    const undo = () => {
      own.note(token, 0, undefined);
      return redis.zrem(key, token);
    };
    while (!(await acquireOrUndo(tryAcquire(), undo, signal, closing))) {
      await sleep(Math.ceil(Math.min(waitMs, ASK_AGAIN_MS)), signal, closing);
    }
    // After that the token may expire within a window of the call, or has expired and is another one's.
    const isLost = () => noted.ms() > LEASE_MS;
    const freeAfter = (ms: number) => {
      own.note(token, ms, undefined);
      return redis.eval(FREE_AFTER, 1, key, token, ms, windowMs);
    };
    const renew = async () => {
      if (isLost()) return;
      const begun = startStopwatch();
      await freeAfter(leaseMs);
      if (!isLost()) noted = begun;
    };
    let isSent = true;
    const release = startRenewal({ renew, release: () => (isSent ? freeAfter(windowMs) : undo()), closing });
    let isReleased = false;
    return {
      isLost,
      release(outcome) {
        if (isReleased) return;
        isReleased = true;
        isSent = outcome !== 'not-sent';
        void release();
      },
    };
  };

  /** A process that slept for longer than its lease has a token that others may have had since. */
  const holdNow = async (signal: AbortSignal | undefined): Promise<Held> => {
    for (;;) {
      const held = await hold(signal);
      if (!held.isLost()) return held;
      held.release('not-sent');
    }
  };
  return {
    acquire: (signal) =>
      queue.run(async () => {
        let held = await holdNow(signal);
        const token: ReleaseToken = (outcome) => held.release(outcome);
        token.depart = async (signal) => {
          if (!held.isLost()) return;
          held.release('not-sent');
          held = await queue.run(() => holdNow(signal), signal);
        };
        return token;
      }, signal),
    pauseFor: async (ms) => {
      own.notePause(ms);
      await abortable(redis.eval(PAUSE, 1, keys[2], ms), closing);
    },
  };
}

/**
 * KEYS: the lock. ARGV: our token, lease. Only the holder renews; a free lock (Redis was emptied) is acquired again.
 */
const KEEP_FLIGHT = `
local holder = redis.call('GET', KEYS[1])
if not holder or holder == ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`;

/** A lease that was renewed this long ago is asked for again before anything is paid, in milliseconds: the rest is for the call's way. */
const TRUSTED_MS = LEASE_MS - 1_000;

/** KEYS: the lock. ARGV: our token. */
const LAND = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** KEYS: the lock. ARGV: our token, lease. What older data says of another holder is over: we work. */
const TAKE_FLIGHT_BACK = `redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`;

/** What is done under the lock. */
type Work<T> = (flight: Flight) => Promise<T>;

/** One at a time per key over all machines; within this process Redis is asked only once. */
export function redisSingleFlight({ redis, closing }: SharedRedis, { prefix }: { prefix: string }): SingleFlight {
  const queues = new Map<string, SerialQueue>();
  const own = ownEntries<string>(
    { redis, closing },
    {
      key: `${prefix}own`,
      putBack: (locks) =>
        Promise.all(locks.map(([key, , token]) => redis.eval(TAKE_FLIGHT_BACK, 1, key, token, LEASE_MS))),
    },
  );
  const runLocked = async <T>(key: string, work: Work<T>, signal: AbortSignal | undefined): Promise<T> => {
    const token = crypto.randomUUID();
    let proven = startStopwatch();
    /** Another worker may have had the key since we acquired it. */
    let isLost = false;
    const tryAcquire = async () => {
      if ((await own.restore()) > 0) return false;
      proven = startStopwatch();
      const isAcquired = (await redis.set(key, token, 'PX', LEASE_MS, 'NX')) === 'OK';
      if (isAcquired) own.note(key, LEASE_MS, token);
      return isAcquired;
    };
    const undo = () => {
      own.note(key, 0, token);
      return redis.eval(LAND, 1, key, token);
    };
    while (!(await acquireOrUndo(tryAcquire(), undo, signal, closing))) await retryDelay(signal, closing);
    const renew = async () => {
      const begun = startStopwatch();
      own.note(key, LEASE_MS, token);
      // Redis carries them out in this order.
      const [found, , holder] = await Promise.all([
        redis.get(key),
        redis.eval(KEEP_FLIGHT, 1, key, token, LEASE_MS),
        redis.get(key),
      ]);
      // A lease that ran out and is free may have been another's in between.
      isLost ||= holder !== token || (found !== token && proven.ms() > LEASE_MS);
      if (!isLost) proven = begun;
    };
    const confirm = async () => {
      if (!isLost && proven.ms() > TRUSTED_MS) await abortable(renew(), signal, closing);
      if (isLost || proven.ms() > TRUSTED_MS)
        throw interrupted('paying for a step that another worker may have taken over');
    };
    const release = startRenewal({ renew, release: undo, closing });
    try {
      return await work({ confirm });
    } finally {
      await release();
    }
  };
  return {
    run: async (key, work, signal) => {
      const queue = queues.get(key) ?? openSerialQueue(closing);
      queues.set(key, queue);
      try {
        return await queue.run(() => runLocked(`${prefix}${key}`, work, signal), signal);
      } finally {
        if (queue.idle) queues.delete(key);
      }
    },
  };
}
