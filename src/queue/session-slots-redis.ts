/**
 * Sessions at once over all machines of an account, shared fairly.
 *
 * Who holds a session keeps it while it has work, so whoever comes later would wait until the others' work ends. Hence a
 * process that waits with less than an equal share is known to all: of those who want one, who has fewest gets it, then who
 * waits longest; who has more than a share gives one back; and where there are fewer sessions than processes they go round.
 */
import type { Semaphore } from '../limits.ts';
import { openSerialQueue } from './abortable.ts';
import {
  type AccountLimitRef,
  acquireOrUndo,
  LEASE_MS,
  LIMIT,
  NOW,
  retryDelay,
  type SharedRedis,
  startRenewal,
} from './leases-redis.ts';

/** A process that holds some asks this often whether it should give one back, in milliseconds. */
const SHARE_MS = 500;
/** Who has not asked for so long does not wait any more, in milliseconds; askers come four times a second at least. */
const SEEN_MS = 2_000;
/** After so long without any session a process gets one even where nobody has more than a share, in milliseconds. */
const NO_SESSION_MS = 3_000;

/**
 * KEYS: sorted set of holders by the end of their lease, limits of the account, processes that wait by when they began to, the
 * same by when they last asked. ARGV: our process, name of the limit, most holders. A holder is its process, a colon, a token.
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

/** And ARGV: our token, lease. Answers 1 when we hold. */
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

/** Answers how many we should give back now. Of those who wait without any session, each is served by one process only. */
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

/** KEYS: holders. ARGV: holder, lease. Added anew when it is gone: we do hold a session, so it must be counted. */
const KEEP = `${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 4)`;

/** Slots over all machines, each with a lease that is renewed while it is held. */
export function redisSemaphore(
  { redis, closing }: SharedRedis,
  { key, most, limitRef }: { key: string; most: number; limitRef: AccountLimitRef },
): Semaphore {
  const queue = openSerialQueue(closing);
  const process = crypto.randomUUID();
  const keys = [key, limitRef.key, `${key}:waiting`, `${key}:asked`] as const;
  const evalScript = (script: string, ...more: (string | number)[]) =>
    redis.eval(script, keys.length, ...keys, process, limitRef.name, most, ...more);
  let freed = new AbortController();
  let held = 0;
  /** Sessions that somebody was told to end and that are still held. */
  let releasing = 0;
  let excess = 0;
  let notify = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  let isChecking = false;

  async function checkShare(): Promise<void> {
    // While Redis is away questions would pile up, all to be answered when it is back.
    if (isChecking) return;
    isChecking = true;
    try {
      const surplus = Number(await evalScript(SHARE));
      // Given back meanwhile: an old answer must not end what comes next.
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
        const tryAcquire = async () => (await evalScript(ACQUIRE, token, LEASE_MS)) === 1;
        const undo = () => redis.zrem(key, holder);
        while (!(await acquireOrUndo(tryAcquire(), undo, signal, closing))) {
          freed = new AbortController();
          await retryDelay(signal, closing, freed.signal);
        }
        count(1);
        const release = startRenewal({
          renew: () => redis.eval(KEEP, 1, key, holder, LEASE_MS),
          release: async () => {
            await undo();
            // The next one in this process need not wait for its timer.
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
