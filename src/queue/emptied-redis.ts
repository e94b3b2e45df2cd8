/**
 * A limit survives an emptied Redis (FLUSHALL, a restart without its data): every process knows its own calls and puts
 * them back.
 *
 * A mark in Redis, which every process remembers, shows that Redis was emptied: it is gone, or another one is there. No
 * clocks are compared: a call is put back with the time that it still counts, by the monotonic clock of its process.
 */
import { randomUUID } from 'node:crypto';
import { NOW, type SharedRedis } from './leases-redis.ts';

/** Whoever finds another mark lets no call through for so long, in milliseconds: calls are put back meanwhile. */
const SETTLE_MS = 1_500;
/** Interval at which a process with calls in the window looks for the mark, in milliseconds. */
const LOOK_MS = 1_000;
/** How long the mark outlives the last call, in milliseconds. */
const MARK_TTL_MS = 24 * 3_600_000;

/**
 * KEYS: the mark, paused-until. ARGV: the mark that we know ('' for none), a new one, its time to live, how long to pause
 * when it is another one. Returns the mark.
 */
const LOOK = `${NOW}
local found = redis.call('GET', KEYS[1])
if found then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
else
  found = ARGV[2]
  redis.call('SET', KEYS[1], found, 'PX', ARGV[3])
end
if ARGV[1] ~= '' and found ~= ARGV[1] then
  local till = math.max(now + ARGV[4], tonumber(redis.call('GET', KEYS[2]) or '0'))
  redis.call('SET', KEYS[2], string.format('%.3f', till), 'PX', math.ceil(till - now) + 60000)
end
return found`;

/** KEYS: tokens. ARGV: time to live of the tokens, then pairs of milliseconds and token. */
const RESTORE = `${NOW}
for i = 2, #ARGV, 2 do redis.call('ZADD', KEYS[1], now + ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])`;

/** The calls of this process within one limit. */
export interface OwnCalls {
  /** Puts them back if Redis was emptied. Send it before each question for a token. */
  restore(): Promise<void>;
  /** The token counts for so many milliseconds from now. */
  note(token: string, ms: number): void;
  /** No call is let through for so many milliseconds from now. */
  notePause(ms: number): void;
}

/** Keeps the calls of one limiter; `ttlMs` is the time to live of its tokens. */
export function ownCalls(
  { redis, closing }: SharedRedis,
  { key, pausedKey, ttlMs }: { key: string; pausedKey: string; ttlMs: number },
): OwnCalls {
  const leavingAt = new Map<string, number>();
  let pausedUntil = 0;
  let mark = '';
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  closing.addEventListener('abort', stop, { once: true });

  async function restore(): Promise<void> {
    const now = performance.now();
    for (const [token, at] of leavingAt) if (at <= now) leavingAt.delete(token);
    const known = mark;
    const pauseMs = Math.max(SETTLE_MS, Math.ceil(pausedUntil - now));
    const found = await redis.eval(LOOK, 2, `${key}:mark`, pausedKey, known, randomUUID(), MARK_TTL_MS, pauseMs);
    const calls = [...leavingAt].flatMap(([token, at]) => [Math.ceil(at - now), token]);
    if (known !== '' && found !== known && calls.length > 0) await redis.eval(RESTORE, 1, key, ttlMs, ...calls);
    mark = String(found);
  }
  function look(): void {
    if (leavingAt.size === 0) stop();
    else restore().catch(() => undefined);
  }
  return {
    restore,
    note: (token, ms) => {
      leavingAt.set(token, performance.now() + ms);
      if (!closing.aborted) timer ??= setInterval(look, LOOK_MS).unref();
    },
    notePause: (ms) => {
      pausedUntil = Math.max(pausedUntil, performance.now() + ms);
    },
  };
}
