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
const RENEW_MS = 5_000;
/** Least and most wait between two looks at something that is taken, in milliseconds. Chance keeps askers apart. */
const LOOK_MS = [100, 250] as const;
/** Longest wait for Redis when something is given back; the lease ends without us. */
const GIVE_BACK_MS = 1_000;

const NOW = `local t = redis.call('TIME'); local now = t[1] * 1000 + t[2] / 1000`;

/**
 * KEYS: list of granted times (newest first), paused-until, ARGV: calls in a window (0: no limit), window, spacing,
 * staleness, ticket ('' for none). Answers {'0'} for go, or {wait, ticket}: come back with the ticket after `wait`
 * milliseconds. A ticket is a reserved time; it is void when a pause came over it or its time is long past.
 */
const PASS = `${NOW}
local calls, window, spacing, stale = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local paused = tonumber(redis.call('GET', KEYS[2]) or '0')
local ticket = tonumber(ARGV[5])
if ticket and ticket >= paused then
  if ticket > now then return {tostring(ticket - now), ARGV[5]} end
  if now - ticket <= stale then return {'0'} end
end
local at = math.max(now, paused)
local last = redis.call('LINDEX', KEYS[1], 0)
if last then at = math.max(at, last + spacing) end
if calls > 0 then
  local oldest = redis.call('LINDEX', KEYS[1], calls - 1)
  if oldest then at = math.max(at, oldest + window) end
end
local text = string.format('%.3f', at)
redis.call('LPUSH', KEYS[1], text)
redis.call('LTRIM', KEYS[1], 0, math.max(calls, 1) - 1)
redis.call('PEXPIRE', KEYS[1], math.ceil(at - now + window + spacing) + 1000)
if at <= now then return {'0'} end
return {tostring(at - now), text}`;

/** KEYS: paused-until. ARGV: milliseconds. A pause is only ever made longer. */
const PAUSE = `${NOW}
local till = math.max(now + ARGV[1], tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.3f', till), 'PX', math.ceil(till - now) + 60000)`;

/** A gate over all machines. Within one process first come, first through. */
export function redisGate({ redis, closing }: Shared, { key, pace }: { key: string; pace: Pace }): Gate {
  const line = openLine(closing);
  const keys = [key, `${key}:paused`] as const;
  const ask = async (ticket: string): Promise<{ waitMs: number; ticket: string }> => {
    const { calls = 0, windowMs, spacingMs, staleMs } = pace;
    const answer = await redis.eval(PASS, 2, ...keys, calls, windowMs, spacingMs, staleMs, ticket);
    const [waitMs, next] = asStrings(answer);
    return { waitMs: Number(waitMs), ticket: next ?? '' };
  };
  return {
    pass: (signal) =>
      line.take(async () => {
        for (let next = await abortable(ask(''), signal, closing); next.waitMs > 0; ) {
          await sleep(Math.ceil(next.waitMs), signal, closing);
          next = await abortable(ask(next.ticket), signal, closing);
        }
      }, signal),
    pauseFor: async (ms) => {
      await abortable(redis.eval(PAUSE, 1, keys[1], ms), closing);
    },
  };
}

/** KEYS: sorted set of holders by the end of their lease. ARGV: most holders, our token, lease. Answers 1 when we hold. */
const ACQUIRE = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3] * 4)
return 1`;

/** KEYS: as above. ARGV: our token, lease. Added anew when it is gone: we do hold a session, so it must be counted. */
const KEEP = `${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 4)`;

/** Slots over all machines, each with a lease that is renewed while it is held. */
export function redisSlots({ redis, closing }: Shared, { key, most }: { key: string; most: number }): Slots {
  const line = openLine(closing);
  let freed = new AbortController();
  return {
    acquire: (signal) =>
      line.take(async () => {
        const token = crypto.randomUUID();
        const take = async () => (await redis.eval(ACQUIRE, 1, key, most, token, LEASE_MS)) === 1;
        const give = () => redis.zrem(key, token);
        while (!(await held(take(), give, signal, closing))) {
          freed = new AbortController();
          await pauseBeforeLooking(signal, closing, freed.signal);
        }
        return renewed({
          renew: () => redis.eval(KEEP, 1, key, token, LEASE_MS),
          giveBack: async () => {
            await give();
            // The next one in this process need not wait for its timer.
            freed.abort();
          },
          closing,
        });
      }, signal),
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

function asStrings(answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.map(String);
  throw new Error('Internal error: a Redis script answered no list');
}
