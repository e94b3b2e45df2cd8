/**
 * Judges the holders of locks, claims and leases: the one place that decides whether a holder is dead.
 *
 * No clock of another machine and no time of a file is compared with a clock. A process of this machine that provably ended is
 * dead at once, and one that provably runs is never dead, even if it is suspended. Any other holder is dead when its heartbeat
 * has not changed for as long as it promised to beat, by this process's own monotonic clock.
 */
import type { Holder } from './holder.ts';
import { stateOf } from './process-identity.ts';

/** Timings of a hold; only tests change them. All in milliseconds. */
export interface HoldTimes {
  /** Time between two heartbeats. */
  beatMs: number;
  /** This process, as a holder, is dead when its heartbeat has not changed for this long. Written into what it holds. */
  staleMs: number;
  /** The same for holders that do not say it: those of earlier versions. Default: `staleMs`. */
  strangersMs?: number;
}

/** What an observer sees of a holder. */
export interface Sight {
  isDead: boolean;
  /** How long its heartbeat has been unchanged under observation, in milliseconds. */
  silentMs: number;
}

/**
 * Two looks that are further apart count as this share of the limit: an observer that slept, perhaps together with the holder,
 * gives it time for its next heartbeats.
 */
const LARGEST_STEP = 1 / 4;

/** Nobody is waited for longer than this, in milliseconds, whatever a file says. */
const LONGEST_PROMISE_MS = 10 * 60_000;

/** One observer; remembers the heartbeats that it has seen. */
export class Observer {
  readonly #strangersMs: number;
  readonly #now: () => number;
  readonly #seen = new Map<string, { beat: string; silentMs: number; lookedAtMs: number }>();

  constructor(
    { staleMs, strangersMs = staleMs }: Omit<HoldTimes, 'beatMs'>,
    now: () => number = () => performance.now(),
  ) {
    this.#strangersMs = strangersMs;
    this.#now = now;
  }

  /**
   * Looks at what `name` is held by. `beat`: any text that changes with each heartbeat. `holder`: undefined when the content
   * does not say, as while it is being written.
   */
  look(name: string, beat: string, holder: Holder | undefined): Sight {
    const lookedAtMs = this.#now();
    const limitMs = Math.min(holder?.deadAfterMs ?? this.#strangersMs, LONGEST_PROMISE_MS);
    const before = this.#seen.get(name);
    const isSame = before?.beat === beat;
    const step = isSame ? Math.min(lookedAtMs - before.lookedAtMs, limitMs * LARGEST_STEP) : 0;
    const silentMs = isSame ? before.silentMs + step : 0;
    this.#seen.set(name, { beat, silentMs, lookedAtMs });
    const state = holder === undefined ? 'unknown' : stateOf(holder);
    return { isDead: state === 'gone' || (state === 'unknown' && silentMs > limitMs), silentMs };
  }

  /** Forgets what it has seen of `name`. */
  forget(name: string): void {
    this.#seen.delete(name);
  }
}
