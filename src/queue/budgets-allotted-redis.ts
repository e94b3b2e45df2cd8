/**
 * Budgets with allotments in Redis: the hash of src/queue/budgets-redis.ts with more fields. Its scripts for reservations
 * are others, so that workers of earlier versions keep theirs, and hold the budget as a whole.
 *
 * A Redis that has started again may have older data: from a snapshot, from a file without the last second, or from a
 * replica that lagged behind. The field `server` names the process of Redis that the budget was confirmed for; with another
 * one, nothing is reserved until the run has confirmed it by the ledger of spending. Without the field the budget is of a
 * run of an earlier version, which cannot confirm it.
 */
import type { Allotment, DoubtfulAllotment } from '../limits.ts';
import type { AllottedStore } from './budgets.ts';
import type { SharedRedis } from './leases-redis.ts';

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
local function server()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
end
local function confirmedFor() return redis.call('HGET', KEYS[1], 'server') or '' end
local function isDoubtful()
  local known = confirmedFor()
  return known ~= '' and known ~= server()
end
local function state()
  return { number('allottedNanos'), number('generation'), number('spentNanos'), number('heldNanos'), number('neededNanos'), isDoubtful() and 1 or 0 }
end`;

/** KEYS: the budget. ARGV: limit for earlier versions ('' for none), time to live. */
const OPEN = `${READ}
redis.call('HSET', KEYS[1], 'budget', ARGV[1], 'allottedNanos', '0', 'generation', '1', 'server', server())
redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS: the budget. ARGV: time to live. */
const JOIN = `${READ}
if not isOpen() then return 0 end
redis.call('HDEL', KEYS[1], 'exhausted', 'isLast')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1`;

/** KEYS: the budget. ARGV: nanos in all, generation, 1 for the last. */
const ALLOT = `${READ}
if not isOpen() or isDoubtful() or number('generation') ~= tonumber(ARGV[2]) then return 0 end
if tonumber(ARGV[1]) > number('allottedNanos') then redis.call('HSET', KEYS[1], 'allottedNanos', ARGV[1]) end
redis.call('HSET', KEYS[1], 'neededNanos', '0', 'isLast', ARGV[3])
return 1`;

/** KEYS: the budget. ARGV: generation. */
const TAKE_BACK = `${READ}
if not isOpen() or isDoubtful() then return nil end
if number('generation') == tonumber(ARGV[1]) then
  write('allottedNanos', number('spentNanos') + number('heldNanos'))
  redis.call('HINCRBY', KEYS[1], 'generation', 1)
end
return state()`;

/** KEYS: the budget. */
const FIND = `${READ}
if not isOpen() then return nil end
return state()`;

/** KEYS: the budget. Returns the server that it was confirmed for, the one that runs, its state, and its reservations. */
const DOUBTFUL = `${READ}
local now = server()
if not isOpen() or now == '' or confirmedFor() == now then return nil end
local of = { confirmedFor(), now }
for _, value in ipairs(state()) do of[#of + 1] = value end
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
const CONFIRM = `${READ}
if not isOpen() or confirmedFor() ~= ARGV[1] or server() ~= ARGV[2] then return 0 end
redis.call('HINCRBY', KEYS[1], 'spentNanos', ARGV[3])
redis.call('HSET', KEYS[1], 'allottedNanos', ARGV[4], 'generation', ARGV[5], 'server', ARGV[2])
redis.call('HDEL', KEYS[1], 'exhausted', 'isLast')
for i = 6, #ARGV, 3 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HINCRBY', KEYS[1], 'heldNanos', -holding(ARGV[i]).nanos)
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('HINCRBY', KEYS[1], 'spentNanos', ARGV[i + 2])
  end
end
return 1`;

/** KEYS: the budget. ARGV: nanos, 1 for patient, time to live, field, holder, characters. */
const RESERVE = `${READ}
if not isOpen() then return 'gone' end
if isDoubtful() then return 'short' end
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
if isDoubtful() then return 'short' end
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
  return {
    async open(id, mostNanos) {
      await redis.eval(OPEN, 1, keyOf(id), mostNanos === null ? '' : String(mostNanos), ttlMs);
    },
    join: async (id) => (await redis.eval(JOIN, 1, keyOf(id), ttlMs)) === 1,
    allot: async (id, { nanos, generation, isLast }) =>
      (await redis.eval(ALLOT, 1, keyOf(id), nanos, generation, isLast ? 1 : 0)) === 1,
    takeBack: async (id, { generation }) => allotmentOf(await redis.eval(TAKE_BACK, 1, keyOf(id), generation)),
    find: async (id) => allotmentOf(await redis.eval(FIND, 1, keyOf(id))),
    doubtful: async (id) => doubtfulOf(await redis.eval(DOUBTFUL, 1, keyOf(id)), fieldOf('')),
    confirm: async (id, { confirmedFor, server, spentMoreNanos, ended, nanos, generation }) => {
      const drops = ended.flatMap(({ key, value, nanos: cost }) => [fieldOf(key), value, cost]);
      const args = [confirmedFor, server, spentMoreNanos, nanos, generation, ...drops];
      return (await redis.eval(CONFIRM, 1, keyOf(id), ...args)) === 1;
    },
    async reserve(id, { key, nanos, characters, holder, patient }) {
      const args = [Math.max(nanos, leastNanos), patient ? 1 : 0, ttlMs, fieldOf(key), holder, characters];
      return (await redis.eval(RESERVE, 1, keyOf(id), ...args)) as 'held' | 'short' | 'wait' | 'over' | 'gone';
    },
    raise: async (id, { key, holder, nanos }) =>
      (await redis.eval(RAISE, 1, keyOf(id), fieldOf(key), holder, nanos)) as 'held' | 'short' | 'over',
  };
}

function allotmentOf(answer: unknown): Allotment | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [nanos, generation, spentNanos, reservedNanos, neededNanos, isDoubtful] = answer.map(Number);
  return {
    nanos: nanos ?? 0,
    generation: generation ?? 1,
    spentNanos: spentNanos ?? 0,
    reservedNanos: reservedNanos ?? 0,
    neededNanos: neededNanos ?? 0,
    isDoubtful: isDoubtful === 1,
  };
}

/** Numbers of the state in front of the reservations. */
const STATE_LENGTH = 6;

function doubtfulOf(answer: unknown, fieldPrefix: string): DoubtfulAllotment | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [confirmedFor, server, ...rest] = answer as [string, string, ...unknown[]];
  const allotment = allotmentOf(rest.slice(0, STATE_LENGTH))!;
  const sent = new Map<string, { nanos: number; value: string }>();
  const fields = rest.slice(STATE_LENGTH).map(String);
  for (let at = 0; at < fields.length; at += 2) {
    const value = fields[at + 1]!;
    const [, nanos, isSent] = value.split('|');
    if (isSent === '1') sent.set(fields[at]!.slice(fieldPrefix.length), { nanos: Number(nanos), value });
  }
  return { ...allotment, confirmedFor, server, sent };
}
