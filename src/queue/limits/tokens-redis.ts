/**
 * Tokens a minute over all machines of an account, in Redis. The server's clock counts. A take reserves its tokens before
 * it is sent; they leave the window one window after it has ended, or after its lease when its machine died.
 */
import type { TokenLimiter } from '../../limits.ts';
import { openSerialQueue, sleep } from '../abortable.ts';
import { ownEntries } from '../redis/emptied-redis.ts';
import { acquireOrUndo, LEASE_MS, NOW, type SharedRedis, startRenewal } from '../redis/leases-redis.ts';
import type { TokenRate } from './rate-limit.ts';

/** Removes what has left the window. KEYS: takes by the time at which each leaves, tokens of each. */
const EXPIRE = `
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do redis.call('HDEL', KEYS[2], gone) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)`;

/** Both keys live as long as a take can be in them. */
const KEEP_KEYS = (ms: string) => `
redis.call('PEXPIRE', KEYS[1], math.ceil(${ms}) + ${2 * LEASE_MS})
redis.call('PEXPIRE', KEYS[2], math.ceil(${ms}) + ${2 * LEASE_MS})`;

/**
 * KEYS: takes by the time at which each leaves, tokens of each. ARGV: our take, its tokens, most tokens, lease. Returns '0'
 * when reserved, otherwise the milliseconds until there may be room.
 */
const RESERVE = `${NOW} ${EXPIRE}
local wanted, most, used = tonumber(ARGV[2]), tonumber(ARGV[3]), 0
local takes = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local tokens = {}
for i = 1, #takes, 2 do
  tokens[i] = tonumber(redis.call('HGET', KEYS[2], takes[i]) or '0')
  used = used + tokens[i]
end
if used + wanted > most then
  for i = 1, #takes, 2 do
    used = used - tokens[i]
    if used + wanted <= most then return tostring(math.max(1, takes[i + 1] - now)) end
  end
end
redis.call('ZADD', KEYS[1], now + ARGV[4], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], wanted)
${KEEP_KEYS('ARGV[4]')}
return '0'`;

/** KEYS: as above. ARGV: our take, its tokens, milliseconds until it leaves. */
const KEEP = `${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
${KEEP_KEYS('ARGV[3]')}`;

/** KEYS: as above. ARGV: our take. */
const DROP = `redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])`;

/** Longest wait until the next try, in milliseconds: a take of another machine may have used less than it reserved. */
const ASK_AGAIN_MS = 1_000;

/** A limiter over all machines; first come, first served within one process. */
export function redisTokenLimiter(
  { redis, closing }: SharedRedis,
  { key, rate }: { key: string; rate: TokenRate },
): TokenLimiter {
  const queue = openSerialQueue(closing);
  const { tokens: most, windowMs } = rate;
  const keys = [key, `${key}:amounts`] as const;
  // A dead process may have sent its text at its last renewal, so the window is added to the lease.
  const leaseMs = windowMs + LEASE_MS;
  const keep = (take: string, ms: number, used: number) => redis.eval(KEEP, 2, ...keys, take, used, ms);
  const own = ownEntries<number>(
    { redis, closing },
    { key, putBack: (takes) => Promise.all(takes.map(([take, ms, used]) => keep(take, ms, used))) },
  );
  return {
    reserve: (tokens, signal) =>
      queue.run(async () => {
        const take = crypto.randomUUID();
        const wanted = Math.min(tokens, most);
        let waitMs = 0;
        const tryReserve = async () => {
          waitMs = await own.restore();
          if (waitMs > 0) return false;
          waitMs = Number(await redis.eval(RESERVE, 2, ...keys, take, wanted, most, leaseMs));
          if (waitMs <= 0) own.note(take, leaseMs, wanted);
          return waitMs <= 0;
        };
        const drop = () => {
          own.note(take, 0, 0);
          return redis.eval(DROP, 2, ...keys, take);
        };
        while (!(await acquireOrUndo(tryReserve(), drop, signal, closing)))
          await sleep(Math.ceil(Math.min(waitMs, ASK_AGAIN_MS)), signal, closing);
        let used = wanted;
        const keepFor = (ms: number) => {
          own.note(take, ms, used);
          return keep(take, ms, used);
        };
        const end = startRenewal({
          renew: () => keepFor(leaseMs),
          release: () => (used === 0 ? drop() : keepFor(windowMs)),
          closing,
        });
        let isSettled = false;
        return {
          settle(counted) {
            if (isSettled) return;
            isSettled = true;
            used = counted ?? wanted;
            void end();
          },
        };
      }, signal),
  };
}
