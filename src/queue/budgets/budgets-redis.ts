/**
 * The budgets of runs over all machines: one Redis hash for each run, with a field for each key that has a reservation.
 */

import type { SharedRedis } from '../redis/leases-redis.ts';
import { type BudgetStore, balanceOf, type Count, countsOf, type ReservationRecord } from './budgets.ts';
import { redisAllotments } from './budgets-allotted-redis.ts';

/** An unused budget is deleted after this time, in milliseconds: a week, longer than any run is left alone. */
const BUDGET_TTL_MS = 7 * 24 * 3_600_000;
/** Prefix of a reservation's field name. Its value: holder, nanos, 1 when sent, characters; separated by bars. */
const RESERVATION_PREFIX = 'held:';

/** KEYS: the budget. ARGV: limit ('' for none), time to live. */
const OPEN = `
redis.call('HSETNX', KEYS[1], 'budget', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/**
 * Whether the budget has room for an amount in addition to all reservations; with `alone`, in addition to spending
 * only.
 */
const FITS = `
local function fits(nanos, alone)
  local budget = redis.call('HGET', KEYS[1], 'budget')
  if budget == '' then return true end
  local sum = tonumber(redis.call('HGET', KEYS[1], 'spentNanos') or '0') + nanos
  if not alone then sum = sum + tonumber(redis.call('HGET', KEYS[1], 'heldNanos') or '0') end
  return sum <= tonumber(budget)
end
local function holding(field)
  local value = redis.call('HGET', KEYS[1], field)
  if not value then return nil end
  local holder, nanos, sent, characters = string.match(value, '^([^|]*)|(%d+)|(%d)|(%d+)$')
  return { holder = holder, nanos = nanos, sent = sent, characters = characters }
end`;

/** KEYS: the budget. ARGV: nanos, 1 for patient, time to live, field, holder, characters. */
const TAKE = `${FITS}
if redis.call('HEXISTS', KEYS[1], 'budget') == 0 then return 'gone' end
local left = holding(ARGV[4])
if left then
  redis.call('HDEL', KEYS[1], ARGV[4])
  redis.call('HINCRBY', KEYS[1], 'heldNanos', -left.nanos)
  if left.sent == '1' then
    redis.call('HINCRBY', KEYS[1], 'spentNanos', left.nanos)
    if left.characters ~= '0' then
      redis.call('HINCRBY', KEYS[1], 'unansweredCommits', 1)
      redis.call('HINCRBY', KEYS[1], 'unansweredCharacters', left.characters)
    end
  end
end
if redis.call('HGET', KEYS[1], 'exhausted') == '1' then return 'over' end
if not fits(ARGV[1], false) then
  if fits(ARGV[1], true) and ARGV[2] == '1' then return 'wait' end
  redis.call('HSET', KEYS[1], 'exhausted', '1')
  return 'over'
end
redis.call('HINCRBY', KEYS[1], 'heldNanos', ARGV[1])
redis.call('HSET', KEYS[1], ARGV[4], ARGV[5] .. '|' .. ARGV[1] .. '|0|' .. ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 'held'`;

/** KEYS: the budget. ARGV: field, holder. */
const SEND = `${FITS}
local held = holding(ARGV[1])
if not held or held.holder ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], held.holder .. '|' .. held.nanos .. '|1|' .. held.characters)
return 1`;

/** KEYS: the budget. ARGV: field, holder, nanos. */
const RAISE = `${FITS}
local held = holding(ARGV[1])
if not held or held.holder ~= ARGV[2] or not fits(ARGV[3], false) then return 0 end
redis.call('HINCRBY', KEYS[1], 'heldNanos', ARGV[3])
local nanos = string.format('%.0f', held.nanos + ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], held.holder .. '|' .. nanos .. '|' .. held.sent .. '|' .. held.characters)
return 1`;

/**
 * KEYS: the budget. ARGV: field, holder, then pairs of count and increment. A late call does not recreate a deleted
 * budget.
 */
const SETTLE = `${FITS}
local held = holding(ARGV[1])
if not held or held.holder ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HINCRBY', KEYS[1], 'heldNanos', -held.nanos)
for i = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1`;

/**
 * Least reservation, for voices that are free and speech whose price is unknown. The scripts give a reservation back by
 * its negative, and Lua writes the negative of 0 as "-0", which Redis refuses as a number.
 */
const LEAST_NANOS = 1;

/**
 * Budgets below the queue's prefix, shared by the workers of one account and one store. The Redis keys and fields keep
 * the names of earlier versions: `purse`, `held:`, `heldNanos`.
 */
export function redisBudgets(shared: SharedRedis, { prefix }: { prefix: string }): BudgetStore {
  const { redis } = shared;
  const budgetKey = (id: string): string => `${prefix}:purse:${id}`;
  return {
    allotted: redisAllotments(shared, {
      ttlMs: BUDGET_TTL_MS,
      leastNanos: LEAST_NANOS,
      keyOf: budgetKey,
      fieldOf: (key) => RESERVATION_PREFIX + key,
    }),
    async open(id, budgetNanos) {
      await redis.eval(OPEN, 1, budgetKey(id), budgetNanos === null ? '' : String(budgetNanos), BUDGET_TTL_MS);
    },
    async reserve(id, { key, nanos, characters, holder, patient }) {
      const of = [
        Math.max(nanos, LEAST_NANOS),
        patient ? 1 : 0,
        BUDGET_TTL_MS,
        RESERVATION_PREFIX + key,
        holder,
        characters,
      ];
      return (await redis.eval(TAKE, 1, budgetKey(id), ...of)) as 'held' | 'wait' | 'over' | 'gone';
    },
    markSent: async (id, { key, holder }) =>
      (await redis.eval(SEND, 1, budgetKey(id), RESERVATION_PREFIX + key, holder)) === 1,
    raise: async (id, { key, holder, nanos }) =>
      (await redis.eval(RAISE, 1, budgetKey(id), RESERVATION_PREFIX + key, holder, nanos)) === 1,
    async settle(id, { key, holder, spent }) {
      await redis.eval(SETTLE, 1, budgetKey(id), RESERVATION_PREFIX + key, holder, ...countsOf(spent).flat());
    },
    async balance(id) {
      const fields = await redis.hgetall(budgetKey(id));
      if (fields['budget'] === undefined) return undefined;
      const reservations = Object.entries(fields).flatMap(([name, value]) =>
        name.startsWith(RESERVATION_PREFIX) ? [parseReservation(value)] : [],
      );
      return balanceOf({
        counts: parseCounts(fields),
        reservations: reservations,
        exhausted: fields['exhausted'] === '1',
      });
    },
  };
}

function parseReservation(value: string): ReservationRecord {
  const [holder = '', nanos, sent, characters] = value.split('|');
  return { holder, nanos: Number(nanos), sent: sent === '1', characters: Number(characters) };
}

function parseCounts(fields: Record<string, string>): Record<Count, number> {
  const number = (field: Count): number => Number(fields[field] ?? 0);
  return {
    spentNanos: number('spentNanos'),
    characters: number('characters'),
    inputTokens: number('inputTokens'),
    outputTokens: number('outputTokens'),
    unansweredCommits: number('unansweredCommits'),
    unansweredCharacters: number('unansweredCharacters'),
  };
}
