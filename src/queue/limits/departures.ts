/**
 * The last gate before a call under a limit by the minute is sent. Calls are let through at a distance (pace.ts), but what is done
 * between the permission and the call takes a different time for each: a handshake, a record in the store, a busy machine. So some
 * would leave together. Here each enters a window of the latest departures, and waits while that is full.
 *
 * The service only says that it may enforce such a pace, so nobody waits for long: an open session must not expire, and a Redis
 * that is away must not hold up calls that already have their place in the minute.
 */
import { withJoinedSignal } from '../../signals.ts';
import { openSerialQueue, sleep } from '../abortable.ts';
import { type AccountLimitRef, acquireOrUndo, LIMIT, NOW, type SharedRedis } from '../redis/leases-redis.ts';
import { DEPARTURE_GUARD, departureWindow } from './rate-limit.ts';

/** Waits until a call may be sent. Rejects with `interrupted` when the signal aborts. */
type Depart = (signal?: AbortSignal) => Promise<void>;

/** Longest wait, in milliseconds. */
const MOST_MS = 2_000;

/** Departures of one process; first come, first served. */
export function memoryDepartures(callsPerMinute: number, closing: AbortSignal): Depart {
  const { calls, windowMs } = departureWindow(callsPerMinute);
  /** When each leaves the window, earliest first. */
  const leaving: number[] = [];
  const waitMs = (): number => {
    const now = performance.now();
    while (leaving[0] !== undefined && leaving[0] <= now) leaving.shift();
    return leaving.length < calls ? 0 : (leaving[0] ?? now) - now;
  };
  return inTurn(closing, async (signal) => {
    for (let wait = waitMs(); wait > 0; wait = waitMs()) await sleep(Math.ceil(wait), signal, closing);
    leaving.push(performance.now() + windowMs);
  });
}

/**
 * KEYS: sorted set of departures by the time at which each leaves the window, limits of the account. ARGV: the call, name of the
 * limit, calls a minute where none is set, factor for clocks that differ, how long a call counts that does not say when it left.
 * Returns '0' when it may leave, otherwise the milliseconds until the next try.
 */
const LEAVE = `${NOW} ${LIMIT}
local inMinute = limit(KEYS[2], ARGV[2], ARGV[3])
local calls = math.max(1, math.floor(inMinute / 60))
local window = calls * math.min(60000 / inMinute, 1000) * ARGV[4]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= calls then
  return tostring(tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]) - now)
end
redis.call('ZADD', KEYS[1], now + window + ARGV[5], ARGV[1])
redis.call('PEXPIRE', KEYS[1], 60000)
return '0'`;

/** KEYS: the departures. ARGV: the call, what is left of the time that it counts. It has left now. */
const LEFT = `
local till = redis.call('ZSCORE', KEYS[1], ARGV[1])
if till then redis.call('ZADD', KEYS[1], till - ARGV[2], ARGV[1]) end`;

/** How long after its permission a call may leave, in milliseconds; it counts until it says that it has left. */
const HELD_MS = 1_000;
/** Longest wait until the next try, in milliseconds: whoever had a place may have left earlier than expected. */
const ASK_AGAIN_MS = 50;

/** Departures over all machines; the server's clock counts. First come, first served within one process. */
export function redisDepartures(
  { redis, closing }: SharedRedis,
  { key, callsPerMinute, limitRef }: { key: string; callsPerMinute: number; limitRef: AccountLimitRef },
): Depart {
  return inTurn(closing, async (signal) => {
    for (;;) {
      const call = crypto.randomUUID();
      const askedAtMs = performance.now();
      let waitMs = 0;
      const mayLeave = async () => {
        const settings = [call, limitRef.name, callsPerMinute, DEPARTURE_GUARD, HELD_MS];
        waitMs = Number(await redis.eval(LEAVE, 2, key, limitRef.key, ...settings));
        return waitMs <= 0;
      };
      const isNext = await acquireOrUndo(mayLeave(), () => redis.zrem(key, call), signal, closing);
      const lateMs = performance.now() - askedAtMs;
      if (isNext && lateMs < HELD_MS) {
        // The caller sends as soon as this resolves.
        setImmediate(() => {
          const leftMs = HELD_MS - (performance.now() - askedAtMs);
          if (leftMs > 0) redis.eval(LEFT, 1, key, call, Math.floor(leftMs)).catch(() => undefined);
        });
        return;
      }
      if (!isNext) await sleep(Math.ceil(Math.min(waitMs, ASK_AGAIN_MS)), signal, closing);
    }
  });
}

/** One after the other, each with its time limit. What Redis says against it does not hold up a call. */
function inTurn(closing: AbortSignal, enter: (signal: AbortSignal) => Promise<void>): Depart {
  const queue = openSerialQueue(closing);
  return async (signal) => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), MOST_MS);
    try {
      await withJoinedSignal([signal, limit.signal], (either) => queue.run(() => enter(either), either));
    } catch (error) {
      if (signal?.aborted || closing.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}
