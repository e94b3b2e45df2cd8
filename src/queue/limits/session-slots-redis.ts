/**
 * Sessions at once over all machines of an account, shared fairly.
 *
 * A holder keeps its session while it has work, so a later process would wait until the others' work ends. So a process
 * that waits with less than an equal share is registered in Redis. Of the waiting processes the one with the fewest
 * sessions is served first, then the one that waits longest. A process with more than its share releases a session;
 * where there are fewer sessions than processes, they take turns.
 */
import type { Semaphore } from '../../limits.ts';
import { openSerialQueue } from '../abortable.ts';
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

/** Interval in milliseconds at which a process with sessions checks whether to release one. */
const SHARE_MS = 500;
/**
 * A process that has not asked for this long, in milliseconds, no longer waits; waiting processes ask at least four
 * times a second.
 */
const SEEN_MS = 2_000;
/** After this long without any session a process gets one even if no other has more than its share, in milliseconds. */
const NO_SESSION_MS = 3_000;

/**
 * KEYS: sorted set of holders by the end of their lease, limits of the account, waiting processes by the start of their
 * wait, the same by their last request. ARGV: our process, name of the limit, most holders. A holder is its process, a
 * colon, a token.
 */
const COUNT = `${NOW} ${LIMIT}
local me, most = ARGV[1], limit(KEYS[2], ARGV[2], ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now - ${SEEN_MS})) do
  redis.call('ZREM', KEYS[3], gone)
  redis.call('ZREM', KEYS[4], gone)
end
local held, by, processes, waiting = 0, { [me] = 0 }, 1, {}
local function meet(process)
  if not by[process] then by[process] = 0; processes = processes + 1 end
end
for _, holder in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local process = string.match(holder, '^(.-):') or holder
  meet(process)
  by[process] = by[process] + 1
  held = held + 1
end
for _, process in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  meet(process)
  if process ~= me then waiting[#waiting + 1] = process end
end
local share = math.ceil(most / processes)
local function stopWaiting()
  redis.call('ZREM', KEYS[3], me)
  redis.call('ZREM', KEYS[4], me)
end`;

/** In addition ARGV: our token, lease. Returns 1 when acquired. */
const ACQUIRE = `${COUNT}
local mySince, ahead = tonumber(redis.call('ZSCORE', KEYS[3], me) or now), 0
for _, process in ipairs(waiting) do
  local since = tonumber(redis.call('ZSCORE', KEYS[3], process))
  if by[process] < by[me] or (by[process] == by[me] and since <= mySince) then ahead = ahead + 1 end
end
if most - held > ahead then
  stopWaiting()
  redis.call('ZADD', KEYS[1], now + ARGV[5], me .. ':' .. ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[5] * 4)
  return 1
end
if by[me] < share then
  redis.call('ZADD', KEYS[3], 'NX', now, me)
  redis.call('ZADD', KEYS[4], now, me)
  redis.call('PEXPIRE', KEYS[3], ARGV[5] * 4)
  redis.call('PEXPIRE', KEYS[4], ARGV[5] * 4)
else
  stopWaiting()
end
return 0`;

/**
 * Returns how many sessions we should release now. Each process that waits without any session is served by one process
 * only.
 */
const SHARE = `${COUNT}
if held > most then
  local largest = 0
  for _, count in pairs(by) do largest = math.max(largest, count) end
  if largest > share then return math.max(0, by[me] - share) end
  return math.min(held - most, by[me])
end
if #waiting == 0 or by[me] == 0 then return 0 end
if by[me] > share then return 1 end
for _, process in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now - ${NO_SESSION_MS})) do
  if by[process] == 0 then
    redis.call('ZADD', KEYS[3], now, process)
    return 1
  end
end
return 0`;

/** KEYS: holders. ARGV: holder, lease. Added again when it is missing: we have a session, so it must be counted. */
const KEEP = `${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 4)`;

/** A semaphore over all machines; each slot has a lease that is renewed while it is held. */
export function redisSemaphore(
  { redis, closing }: SharedRedis,
  { key, most, limitRef }: { key: string; most: number; limitRef: AccountLimitRef },
): Semaphore {
  const queue = openSerialQueue(closing);
  const process = crypto.randomUUID();
  const keys = [key, limitRef.key, `${key}:waiting`, `${key}:asked`] as const;
  const evalScript = (script: string, ...more: (string | number)[]) =>
    redis.eval(script, keys.length, ...keys, process, limitRef.name, most, ...more);
  const keep = (holder: string) => redis.eval(KEEP, 1, key, holder, LEASE_MS);
  const own = ownEntries<undefined>(
    { redis, closing },
    { key, putBack: (holders) => Promise.all(holders.map(([holder]) => keep(holder))) },
  );
  let freed = new AbortController();
  let held = 0;
  /** Requested releases whose sessions are still open. */
  let releasing = 0;
  let excess = 0;
  let notify = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  let isChecking = false;

  async function checkShare(): Promise<void> {
    // While Redis is unavailable requests would pile up and all be answered when it is back.
    if (isChecking) return;
    isChecking = true;
    try {
      const surplus = Number(await evalScript(SHARE));
      // All were released in the meantime: an outdated response must not close later sessions.
      if (timer === undefined) return;
      excess = Math.max(0, surplus - releasing);
      if (excess > 0) notify();
    } finally {
      isChecking = false;
    }
  }

  function count(by: 1 | -1): void {
    held += by;
    if (by === -1) releasing = Math.max(0, releasing - 1);
    if (held > 0 && !closing.aborted) timer ??= setInterval(() => void checkShare().catch(() => {}), SHARE_MS);
    else stopPolling();
  }

  function stopPolling(): void {
    clearInterval(timer);
    timer = undefined;
    excess = 0;
  }
  closing.addEventListener('abort', stopPolling, { once: true });

  return {
    acquire: (signal) =>
      queue.run(async () => {
        const token = crypto.randomUUID();
        const holder = `${process}:${token}`;
        const tryAcquire = async () => {
          if ((await own.restore()) > 0) return false;
          const isAcquired = (await evalScript(ACQUIRE, token, LEASE_MS)) === 1;
          if (isAcquired) own.note(holder, LEASE_MS, undefined);
          return isAcquired;
        };
        const undo = () => {
          own.note(holder, 0, undefined);
          return redis.zrem(key, holder);
        };
        while (!(await acquireOrUndo(tryAcquire(), undo, signal, closing))) {
          freed = new AbortController();
          await retryDelay(signal, closing, freed.signal);
        }
        count(1);
        const release = startRenewal({
          renew: () => {
            own.note(holder, LEASE_MS, undefined);
            return keep(holder);
          },
          release: async () => {
            await undo();
            // The next waiter in this process need not wait for its timer.
            freed.abort();
          },
          closing,
        });
        let mine = true;
        return () => {
          if (mine) count(-1);
          mine = false;
          return release();
        };
      }, signal),
    takeReleaseRequest: () => {
      if (excess <= 0) return false;
      excess -= 1;
      releasing += 1;
      return true;
    },
    onReleaseRequest: (listener) => {
      notify = listener;
    },
  };
}
