/** How much of the account's limits is used now: for people, who decide nothing by it that must be exact. */
import type { Redis } from 'ioredis';
import { type AccountLimit, limitsKey, readLimits } from './account-limits.ts';

/** A limit and how near it is. */
export interface LimitUse {
  limit: 'sessions' | 'callsPerMinute' | 'tokensPerMinute';
  /** Of which model; absent for a limit of the whole account. */
  model?: string;
  used: number;
  /** Null: none is known. */
  most: number | null;
}

/** The limits of this process, where none is set for all machines. */
export interface OwnLimits {
  sessionsAtOnce: number;
  callsPerMinute(model: string): number | null;
  tokensPerMinute(model: string): number | null;
}

/**
 * What all machines of an account use, read from what their limiters keep in Redis (limits-redis.ts, tokens-redis.ts,
 * session-slots-redis.ts); nothing is written.
 */
export async function limitUseInRedis(
  redis: Redis,
  of: { account: string; models: readonly string[]; own: OwnLimits },
): Promise<LimitUse[]> {
  const { account, models, own } = of;
  const [set, [seconds, micros]] = await Promise.all([readLimits(redis, account), redis.time()]);
  const now = Number(seconds) * 1_000 + Number(micros) / 1_000;
  const keyOf = (name: string): string => limitsKey(account, name);
  const alive = (name: string): Promise<number> => redis.zcount(keyOf(name), now, '+inf');
  const most = (limit: AccountLimit, otherwise: number | null): number | null => set[limit] ?? otherwise;
  const tokens = async (model: string): Promise<number> => {
    const takes = await redis.zrangebyscore(keyOf(`minute:${model}:takes`), now, '+inf');
    if (takes.length === 0) return 0;
    const amounts = await redis.hmget(keyOf(`minute:${model}:takes:amounts`), ...takes);
    return amounts.reduce((sum, amount) => sum + Number(amount ?? 0), 0);
  };
  return Promise.all([
    alive('sessions').then((used): LimitUse => {
      return { limit: 'sessions', used, most: most('sessions', own.sessionsAtOnce) };
    }),
    ...models.map(async (model): Promise<LimitUse> => {
      const used = await alive(`calls:${model}:tokens`);
      return { limit: 'callsPerMinute', model, used, most: most('callsPerMinute', own.callsPerMinute(model)) };
    }),
    ...models
      .filter((model) => own.tokensPerMinute(model) !== null)
      .map(async (model): Promise<LimitUse> => {
        return { limit: 'tokensPerMinute', model, used: await tokens(model), most: own.tokensPerMinute(model) };
      }),
  ]);
}
