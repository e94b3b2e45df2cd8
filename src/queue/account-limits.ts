/**
 * The limits of an account that are set while it runs: one place in Redis, read by every gate each time it is asked, so
 * that all machines keep to a change within a second or so (sessions: when the next segment of one that is too many ends).
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A limit that can be set: sessions at once, calls a minute of each model, enrolment calls in any second. */
export type AccountLimit = 'sessions' | 'callsPerMinute' | 'enrolmentsPerSecond';

/** Those that are set; what is absent is left to each process's own setting. */
export type SetLimits = Partial<Record<AccountLimit, number>>;

/** Every limit, in the order in which they are shown. */
export const ACCOUNT_LIMITS: readonly AccountLimit[] = ['sessions', 'callsPerMinute', 'enrolmentsPerSecond'];

/**
 * Where something about an account's limits is kept. Not below a queue's prefix: queues are one for each store, the
 * account is one for all. Only a hash of the account's name leaves this process.
 */
export function limitsKey(account: string, name: string): string {
  return `pipeline:limits:${createHash('sha256').update(account).digest('hex').slice(0, 16)}:${name}`;
}

/** What is set for the account now. */
export async function readLimits(redis: Redis, account: string): Promise<SetLimits> {
  const fields = await redis.hgetall(limitsKey(account, 'set'));
  const set: SetLimits = {};
  for (const limit of ACCOUNT_LIMITS) {
    const value = Number(fields[limit]);
    if (Number.isSafeInteger(value) && value > 0) set[limit] = value;
  }
  return set;
}

/** Sets limits for all machines; `null` gives one back to each process's own setting. What is not named stays. */
export async function setLimits(
  redis: Redis,
  account: string,
  changes: Partial<Record<AccountLimit, number | null>>,
): Promise<void> {
  const change = redis.multi();
  for (const limit of ACCOUNT_LIMITS) {
    const value = changes[limit];
    if (value === null) change.hdel(limitsKey(account, 'set'), limit);
    else if (value !== undefined) change.hset(limitsKey(account, 'set'), limit, value);
  }
  await change.exec();
}
