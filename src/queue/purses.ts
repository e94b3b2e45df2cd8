/** Purses of runs: one process keeps them in memory, many machines in Redis; who asks can not tell which. */
import { PipelineError } from '../errors.ts';
import { type Hold, NOTHING_SPENT, type PurseAccount, type Purses, type Spending } from '../limits.ts';
import type { Shared } from './limits-redis.ts';
import { abortable, sleep } from './waiting.ts';

/** What a store of purses can do; every method is one step that nothing comes between. */
export interface PurseStore {
  open(id: string, budgetNanos: number | null): Promise<void>;
  /**
   * Holds back when there is room. `wait`: there will be, when others turn out to need less. `over`: there is none, and the
   * purse is closed; also instead of `wait` when `patient` is false. `gone`: there is no such purse.
   */
  take(id: string, nanos: number, patient: boolean): Promise<'held' | 'wait' | 'over' | 'gone'>;
  /** Holds back more when there is room. */
  raise(id: string, nanos: number): Promise<boolean>;
  settle(id: string, heldNanos: number, spent: Spending): Promise<void>;
  account(id: string): Promise<PurseAccount | undefined>;
}

/** Longest wait for others to settle, in milliseconds: longer than any response, so whoever has not by then has died. */
const PATIENCE_MS = 240_000;
/** Pause between two looks, in milliseconds. */
const LOOK_MS = 100;

/** Purses over a store of them. `closing` ends all waits with `interrupted`. */
export function openPurses(store: PurseStore, closing: AbortSignal): Purses {
  return {
    open: (id, budgetNanos) => store.open(id, budgetNanos),
    account: (id) => store.account(id),
    async hold(id, nanos, signal) {
      const patientUntilMs = performance.now() + PATIENCE_MS;
      for (;;) {
        const patient = performance.now() < patientUntilMs;
        const answer = await abortable(store.take(id, nanos, patient), signal, closing);
        if (answer === 'held') return holdOf(store, id, nanos);
        if (answer !== 'wait') throw refusal(answer);
        await sleep(LOOK_MS, signal, closing);
      }
    },
  };
}

function holdOf(store: PurseStore, id: string, nanos: number): Hold {
  let held = nanos;
  let settled: Promise<void> | undefined;
  return {
    async raise(byNanos) {
      const granted = await store.raise(id, byNanos);
      if (granted) held += byNanos;
      return granted;
    },
    settle(spent) {
      settled ??= store.settle(id, held, spent);
      return settled;
    },
  };
}

function refusal(answer: 'over' | 'gone'): PipelineError {
  const message =
    answer === 'over'
      ? 'Not sent: with it the run could pass its budget.'
      : 'Not sent: the account of what the run may spend is gone (was Redis emptied?). Run the same command again.';
  return new PipelineError({ code: answer === 'over' ? 'over-budget' : 'queue-unreachable', message, retry: 'never' });
}

/** Purses of this process. */
export function memoryPurses(): PurseStore {
  const purses = new Map<string, PurseAccount & { budgetNanos: number | null }>();
  const fits = (purse: { budgetNanos: number | null }, nanos: number): boolean =>
    purse.budgetNanos === null || nanos <= purse.budgetNanos;
  return {
    async open(id, budgetNanos) {
      if (!purses.has(id)) purses.set(id, { ...NOTHING_SPENT, budgetNanos });
    },
    async take(id, nanos, patient) {
      const purse = purses.get(id);
      if (purse === undefined) return 'gone';
      if (!purse.exhausted && fits(purse, purse.spentNanos + purse.heldNanos + nanos)) {
        purse.heldNanos += nanos;
        return 'held';
      }
      if (!purse.exhausted && patient && fits(purse, purse.spentNanos + nanos)) return 'wait';
      purse.exhausted = true;
      return 'over';
    },
    async raise(id, nanos) {
      const purse = purses.get(id);
      if (purse === undefined || !fits(purse, purse.spentNanos + purse.heldNanos + nanos)) return false;
      purse.heldNanos += nanos;
      return true;
    },
    async settle(id, heldNanos, spent) {
      const purse = purses.get(id);
      if (purse === undefined) return;
      purse.heldNanos -= heldNanos;
      for (const [field, value] of counts(spent)) purse[field] += value;
    },
    account: async (id) => {
      const purse = purses.get(id);
      if (purse === undefined) return undefined;
      const { budgetNanos, ...account } = purse;
      return account;
    },
  };
}

/** A purse nobody asks for so long is forgotten, in milliseconds: a week, longer than any run is left alone. */
const FORGOTTEN_MS = 7 * 24 * 3_600_000;

/** KEYS: the purse. ARGV: budget ('' for none), time to live. */
const OPEN = `
redis.call('HSETNX', KEYS[1], 'budget', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS: the purse. ARGV: amount, 1 for patient, time to live. */
const TAKE = `
local budget = redis.call('HGET', KEYS[1], 'budget')
if not budget then return 'gone' end
if redis.call('HGET', KEYS[1], 'exhausted') == '1' then return 'over' end
if budget ~= '' then
  local spent = tonumber(redis.call('HGET', KEYS[1], 'spentNanos') or '0') + ARGV[1]
  local held = tonumber(redis.call('HGET', KEYS[1], 'heldNanos') or '0')
  if spent + held > tonumber(budget) then
    if spent <= tonumber(budget) and ARGV[2] == '1' then return 'wait' end
    redis.call('HSET', KEYS[1], 'exhausted', '1')
    return 'over'
  end
end
redis.call('HINCRBY', KEYS[1], 'heldNanos', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 'held'`;

/** KEYS: the purse. ARGV: amount. */
const RAISE = `
local budget = redis.call('HGET', KEYS[1], 'budget')
if not budget then return 0 end
if budget ~= '' then
  local spent = tonumber(redis.call('HGET', KEYS[1], 'spentNanos') or '0')
  local held = tonumber(redis.call('HGET', KEYS[1], 'heldNanos') or '0')
  if spent + held + ARGV[1] > tonumber(budget) then return 0 end
end
redis.call('HINCRBY', KEYS[1], 'heldNanos', ARGV[1])
return 1`;

/** KEYS: the purse. ARGV: pairs of field and increment. A purse that is gone is not made anew by a late answer. */
const SETTLE = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
for i = 1, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1`;

/** Purses over all machines, below the queue's prefix: workers of one account and one store share them. */
export function redisPurses({ redis }: Shared, { prefix }: { prefix: string }): PurseStore {
  const key = (id: string): string => `${prefix}:purse:${id}`;
  return {
    async open(id, budgetNanos) {
      await redis.eval(OPEN, 1, key(id), budgetNanos === null ? '' : String(budgetNanos), FORGOTTEN_MS);
    },
    async take(id, nanos, patient) {
      const answer = await redis.eval(TAKE, 1, key(id), nanos, patient ? 1 : 0, FORGOTTEN_MS);
      return answer as 'held' | 'wait' | 'over' | 'gone';
    },
    raise: async (id, nanos) => (await redis.eval(RAISE, 1, key(id), nanos)) === 1,
    async settle(id, heldNanos, spent) {
      const increments = [['heldNanos', -heldNanos] as const, ...counts(spent)];
      await redis.eval(SETTLE, 1, key(id), ...increments.flat());
    },
    async account(id) {
      const fields = await redis.hgetall(key(id));
      if (fields['budget'] === undefined) return undefined;
      const number = (field: Count): number => Number(fields[field] ?? 0);
      return {
        spentNanos: number('spentNanos'),
        heldNanos: number('heldNanos'),
        characters: number('characters'),
        inputTokens: number('inputTokens'),
        outputTokens: number('outputTokens'),
        unansweredCommits: number('unansweredCommits'),
        unansweredCharacters: number('unansweredCharacters'),
        exhausted: fields['exhausted'] === '1',
      };
    },
  };
}

type Count = Exclude<keyof PurseAccount, 'exhausted'>;

/** What a settled hold adds to which count. */
function counts({ nanos, characters = 0, inputTokens = 0, outputTokens = 0, unanswered }: Spending): [Count, number][] {
  return [
    ['spentNanos', nanos],
    ['characters', characters],
    ['inputTokens', inputTokens],
    ['outputTokens', outputTokens],
    ['unansweredCommits', unanswered === undefined ? 0 : 1],
    ['unansweredCharacters', unanswered?.characters ?? 0],
  ];
}
