/**
 * Implements the account's limits (src/limits.ts) twice behind one function: in memory for a queue in this process, in
 * Redis for many machines that share an account.
 */
import type { Budgets, RateLimiter, Semaphore, SingleFlight, TokenLimiter } from '../../limits.ts';
import type { EnrolmentTerms } from '../../models/model.ts';
import { enrolmentCallsPerMinute, enrolmentCallsPerSecond, MODELS } from '../../models.ts';
import { openBudgets } from '../budgets/budgets.ts';
import { memoryBudgets } from '../budgets/budgets-memory.ts';
import { redisBudgets } from '../budgets/budgets-redis.ts';
import type { QueueConnection } from '../redis/connection.ts';
import { type AccountLimit, limitsKey } from './account-limits.ts';
import { joinLimiters } from './joined-limiter.ts';
import type { LimitUse } from './limit-use.ts';
import { type Counted, memoryRateLimiter, memorySemaphore, memorySingleFlight } from './limits-memory.ts';
import { redisRateLimiter, redisSingleFlight } from './limits-redis.ts';
import { memoryPace, redisPace } from './pace.ts';
import { perMinute, perSecond, type RateLimit, tokensPerMinute } from './rate-limit.ts';
import { redisSemaphore } from './session-slots-redis.ts';
import { memoryTokenLimiter } from './tokens-memory.ts';
import { redisTokenLimiter } from './tokens-redis.ts';

/** The limits of one account. */
export interface Limits {
  /** For every enrolment call (create, list, query, delete) of one enrolment service. */
  enrollLimiter(service: EnrolmentTerms['service']): RateLimiter;
  /** For every synthesis call of a model; for a model without a published limit only `pauseFor` matters. */
  callLimiter(model: string): RateLimiter;
  /** For the tokens of every take of a model; undefined for a model without a known limit, which never waits. */
  tokenLimiter(model: string): TokenLimiter | undefined;
  /** Realtime sessions at once. */
  sessionSlots: Semaphore;
  singleFlight: SingleFlight;
  /** How much of the limits this process uses alone; undefined where they are shared through Redis (limit-use.ts). */
  use(): LimitUse[] | undefined;
  /** What runs may spend and have spent. */
  budgets: Budgets;
  /** Ends all waits with `interrupted` and stops all timers; open leases expire. */
  close(): void;
}

/** Limits that can be set in Redis, and those that only the table of models has. */
type AnyLimit = AccountLimit | 'callsPerSecond' | 'enrolmentsPerMinute';

/**
 * Opens the limits of an account.
 *
 * A limit that is set in Redis for the account (account-limits.ts) holds for all machines at once; the values given
 * here hold where none is set. In Redis the server's clock counts, and waits continue while it is unavailable for a
 * short time.
 */
export function openLimits(
  connection: Pick<QueueConnection, 'redis' | 'prefix'>,
  {
    account,
    enrollPerSecond,
    enrollPerMinute = enrolmentCallsPerMinute,
    callsPerMinute = (model) => MODELS[model]?.callsPerMinute ?? null,
    callsPerSecond = (model) => MODELS[model]?.callsPerSecond ?? null,
    tokensPerMinute: tokensOf = (model) => MODELS[model]?.tokensPerMinute ?? null,
    sessionsAtOnce,
  }: {
    /** Any name of the account, even the key; only its hash leaves this process. */
    account: string;
    /** Enrolment calls in any one second; default: src/models.ts. */
    enrollPerSecond?: number;
    /** The same in any minute by service, null for no limit; default: src/models.ts. */
    enrollPerMinute?: (service: EnrolmentTerms['service']) => number | null;
    /** Synthesis calls in any minute by model, null for no limit; default: src/models.ts. */
    callsPerMinute?: (model: string) => number | null;
    /** The same for any one second. */
    callsPerSecond?: (model: string) => number | null;
    /** Tokens in any minute by model, null for no limit; default: src/models.ts. */
    tokensPerMinute?: (model: string) => number | null;
    sessionsAtOnce: number;
  },
): Limits {
  const closing = new AbortController();
  const { redis } = connection;
  const keyOf = (name: string) => limitsKey(account, name);
  const limitRef = (name: AnyLimit) => ({ key: keyOf('set'), name });
  const shared = redis === undefined ? undefined : { redis, closing: closing.signal };
  const gauges: (() => LimitUse)[] = [];
  const counted = <T extends Counted>(limiter: T, of: Omit<LimitUse, 'used'>): T => {
    gauges.push(() => ({ ...of, used: limiter.used() }));
    return limiter;
  };
  const rateLimiter = (name: string, limit: AnyLimit, pace: RateLimit): RateLimiter & Partial<Counted> =>
    shared === undefined
      ? memoryRateLimiter(pace, closing.signal)
      : redisRateLimiter(shared, { key: keyOf(`${name}:tokens`), rate: pace, limitRef: limitRef(limit) });

  const paceOf = (model: string, callsPerMinute: number): RateLimiter =>
    shared === undefined
      ? memoryPace(callsPerMinute, closing.signal)
      : redisPace(shared, { key: keyOf(`pace:${model}:next`), callsPerMinute, limitRef: limitRef('callsPerMinute') });
  const tokenLimiters = new Map<string, TokenLimiter>();
  const openTokens = (model: string, tokens: number): TokenLimiter => {
    const rate = tokensPerMinute(tokens);
    return shared === undefined
      ? counted(memoryTokenLimiter(rate, closing.signal), { limit: 'tokensPerMinute', model, most: tokens })
      : redisTokenLimiter(shared, { key: keyOf(`minute:${model}:takes`), rate });
  };

  const limiters = new Map<string, RateLimiter>();
  const once = (name: string, make: () => RateLimiter): RateLimiter => {
    const limiter = limiters.get(name) ?? make();
    limiters.set(name, limiter);
    return limiter;
  };
  return {
    enrollLimiter: (service) => {
      // The first service's limiter has the name that Redis knows from earlier versions.
      const name = service === 'qwen-voice-enrollment' ? 'enroll' : `enroll:${service}`;
      const most = enrollPerSecond ?? enrolmentCallsPerSecond(service);
      return once(name, () => {
        const second = rateLimiter(name, 'enrolmentsPerSecond', perSecond(most));
        const inMinute = enrollPerMinute(service);
        if (inMinute === null) return second;
        return joinLimiters(rateLimiter(`${name}:minute`, 'enrolmentsPerMinute', perMinute(inMinute)), second);
      });
    },
    callLimiter: (model) =>
      once(`calls:${model}`, () => {
        const inMinute = callsPerMinute(model);
        const minute = rateLimiter(`calls:${model}`, 'callsPerMinute', perMinute(inMinute));
        const { used } = minute;
        if (used !== undefined) counted({ used }, { limit: 'callsPerMinute', model, most: inMinute });
        const second = callsPerSecond(model);
        // A published limit by the second is the pace; otherwise a sixtieth of the minute's limit may be enforced.
        if (second !== null)
          return joinLimiters(minute, rateLimiter(`second:${model}`, 'callsPerSecond', perSecond(second)));
        return inMinute === null ? minute : joinLimiters(minute, paceOf(model, inMinute));
      }),
    tokenLimiter: (model) => {
      const tokens = tokensOf(model);
      if (tokens === null) return undefined;
      const limiter = tokenLimiters.get(model) ?? openTokens(model, tokens);
      tokenLimiters.set(model, limiter);
      return limiter;
    },
    sessionSlots:
      shared === undefined
        ? counted(memorySemaphore(sessionsAtOnce, closing.signal), { limit: 'sessions', most: sessionsAtOnce })
        : redisSemaphore(shared, { key: keyOf('sessions'), most: sessionsAtOnce, limitRef: limitRef('sessions') }),
    // Not by account: two accounts on one store need the same take only once.
    singleFlight:
      shared === undefined
        ? memorySingleFlight(closing.signal)
        : redisSingleFlight(shared, { prefix: `${connection.prefix}:flight:` }),
    use: () => (shared === undefined ? gauges.map((read) => read()) : undefined),
    budgets: openBudgets(
      shared === undefined ? memoryBudgets() : redisBudgets(shared, { prefix: connection.prefix }),
      closing.signal,
    ),
    close: () => closing.abort(),
  };
}
