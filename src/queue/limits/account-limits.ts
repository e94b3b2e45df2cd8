/**
 * The limits of an account that are set at runtime: one hash in Redis, which every limiter reads at each call. So a
 * change takes effect on all machines within about a second (for sessions: at the end of the next segment of an excess
 * session).
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A limit that can be set: sessions at once, calls a minute of each model, enrolment calls in any one second. */
export type AccountLimit = 'sessions' | 'callsPerMinute' | 'enrolmentsPerSecond';

/** The limits that are set; for an absent one each process uses its own setting. */
export type SetLimits = Partial<Record<AccountLimit, number>>;

/** Every limit, in display order. */
export const ACCOUNT_LIMITS: readonly AccountLimit[] = ['sessions', 'callsPerMinute', 'enrolmentsPerSecond'];

/**
 * The Redis key of data about an account's limits. Not below a queue's prefix: each store has its own queue, but the
 * account is shared. Only a hash of the account's name leaves this process.
 */
export function limitsKey(account: string, name: string): string {
  return `pipeline:limits:${createHash('sha256').update(account).digest('hex').slice(0, 16)}:${name}`;
}

/** The limits that are set for the account now. */
export async function readLimits(redis: Redis, account: string): Promise<SetLimits> {
  const fields = await redis.hgetall(limitsKey(account, 'set'));
  const set: SetLimits = {};
  for (const limit of ACCOUNT_LIMITS) {
    const value = Number(fields[limit]);
    if (Number.isSafeInteger(value) && value > 0) set[limit] = value;
  }
  return set;
}

/**
 * Sets limits for all machines; `null` removes one, so that each process uses its own setting. Limits that are not
 * named stay.
 */
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

/** What the service itself allows a model; absent fields are not known. */
export interface ServiceLimits {
  callsPerMinute?: number;
  callsPerSecond?: number;
  tokensPerMinute?: number;
}

const SERVICE_FIELDS = ['callsPerMinute', 'callsPerSecond', 'tokensPerMinute'] as const;

/** Stores what the service allows, for every process that opens its limits from now on; replaces what was stored. */
export async function saveServiceLimits(
  redis: Redis,
  account: string,
  limits: Readonly<Record<string, ServiceLimits>>,
): Promise<void> {
  const key = limitsKey(account, 'service');
  const change = redis.multi().del(key);
  for (const [model, of] of Object.entries(limits)) {
    for (const field of SERVICE_FIELDS) if (of[field] !== undefined) change.hset(key, `${field}:${model}`, of[field]);
  }
  await change.exec();
}

/** What was stored, by model; empty when nothing was. */
export async function readServiceLimits(redis: Redis, account: string): Promise<Record<string, ServiceLimits>> {
  const limits: Record<string, ServiceLimits> = {};
  for (const [name, text] of Object.entries(await redis.hgetall(limitsKey(account, 'service')))) {
    const field = SERVICE_FIELDS.find((one) => name.startsWith(`${one}:`));
    const value = Number(text);
    if (field === undefined || !Number.isSafeInteger(value) || value < 1) continue;
    const model = name.slice(field.length + 1);
    limits[model] = { ...limits[model], [field]: value };
  }
  return limits;
}
