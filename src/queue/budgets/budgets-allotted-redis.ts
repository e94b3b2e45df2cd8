/**
 * Budgets with allotments in Redis: the hash of src/queue/budgets/budgets-redis.ts with more fields. Its scripts for reservations
 * are others, so that workers of earlier versions keep theirs, and hold the budget as a whole.
 */
import type { Allotment } from '../../limits.ts';
import type { SharedRedis } from '../redis/leases-redis.ts';
import type { AllottedStore } from './budgets.ts';
import { confirmBudget, evalGuarded, findDoubtful, markServer } from './doubtful-budget.ts';

const READ = `
local function number(field) return tonumber(redis.call('HGET', KEYS[1], field) or '0') end
local function write(field, value) redis.call('HSET', KEYS[1], field, string.format('%.0f', value)) end
local function isOpen() return redis.call('HEXISTS', KEYS[1], 'allottedNanos') == 1 end
local function room() return number('allottedNanos') - number('spentNanos') - number('heldNanos') end
local function need(nanos) write('neededNanos', math.max(number('neededNanos'), nanos)) end
local function holding(field)
  local value = redis.call('HGET', KEYS[1], field)
  if not value then return nil end
  local holder, nanos, sent, characters = string.match(value, '^([^|]*)|(%d+)|(%d)|(%d+)$')
  return { holder = holder, nanos = nanos, sent = sent, characters = characters }
end
local function state()
  return { number('allottedNanos'), number('generation'), number('spentNanos'), number('heldNanos'), number('neededNanos') }
end`;

/** KEYS: the budget. ARGV: limit for earlier versions ('' for none), time to live. */
const OPEN = `
redis.call('HSET', KEYS[1], 'budget', ARGV[1], 'allottedNanos', '0', 'generation', '1')
redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS: the budget. ARGV: time to live. */
const JOIN = `${READ}
if not isOpen() then return 0 end
redis.call('HDEL', KEYS[1], 'exhausted', 'isLast')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1`;

/** KEYS: the budget. ARGV: nanos in all, generation, 1 for the last. */
const ALLOT = `${READ}
if not isOpen() or number('generation') ~= tonumber(ARGV[2]) then return 0 end
if tonumber(ARGV[1]) > number('allottedNanos') then redis.call('HSET', KEYS[1], 'allottedNanos', ARGV[1]) end
redis.call('HSET', KEYS[1], 'neededNanos', '0', 'isLast', ARGV[3])
return 1`;

/** KEYS: the budget. ARGV: generation. */
const TAKE_BACK = `${READ}
if not isOpen() then return nil end
if number('generation') == tonumber(ARGV[1]) then
  write('allottedNanos', number('spentNanos') + number('heldNanos'))
  redis.call('HINCRBY', KEYS[1], 'generation', 1)
end
return state()`;

/** KEYS: the budget. */
const FIND = `${READ}
if not isOpen() then return nil end
return state()`;

/** KEYS: the budget. ARGV: nanos, 1 for patient, time to live, field, holder, characters. */
const RESERVE = `${READ}
if not isOpen() then return 'gone' end
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
local nanos = tonumber(ARGV[1])
local missing = nanos - room()
if missing > 0 then
  if redis.call('HGET', KEYS[1], 'isLast') ~= '1' then
    need(missing)
    return 'short'
  end
  if ARGV[2] == '1' and nanos <= number('allottedNanos') - number('spentNanos') then return 'wait' end
  redis.call('HSET', KEYS[1], 'exhausted', '1')
  return 'over'
end
redis.call('HINCRBY', KEYS[1], 'heldNanos', ARGV[1])
redis.call('HSET', KEYS[1], ARGV[4], ARGV[5] .. '|' .. ARGV[1] .. '|0|' .. ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 'held'`;

/** KEYS: the budget. ARGV: field, holder, nanos. */
const RAISE = `${READ}
local held = holding(ARGV[1])
if not held or held.holder ~= ARGV[2] then return 'over' end
local missing = tonumber(ARGV[3]) - room()
if missing > 0 then
  if redis.call('HGET', KEYS[1], 'isLast') == '1' then return 'over' end
  need(missing)
  return 'short'
end
redis.call('HINCRBY', KEYS[1], 'heldNanos', ARGV[3])
local nanos = string.format('%.0f', held.nanos + ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], held.holder .. '|' .. nanos .. '|' .. held.sent .. '|' .. held.characters)
return 'held'`;

/** The allotments of budgets in Redis. `ttlMs`, `keyOf`, `fieldOf`: as for every budget there. */
export function redisAllotments(
  { redis }: SharedRedis,
  of: { ttlMs: number; keyOf: (id: string) => string; fieldOf: (key: string) => string; leastNanos: number },
): AllottedStore {
  const { ttlMs, keyOf, fieldOf, leastNanos } = of;
  const guarded = (script: string, id: string, ...args: (string | number)[]) =>
    evalGuarded(redis, { script, key: keyOf(id), args });
  return {
    async open(id, mostNanos) {
      await redis.eval(OPEN, 1, keyOf(id), mostNanos === null ? '' : String(mostNanos), ttlMs);
      await markServer(redis, keyOf(id));
    },
    join: async (id) => (await redis.eval(JOIN, 1, keyOf(id), ttlMs)) === 1,
    async allot(id, { nanos, generation, isLast }) {
      const { answer, isDoubtful } = await guarded(ALLOT, id, nanos, generation, isLast ? 1 : 0);
      return answer === 1 && !isDoubtful;
    },
    async takeBack(id, { generation }) {
      const { answer, isDoubtful } = await guarded(TAKE_BACK, id, generation);
      return isDoubtful ? undefined : allotmentOf(answer, isDoubtful);
    },
    async find(id) {
      const { answer, isDoubtful } = await guarded(FIND, id);
      return allotmentOf(answer, isDoubtful);
    },
    doubtful: (id) => findDoubtful(redis, { key: keyOf(id), fieldPrefix: fieldOf('') }),
    confirm: (id, by) => confirmBudget(redis, { key: keyOf(id), fieldOf, by }),
    async reserve(id, { key, nanos, characters, holder, patient }) {
      const args = [Math.max(nanos, leastNanos), patient ? 1 : 0, ttlMs, fieldOf(key), holder, characters];
      const { answer } = await guarded(RESERVE, id, ...args);
      return answer as 'held' | 'short' | 'wait' | 'over' | 'gone';
    },
    async raise(id, { key, holder, nanos }) {
      const { answer } = await guarded(RAISE, id, fieldOf(key), holder, nanos);
      return answer as 'held' | 'short' | 'over';
    },
  };
}

function allotmentOf(answer: unknown, isDoubtful: boolean): Allotment | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [nanos, generation, spentNanos, reservedNanos, neededNanos] = answer.map(Number);
  return {
    nanos: nanos ?? 0,
    generation: generation ?? 1,
    spentNanos: spentNanos ?? 0,
    reservedNanos: reservedNanos ?? 0,
    neededNanos: neededNanos ?? 0,
    isDoubtful,
  };
}
