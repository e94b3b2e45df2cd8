/** Tokens a minute that only this process uses. */
import type { TokenLimiter } from '../../limits.ts';
import { abortable, openSerialQueue, sleep } from '../abortable.ts';
import type { Counted } from './limits-memory.ts';
import type { TokenRate } from './rate-limit.ts';

interface Entry {
  tokens: number;
  /** When it leaves the window; infinite while the text is being spoken. */
  untilMs: number;
}

/** A limiter in memory; first come, first served. Its waits reject with `interrupted` when `closing` aborts. */
export function memoryTokenLimiter(
  { tokens: most, windowMs }: TokenRate,
  closing: AbortSignal,
): TokenLimiter & Counted {
  const queue = openSerialQueue(closing);
  const entries = new Set<Entry>();
  let onChange = (): void => {};

  /** 0 when there is room; otherwise milliseconds, infinite while only spoken texts can make room. */
  function waitMs(wanted: number, now: number): number {
    for (const entry of entries) if (entry.untilMs <= now) entries.delete(entry);
    let used = [...entries].reduce((sum, { tokens }) => sum + tokens, 0);
    if (used + wanted <= most) return 0;
    for (const { tokens, untilMs } of [...entries].sort((a, b) => a.untilMs - b.untilMs)) {
      used -= tokens;
      if (used + wanted <= most) return untilMs - now;
    }
    return Number.POSITIVE_INFINITY;
  }

  return {
    used: () => {
      const now = performance.now();
      return [...entries].reduce((sum, { tokens, untilMs }) => sum + (untilMs > now ? tokens : 0), 0);
    },
    reserve: (tokens, signal) =>
      queue.run(async () => {
        const wanted = Math.min(tokens, most);
        for (;;) {
          const wait = waitMs(wanted, performance.now());
          if (wait <= 0) break;
          const changed = new Promise<void>((resolve) => {
            onChange = resolve;
          });
          // A settled take may have used less than it had reserved.
          const waits = Number.isFinite(wait) ? [changed, sleep(Math.ceil(wait), signal, closing)] : [changed];
          await abortable(Promise.race(waits), signal, closing);
        }
        const entry: Entry = { tokens: wanted, untilMs: Number.POSITIVE_INFINITY };
        entries.add(entry);
        return {
          settle(used) {
            if (entry.untilMs !== Number.POSITIVE_INFINITY) return;
            entry.tokens = used ?? entry.tokens;
            entry.untilMs = performance.now() + (used === 0 ? 0 : windowMs);
            onChange();
          },
        };
      }, signal),
  };
}
