/**
 * A budget in a Redis that has started again, perhaps from older data: a snapshot, a file without the last second, a replica
 * that lagged behind. The field `server` names the process of Redis that the budget was confirmed for. The first that finds
 * another one closes the budget: it has no room, also for workers of earlier versions, and a generation that no run has, so
 * that nothing is allotted. The run then confirms it by the ledger of spending.
 *
 * Without the field a budget is of a run of an earlier version, which cannot confirm it: it is not closed.
 */
import type { Redis } from 'ioredis';
import type { Allotment, ConfirmedAllotment, DoubtfulAllotment } from '../../limits.ts';

/** Added to the generation of a closed budget. */
const CLOSED = 1_000_000;

const KNOWN = `
local function number(field) return tonumber(redis.call('HGET', KEYS[1], field) or '0') end
local function server()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
end
local known, now = redis.call('HGET', KEYS[1], 'server') or '', server()`;

/** KEYS: the budget. */
const MARK = `${KNOWN}
redis.call('HSET', KEYS[1], 'server', now)`;

/** KEYS: the budget. Returns 1 when it is closed and must be confirmed. */
const GUARD = `${KNOWN}
if known == '' or known == now then return 0 end
if redis.call('HGET', KEYS[1], 'closedFor') ~= now then
  if redis.call('HEXISTS', KEYS[1], 'closedFor') == 0 then
    redis.call('HINCRBY', KEYS[1], 'generation', ${CLOSED})
    redis.call('HSET', KEYS[1], 'allottedBefore', redis.call('HGET', KEYS[1], 'allottedNanos') or '0')
  end
  redis.call('HSET', KEYS[1], 'closedFor', now)
  redis.call('HSET', KEYS[1], 'allottedNanos', string.format('%.0f', number('spentNanos') + number('heldNanos')))
  redis.call('HDEL', KEYS[1], 'exhausted', 'isLast')
end
return 1`;

/**
 * KEYS: the budget, which is closed or of an earlier version. Returns the server that it was confirmed for, the one that
 * runs, nanos allotted before, generation, spent, held; then the field and value of each reservation.
 */
const DOUBTFUL = `${KNOWN}
if redis.call('HEXISTS', KEYS[1], 'allottedNanos') == 0 or now == '' or known == now then return nil end
local isClosed = redis.call('HEXISTS', KEYS[1], 'closedFor') == 1
local allotted = isClosed and number('allottedBefore') or number('allottedNanos')
local of = { known, now, allotted, number('generation') - (isClosed and ${CLOSED} or 0), number('spentNanos'), number('heldNanos') }
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 5) == 'held:' then
    of[#of + 1] = fields[i]
    of[#of + 1] = fields[i + 1]
  end
end
return of`;

/**
 * KEYS: the budget. ARGV: the server that it was confirmed for, the one that runs, nanos that were spent in addition, nanos
 * allotted in all, generation; then, for each reservation whose call has ended, its field, its value and what it cost.
 */
const CONFIRM = `${KNOWN}
if redis.call('HEXISTS', KEYS[1], 'allottedNanos') == 0 or known ~= ARGV[1] or now ~= ARGV[2] then return 0 end
redis.call('HINCRBY', KEYS[1], 'spentNanos', ARGV[3])
redis.call('HSET', KEYS[1], 'allottedNanos', ARGV[4], 'generation', ARGV[5], 'server', now)
redis.call('HDEL', KEYS[1], 'exhausted', 'isLast', 'closedFor', 'allottedBefore')
for i = 6, #ARGV, 3 do
  local value = redis.call('HGET', KEYS[1], ARGV[i])
  if value == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('HINCRBY', KEYS[1], 'heldNanos', -string.match(value, '^[^|]*|(%d+)|'))
    redis.call('HINCRBY', KEYS[1], 'spentNanos', ARGV[i + 2])
  end
end
return 1`;

/** Names the process of Redis in a budget that has just been opened. */
export async function markServer(redis: Redis, key: string): Promise<void> {
  await redis.eval(MARK, 1, key);
}

/** Runs a script on a budget that is closed first if it must be, both at once. */
export async function evalGuarded(
  redis: Redis,
  { script, key, args }: { script: string; key: string; args: readonly (string | number)[] },
): Promise<{ answer: unknown; isDoubtful: boolean }> {
  const batch = redis.multi();
  batch.eval(GUARD, 1, key);
  batch.eval(script, 1, key, ...args);
  const [guarded, answered] = (await batch.exec()) ?? [];
  const error = guarded?.[0] ?? answered?.[0];
  if (error) throw error;
  return { answer: answered?.[1], isDoubtful: guarded?.[1] === 1 };
}

/** Numbers in front of the reservations. */
const STATE_LENGTH = 6;

/** The budget when it must be confirmed. `fieldPrefix`: of its reservations. */
export async function findDoubtful(
  redis: Redis,
  { key, fieldPrefix }: { key: string; fieldPrefix: string },
): Promise<DoubtfulAllotment | undefined> {
  const answer = await redis.eval(DOUBTFUL, 1, key);
  if (!Array.isArray(answer)) return undefined;
  const [confirmedFor, server, nanos, generation, spentNanos, reservedNanos] = answer as [string, string, ...unknown[]];
  const sent = new Map<string, { nanos: number; value: string }>();
  const fields = answer.slice(STATE_LENGTH).map(String);
  for (let at = 0; at < fields.length; at += 2) {
    const value = fields[at + 1]!;
    const [, held, isSent] = value.split('|');
    if (isSent === '1') sent.set(fields[at]!.slice(fieldPrefix.length), { nanos: Number(held), value });
  }
  const allotment: Allotment = {
    nanos: Number(nanos),
    generation: Number(generation),
    spentNanos: Number(spentNanos),
    reservedNanos: Number(reservedNanos),
    neededNanos: 0,
    isDoubtful: true,
  };
  return { ...allotment, confirmedFor, server, sent };
}

/** Confirms it; false when somebody else has, or Redis has started once more. */
export async function confirmBudget(
  redis: Redis,
  { key, fieldOf, by }: { key: string; fieldOf: (key: string) => string; by: ConfirmedAllotment },
): Promise<boolean> {
  const { confirmedFor, server, spentMoreNanos, ended, nanos, generation } = by;
  const drops = ended.flatMap((one) => [fieldOf(one.key), one.value, one.nanos]);
  const args = [confirmedFor, server, spentMoreNanos, nanos, generation, ...drops];
  return (await redis.eval(CONFIRM, 1, key, ...args)) === 1;
}
