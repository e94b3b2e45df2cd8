/** The format version of the steps in a shared queue, so that two versions of the program never misread each other. */
import type { Redis } from 'ioredis';
import { PipelineError } from '../errors.ts';
import { KINDS } from './topology.ts';

/**
 * Format of the steps in the queue; increase it when an older worker could not run our steps, or we could not run older
 * ones. A queue without a mark is older than marks, and has format 1. test/fixtures/upgrade-queue has an example of
 * each.
 */
const FORMAT_VERSION = 1;

/** Where BullMQ stores unfinished jobs: lists, then sorted sets. Source: bullmq 6.7, src/classes/queue-keys. */
const LISTS = ['wait', 'paused', 'active'];
const SETS = ['delayed', 'prioritized', 'waiting-children'];

/**
 * KEYS: the mark, lists, sorted sets. ARGV: our format, number of lists. Returns the queue's format and its number of
 * jobs; an empty queue gets our format, because nothing in it can be misread.
 */
const CHECK = `
local found = tonumber(redis.call('GET', KEYS[1]) or '1')
local jobs = 0
for i = 2, #KEYS do
  jobs = jobs + redis.call(i <= 1 + ARGV[2] and 'LLEN' or 'ZCARD', KEYS[i])
end
if found ~= tonumber(ARGV[1]) and jobs > 0 then return {found, jobs} end
redis.call('SET', KEYS[1], ARGV[1])
return {tonumber(ARGV[1]), jobs}`;

/**
 * Throws `queue-unreachable` when the queue has steps of another format; the message says what to do. `place` names
 * Redis in messages.
 */
export async function checkQueueFormat(
  redis: Redis,
  { prefix, place }: { prefix: string; place: string },
): Promise<void> {
  const keysOf = (states: readonly string[]): string[] =>
    KINDS.flatMap((kind) => states.map((state) => `${prefix}:${kind}:${state}`));
  const keys = [`${prefix}:format`, ...keysOf(LISTS), ...keysOf(SETS)];
  const answer = await redis.eval(CHECK, keys.length, ...keys, FORMAT_VERSION, keysOf(LISTS).length);
  const [found, jobs] = answer as [number, number];
  if (found === FORMAT_VERSION) return;
  throw new PipelineError({
    code: 'queue-unreachable',
    message:
      `The queue at ${place} holds ${jobs} steps of format ${found}, which another version of this program submitted; this version reads format ${FORMAT_VERSION}. ` +
      'Let that version finish or cancel them (`pipeline status`, `pipeline cancel BOOK`), stop its workers, and start again. Or delete the steps, ' +
      `because all results are in the store: redis-cli --scan --pattern '${prefix}:*' | xargs redis-cli unlink`,
    retry: 'never',
  });
}
