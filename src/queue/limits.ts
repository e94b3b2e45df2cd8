/**
 * The account's limits (src/limits.ts), made twice behind one function: in memory when the queue is in this process, in
 * Redis when many machines share an account.
 */
import { createHash } from 'node:crypto';
import type { Gate, Purses, SingleFlight, Slots } from '../limits.ts';
import { MODELS } from '../models.ts';
import type { QueueConnection } from './connection.ts';
import { memoryGate, memorySingleFlight, memorySlots } from './limits-memory.ts';
import { redisGate, redisSingleFlight, redisSlots } from './limits-redis.ts';
import { memoryPurses, openPurses, redisPurses } from './purses.ts';

/** The limits of one account. */
export interface Limits {
  /** For every enrolment call: create, list and delete. */
  enrollGate: Gate;
  /** For every synthesis call of a model; a model without a published limit only obeys `pauseFor`. */
  callGate(model: string): Gate;
  /** Realtime sessions at once. */
  slots: Slots;
  singleFlight: SingleFlight;
  /** What runs may spend and have spent. */
  purses: Purses;
  /** Ends all waits with `interrupted` and stops all timers; leases that are still held run out by themselves. */
  close(): void;
}

/** What a gate keeps to. Times in milliseconds. */
export interface Pace {
  /** Most calls in any window; undefined for no such limit. */
  calls?: number;
  windowMs: number;
  /** Least time between two calls; 0 for none. */
  spacingMs: number;
  /** A granted call that leaves later than this must ask again, or it could land in a window that has no room for it. */
  staleMs: number;
}

/**
 * Opens the limits of an account.
 *
 * Limits that several machines set differently hold as each machine sets them; give all the same. In Redis the server's
 * clock counts, and waits go on when it is away for a while.
 */
export function openLimits(
  connection: Pick<QueueConnection, 'redis' | 'prefix'>,
  {
    account,
    enrollPerSecond,
    callsPerMinute = (model) => MODELS[model]?.callsPerMinute ?? null,
    sessionsAtOnce,
  }: {
    /** Any name of the account, the key too; only its hash leaves this process. */
    account: string;
    /** Enrolment calls in any second. */
    enrollPerSecond: number;
    /** Synthesis calls in any minute by model, null for no limit; default: src/models.ts. */
    callsPerMinute?: (model: string) => number | null;
    sessionsAtOnce: number;
  },
): Limits {
  const closing = new AbortController();
  const { redis } = connection;
  const id = createHash('sha256').update(account).digest('hex').slice(0, 16);
  // Not below the connection's prefix: queues are one for each store, the account is one for all.
  const place = (name: string) => `pipeline:limits:${id}:${name}`;
  const shared = redis === undefined ? undefined : { redis, closing: closing.signal };
  const gate = (name: string, pace: Pace): Gate =>
    shared === undefined ? memoryGate(pace, closing.signal) : redisGate(shared, { key: place(name), pace });

  const callGates = new Map<string, Gate>();
  return {
    enrollGate: gate('enroll', perSecond(enrollPerSecond)),
    callGate: (model) => {
      const made = callGates.get(model) ?? gate(`calls:${model}`, perMinute(callsPerMinute(model)));
      callGates.set(model, made);
      return made;
    },
    slots:
      shared === undefined
        ? memorySlots(sessionsAtOnce, closing.signal)
        : redisSlots(shared, { key: place('sessions'), most: sessionsAtOnce }),
    // Not by account: two accounts on one store want the same take once.
    singleFlight:
      shared === undefined
        ? memorySingleFlight(closing.signal)
        : redisSingleFlight(shared, { prefix: `${connection.prefix}:flight:` }),
    purses: openPurses(
      shared === undefined ? memoryPurses() : redisPurses(shared, { prefix: connection.prefix }),
      closing.signal,
    ),
    close: () => closing.abort(),
  };
}

/**
 * A limit by the second is kept by spacing: calls that left together a second ago may arrive late and meet the next ones,
 * evenly spaced calls can not. 14 % wider than needed: the eleventh call has 0.14 s of jitter to spare, and 8.7 a second go
 * through. With 10 % one call in a hundred was throttled while other programs kept the machine busy (npm run bench enrolment).
 */
function perSecond(calls: number): Pace {
  const spacingMs = (1_000 / calls) * 1.14;
  return { calls, windowMs: 1_000, spacingMs, staleMs: spacingMs / 2 };
}

/** A limit by the minute may be used up in a burst; a second of guard outlasts the jitter. */
function perMinute(calls: number | null): Pace {
  const windowMs = 61_000;
  return calls === null ? { windowMs, spacingMs: 0, staleMs: 500 } : { calls, windowMs, spacingMs: 0, staleMs: 500 };
}
