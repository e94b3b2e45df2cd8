/**
 * The limits of an account that many machines share, in Redis.
 *
 * The server's clock counts, so the machines' clocks do not matter. Within a process only the first in line asks Redis, so
 * a hundred waiting segments are one asker. Commands wait while Redis is away (the client reconnects by itself), hence
 * every wait here heals; abort signals end them all the same.
 */
import { setMaxListeners } from 'node:events';
import type { Redis } from 'ioredis';
import type { Gate, SingleFlight, Slots } from '../limits.ts';
import type { Pace } from './limits.ts';
import { abortable, type Line, openLine, sleep } from './waiting.ts';

/** The client and the end of all waits. */
export interface Shared {
  redis: Redis;
  closing: AbortSignal;
}

/** How long a lease outlives a holder that died, in milliseconds. */
const LEASE_MS = 15_000;
/** A held lease is renewed this often, in milliseconds; two renewals may fail. */
export const RENEW_MS = 5_000;
/** Least and most wait between two looks at something that is taken, in milliseconds. Chance keeps askers apart. */
const LOOK_MS = [100, 250] as const;
/** Longest wait for Redis when something is given back; the lease ends without us. */
const GIVE_BACK_MS = 1_000;

const NOW = `local t = redis.call('TIME'); local now = t[1] * 1000 + t[2] / 1000`;

/** The account's own limit, where one is set (src/queue/account-limits.ts), else what this process was opened with. */
const LIMIT = `local function limit(place, name, otherwise)
  return tonumber(redis.call('HGET', place, name) or otherwise)
end`;

/**
 * KEYS: sorted set of tokens by the time at which each is free again, time of the next call, paused-until, limits of the
 * account. ARGV: our token, most tokens (0: no limit), window, whether calls keep a distance, lease, name of the limit.
 * Answers '0' for go, or the milliseconds after which to ask again.
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

/** KEYS: the tokens. ARGV: our token, milliseconds until it is free, window. */
const FREE_AFTER = `${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[3]) + ${2 * LEASE_MS})`;

/** KEYS: paused-until. ARGV: milliseconds. A pause is only ever made longer. */
const PAUSE = `${NOW}
local till = math.max(now + ARGV[1], tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.3f', till), 'PX', math.ceil(till - now) + 60000)`;

/** Longest wait until a gate is asked again, in milliseconds: a limit may have been changed meanwhile. */
const ASK_AGAIN_MS = 1_000;

/** Where the limits of an account that were set while it runs are, and the name of one of them. */
export interface SetLimit {
  place: string;
  name: string;
}

/** A gate over all machines. Within one process first come, first through. */
export function redisGate(
  { redis, closing }: Shared,
  { key, pace, set }: { key: string; pace: Pace; set: SetLimit },
): Gate {
  const line = openLine(closing);
  const { calls = 0, windowMs, spacingMs } = pace;
  const keys = [key, `${key}:next`, `${key}:paused`, set.place] as const;
  return {
    pass: (signal) =>
      line.take(async () => {
        const token = crypto.randomUUID();
        // Whoever dies may have sent its call at its last sign of life, so the window comes on top.
        const leaseMs = windowMs + LEASE_MS;
        let waitMs = 0;
        const take = async () => {
          const settings = [token, calls, windowMs, spacingMs > 0 ? 1 : 0, leaseMs, set.name];
          waitMs = Number(await redis.eval(PASS, keys.length, ...keys, ...settings));
          return waitMs <= 0;
        };
        const give = () => redis.zrem(key, token);
        while (!(await held(take(), give, signal, closing))) {
          await sleep(Math.ceil(Math.min(waitMs, ASK_AGAIN_MS)), signal, closing);
        }
        const freeAfter = (ms: number) => redis.eval(FREE_AFTER, 1, key, token, ms, windowMs);
        const counted = renewed({
          renew: () => freeAfter(leaseMs),
          giveBack: () => freeAfter(windowMs),
          closing,
        });
        return () => void counted();
      }, signal),
    pauseFor: async (ms) => {
      await abortable(redis.eval(PAUSE, 1, keys[2], ms), closing);
    },
  };
}

/**
 * KEYS: sorted set of holders by the end of their lease, limits of the account. ARGV: our token, lease, most holders, name
 * of the limit. Answers 1 when we hold.
 */
const ACQUIRE = `${NOW} ${LIMIT}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= limit(KEYS[2], ARGV[4], ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 4)
return 1`;

/**
 * KEYS, ARGV: as above. Added anew when it is gone: we do hold a session, so it must be counted. Answers how many more are
 * held than may be.
 */
const KEEP = `${NOW} ${LIMIT}
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 4)
return redis.call('ZCARD', KEYS[1]) - limit(KEYS[2], ARGV[4], ARGV[3])`;

/** Slots over all machines, each with a lease that is renewed while it is held. */
export function redisSlots(
  { redis, closing }: Shared,
  { key, most, set }: { key: string; most: number; set: SetLimit },
): Slots {
  const line = openLine(closing);
  let tooMany = 0;
  let freed = new AbortController();
  return {
    acquire: (signal) =>
      line.take(async () => {
        const token = crypto.randomUUID();
        const ask = (script: string) => redis.eval(script, 2, key, set.place, token, LEASE_MS, most, set.name);
        const take = async () => (await ask(ACQUIRE)) === 1;
        const give = () => redis.zrem(key, token);
        while (!(await held(take(), give, signal, closing))) {
          freed = new AbortController();
          await pauseBeforeLooking(signal, closing, freed.signal);
        }
        return renewed({
          renew: async () => {
            tooMany = Number(await ask(KEEP));
          },
          giveBack: async () => {
            await give();
            // The next one in this process need not wait for its timer.
            freed.abort();
          },
          closing,
        });
      }, signal),
    hasTooMany: () => {
      if (tooMany <= 0) return false;
      tooMany -= 1;
      return true;
    },
  };
}

/** KEYS: the flight. ARGV: our token, lease. Only the holder renews; when it is free again (Redis was emptied) we take it back. */
const KEEP_FLIGHT = `
local holder = redis.call('GET', KEYS[1])
if not holder or holder == ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`;

/** KEYS: the flight. ARGV: our token. */
const LAND = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** One at a time per key over all machines; within this process without asking Redis twice. */
export function redisSingleFlight({ redis, closing }: Shared, { prefix }: { prefix: string }): SingleFlight {
  const lines = new Map<string, Line>();
  const fly = async <T>(key: string, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    const token = crypto.randomUUID();
    const take = async () => (await redis.set(key, token, 'PX', LEASE_MS, 'NX')) === 'OK';
    const give = () => redis.eval(LAND, 1, key, token);
    while (!(await held(take(), give, signal, closing))) await pauseBeforeLooking(signal, closing);
    const land = renewed({ renew: () => redis.eval(KEEP_FLIGHT, 1, key, token, LEASE_MS), giveBack: give, closing });
    try {
      return await work();
    } finally {
      await land();
    }
  };
  return {
    run: async (key, work, signal) => {
      const line = lines.get(key) ?? openLine(closing);
      lines.set(key, line);
      try {
        return await line.take(() => fly(`${prefix}${key}`, work, signal), signal);
      } finally {
        if (line.idle) lines.delete(key);
      }
    },
  };
}

/** Whether it was taken. When the wait for the answer is aborted and the answer comes later, what was taken is given back. */
async function held(
  taken: Promise<boolean>,
  give: () => Promise<unknown>,
  ...signals: (AbortSignal | undefined)[]
): Promise<boolean> {
  try {
    return await abortable(taken, ...signals);
  } catch (error) {
    taken.then((was) => (was ? give() : undefined)).catch(() => {});
    throw error;
  }
}

/** Waits a moment; `early` ends it sooner. */
async function pauseBeforeLooking(
  signal: AbortSignal | undefined,
  closing: AbortSignal,
  early?: AbortSignal,
): Promise<void> {
  const [least, most] = LOOK_MS;
  const wait = sleep(least + Math.random() * (most - least), signal, closing, early);
  await wait.catch((error: unknown) => {
    if (!early?.aborted || signal?.aborted || closing.aborted) throw error;
  });
}

/** Keeps a lease until the returned function is called (twice does no harm) or the limits are closed. */
function renewed({
  renew,
  giveBack,
  closing,
}: {
  renew: () => Promise<unknown>;
  giveBack: () => Promise<unknown>;
  closing: AbortSignal;
}): () => Promise<void> {
  const timer = setInterval(() => void renew().catch(() => {}), RENEW_MS);
  const stop = (): void => clearInterval(timer);
  setMaxListeners(0, closing);
  closing.addEventListener('abort', stop, { once: true });
  let given: Promise<void> | undefined;
  return () => {
    given ??= (async () => {
      stop();
      closing.removeEventListener('abort', stop);
      const patience = new AbortController();
      const late = setTimeout(() => patience.abort(), GIVE_BACK_MS);
      await abortable(giveBack(), patience.signal).catch(() => {});
      clearTimeout(late);
    })();
    return given;
  };
}
