/** Redis that answers, but with errors, as after a failover or with a full memory: done to the real server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Fault } from './fault.ts';
import type { World } from './world.ts';

/** How long it refuses commands, in milliseconds. */
const OUTAGE_MS = { least: 1_000, most: 6_000 };
const PASSWORD = 'of-the-failover';

/** What an operator or a failover does to the server, and how it ends. */
const REFUSALS: Readonly<
  Record<string, { begin(redis: Redis): Promise<unknown>; end(redis: Redis): Promise<unknown> }>
> = {
  'redis READONLY': {
    begin: (redis) => redis.replicaof('127.0.0.1', 1),
    end: (redis) => redis.replicaof('NO', 'ONE'),
  },
  'redis OOM': {
    begin: (redis) => redis.config('SET', 'maxmemory', 1),
    end: (redis) => redis.config('SET', 'maxmemory', 0),
  },
  'redis NOREPLICAS': {
    begin: (redis) => redis.config('SET', 'min-replicas-to-write', 1),
    end: (redis) => redis.config('SET', 'min-replicas-to-write', 0),
  },
  'redis NOAUTH': {
    begin: async (redis) => {
      await redis.config('SET', 'requirepass', PASSWORD);
      await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    },
    end: (redis) => redis.config('SET', 'requirepass', ''),
  },
};

/** How old the data is that Redis starts again from, in milliseconds. */
const AGE_MS = { least: 1_500, most: 5_000 };

/** A backup from before is put back. Not dealt to the seeds, which have had their faults since before it: it is asked for. */
const RESTORED: Fault = {
  name: 'redis restored',
  isDealt: false,
  strike: async ({ redis }: World, { chance }) => {
    await redis.save();
    await sleep(chance.between(AGE_MS.least, AGE_MS.most));
    await redis.restart({ awayMs: chance.between(0, 1_000), fromSaved: true });
    return 0;
  },
};

/** One fault for each error. */
export const REDIS_FAULTS: readonly Fault[] = [
  ...Object.entries(REFUSALS).map(
    ([name, { begin, end }]): Fault => ({
      name,
      strike: async ({ operator }, { chance, scale }) => {
        await begin(operator);
        await sleep(chance.between(OUTAGE_MS.least, OUTAGE_MS.most) * scale);
        await end(operator);
        return 0;
      },
    }),
  ),
  RESTORED,
];
