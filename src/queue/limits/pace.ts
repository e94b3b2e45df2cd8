/**
 * The pace of calls under a limit by the minute, in memory and in Redis: one after the other at a distance, never two at once to
 * make up for lost time; and what has become late is held up before it is sent (departures.ts). The limit itself is kept by a rate
 * limiter beside it.
 */
import type { RateLimiter, ReleaseToken } from '../../limits.ts';
import { abortable, openSerialQueue, sleep } from '../abortable.ts';
import { type AccountLimitRef, acquireOrUndo, LIMIT, NOW, type SharedRedis } from '../redis/leases-redis.ts';
import { memoryDepartures, redisDepartures } from './departures.ts';
import { pacedMs } from './rate-limit.ts';

/** A pace in memory; first come, first served. Its waits reject with `interrupted` when `closing` aborts. */
export function memoryPace(callsPerMinute: number, closing: AbortSignal): RateLimiter {
  const queue = openSerialQueue(closing);
  const token = tokenOf(memoryDepartures(callsPerMinute, closing));
  const distanceMs = pacedMs(callsPerMinute);
  let nextAt = 0;
  return {
    acquire: (signal) =>
      queue.run(async () => {
        // A timer may be early by a millisecond, and a pause may have begun in the meantime: check again after each wait.
        for (let wait = nextAt - performance.now(); wait > 0; wait = nextAt - performance.now())
          await sleep(Math.ceil(wait), signal, closing);
        nextAt = performance.now() + distanceMs;
        return token();
      }, signal),
    pauseFor: async (ms) => {
      nextAt = Math.max(nextAt, performance.now() + ms);
    },
  };
}

/**
 * KEYS: time of the next call, limits of the account. ARGV: name of the limit, calls a minute where none is set, longest
 * distance, factor for clocks that differ. Returns '0' when the call may go, otherwise the milliseconds until the next try.
 */
const NEXT_IN_PACE = `${NOW} ${LIMIT}
local calls = limit(KEYS[2], ARGV[1], ARGV[2])
local at = tonumber(redis.call('GET', KEYS[1]) or '0')
if at > now then return tostring(at - now) end
local distance = math.min(60000 / calls, tonumber(ARGV[3])) * ARGV[4]
redis.call('SET', KEYS[1], string.format('%.3f', now + distance), 'PX', math.ceil(distance) + 60000)
return '0'`;

/** KEYS: time of the next call. ARGV: milliseconds. A pause is only ever extended. */
const PAUSE_PACE = `${NOW}
local till = math.max(now + ARGV[1], tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.3f', till), 'PX', math.ceil(till - now) + 60000)`;

/** Longest wait until the next try, in milliseconds: a limit may have changed in the meantime. */
const ASK_AGAIN_MS = 1_000;

/** A pace over all machines; the server's clock counts. First come, first served within one process. */
export function redisPace(
  shared: SharedRedis,
  { key, callsPerMinute, limitRef }: { key: string; callsPerMinute: number; limitRef: AccountLimitRef },
): RateLimiter {
  const { redis, closing } = shared;
  const queue = openSerialQueue(closing);
  const token = tokenOf(redisDepartures(shared, { key: `${key}:departed`, callsPerMinute, limitRef }));
  // The distance of one call a minute is the longest one; of sixty, a second with the guard for clocks.
  const guard = pacedMs(60) / 1_000;
  return {
    acquire: (signal) =>
      queue.run(async () => {
        let waitMs = 0;
        const isNext = async () => {
          const settings = [limitRef.name, callsPerMinute, 1_000, guard];
          waitMs = Number(await redis.eval(NEXT_IN_PACE, 2, key, limitRef.key, ...settings));
          return waitMs <= 0;
        };
        // A place that is not used is lost: the next call goes one distance later.
        while (!(await acquireOrUndo(isNext(), async () => undefined, signal, closing)))
          await sleep(Math.ceil(Math.min(waitMs, ASK_AGAIN_MS)), signal, closing);
        return token();
      }, signal),
    pauseFor: async (ms) => {
      await abortable(redis.eval(PAUSE_PACE, 1, key, ms), closing);
    },
  };
}

/** Makes tokens that only departures need. */
function tokenOf(depart: NonNullable<ReleaseToken['depart']>): () => ReleaseToken {
  return () => {
    const token: ReleaseToken = () => undefined;
    token.depart = depart;
    return token;
  };
}
