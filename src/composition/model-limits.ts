/** The limits of each model for a process: the operator's own, what the service was asked for, the table's. */
import type { Redis } from 'ioredis';
import type { Account } from '../account.ts';
import type { Config } from '../config/config.ts';
import { MODELS } from '../models.ts';
import { readServiceLimits } from '../queue/limits/account-limits.ts';

type ModelLimit = (model: string) => number | null;

/** The first that is known: a setting of this machine; what `limits --from-service --save` has stored; the table. */
export async function modelLimits({
  config,
  account,
  redis,
}: {
  config: Pick<Config, 'callsPerMinute' | 'tokensPerMinute'>;
  account: Pick<Account, 'id' | 'profile'>;
  redis: Redis | undefined;
}): Promise<Record<'callsPerMinute' | 'callsPerSecond' | 'tokensPerMinute', ModelLimit>> {
  // A model of one's own server may have the name of one in the table.
  const isOwn = account.profile !== undefined;
  const stored = redis === undefined || isOwn ? {} : await readServiceLimits(redis, account.id);
  const table = isOwn ? {} : MODELS;
  return {
    callsPerMinute: (id) => config.callsPerMinute ?? stored[id]?.callsPerMinute ?? table[id]?.callsPerMinute ?? null,
    callsPerSecond: (id) => stored[id]?.callsPerSecond ?? table[id]?.callsPerSecond ?? null,
    tokensPerMinute: (id) =>
      config.tokensPerMinute ?? stored[id]?.tokensPerMinute ?? table[id]?.tokensPerMinute ?? null,
  };
}
