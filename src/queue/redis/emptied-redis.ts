/**
 * A limit survives a Redis that has lost data (FLUSHALL, a restart without its data or with older data, a replica that
 * lagged behind): every process knows its own calls and puts them back.
 *
 * A mark in Redis, which every process remembers together with the process of Redis that it was found in, shows that data may
 * be lost: it is gone, or another one is there, or Redis has started again. No clocks are compared: a call is put back with
 * the time that it still counts, by the monotonic clock of its process.
 */
import { randomUUID } from 'node:crypto';
import { NOW, type SharedRedis } from './leases-redis.ts';

/** Whoever finds another mark lets no call through for so long, in milliseconds: calls are put back meanwhile. */
const SETTLE_MS = 1_500;
/** The same for whoever finds that Redis has started again: others may find their way back up to 2 s later. */
const RESTARTED_MS = 4_000;
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

/**
 * KEYS: paused-until. ARGV: the process of Redis that we know ('' for none), how long to pause when it is another one.
 * Returns the process, and the milliseconds until the pause ends.
 */
const LOOK_AT_SERVER = `${NOW}
local info = redis.pcall('INFO', 'server')
local server = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
local till = tonumber(redis.call('GET', KEYS[1]) or '0')
if ARGV[1] ~= '' and server ~= ARGV[1] then
  till = math.max(now + ARGV[2], till)
  redis.call('SET', KEYS[1], string.format('%.3f', till), 'PX', math.ceil(till - now) + 60000)
end
return { server, math.ceil(math.max(0, till - now)) }`;

/** What this process has in Redis under one limit: the calls of a window, or sessions. */
export interface OwnEntries<Value> {
  /**
   * Puts them back if Redis may have lost them. Send it before each question for another one. Returns for how many
   * milliseconds nothing may be let through.
   */
  restore(): Promise<number>;
  /** The entry counts for so many milliseconds from now; 0: no longer. */
  note(name: string, ms: number, value: Value): void;
  /** Nothing is let through for so many milliseconds from now. */
  notePause(ms: number): void;
}

/** An entry that is put back: its name, the milliseconds that it still counts, and what else it needs. */
export type OwnEntry<Value> = readonly [name: string, ms: number, value: Value];

/** Keeps the entries of one limiter, whose keys in Redis begin with `key`. `putBack` writes them again, also if they are there. */
export function ownEntries<Value>(
  { redis, closing }: SharedRedis,
  of: { key: string; putBack: (entries: readonly OwnEntry<Value>[]) => Promise<unknown> },
): OwnEntries<Value> {
  const { key, putBack } = of;
  const entries = new Map<string, { leavingAt: number; value: Value }>();
  let pausedUntil = 0;
  let known = { mark: '', server: '' };
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  closing.addEventListener('abort', stop, { once: true });

  async function restore(): Promise<number> {
    const now = performance.now();
    for (const [name, { leavingAt }] of entries) if (leavingAt <= now) entries.delete(name);
    const before = known;
    const restMsOf = (ms: number): number => Math.max(ms, Math.ceil(pausedUntil - now));
    // Both are sent at once, and what the caller sends comes after them.
    const [mark, [server, restMs]] = (await Promise.all([
      redis.eval(LOOK, 2, `${key}:mark`, `${key}:paused`, before.mark, randomUUID(), MARK_TTL_MS, restMsOf(SETTLE_MS)),
      redis.eval(LOOK_AT_SERVER, 1, `${key}:paused`, before.server, restMsOf(RESTARTED_MS)),
    ])) as [string, [string, number]];
    const isOther = before.mark !== '' && (mark !== before.mark || server !== before.server);
    if (isOther && entries.size > 0) await putBack(remaining());
    known = { mark, server };
    return Number(restMs);
  }
  const remaining = (): OwnEntry<Value>[] => {
    const now = performance.now();
    return [...entries].map(([name, { leavingAt, value }]) => [name, Math.ceil(leavingAt - now), value]);
  };
  function look(): void {
    if (entries.size === 0) stop();
    else restore().catch(() => undefined);
  }
  return {
    restore,
    note: (name, ms, value) => {
      if (ms <= 0) {
        entries.delete(name);
        return;
      }
      entries.set(name, { leavingAt: performance.now() + ms, value });
      if (!closing.aborted) timer ??= setInterval(look, LOOK_MS).unref();
    },
    notePause: (ms) => {
      pausedUntil = Math.max(pausedUntil, performance.now() + ms);
    },
  };
}
