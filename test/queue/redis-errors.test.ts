/** A Redis that answers with errors is an outage like one that is silent: everything waits, and nothing fails. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followRun } from '../../src/queue/follow-jobs.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { isRefusal } from '../../src/queue/limits/refusals-redis.ts';
import { openQueue, type QueueConnection } from '../../src/queue/redis/connection.ts';
import { makePatient } from '../../src/queue/redis/patient-redis.ts';
import { submitChapters } from '../../src/queue/submit.ts';
import { startWorkers } from '../../src/queue/workers.ts';
import { startRedis } from './redis-server.ts';
import { made, master, processors, segment } from './steps.ts';

/** How long each outage lasts, in milliseconds. */
const OUTAGE_MS = 1_200;
const PASSWORD = 'secret-of-the-failover';

const server = await startRedis();
let operator: Redis;
beforeAll(() => {
  if (server !== undefined) operator = new Redis(server.url);
});
afterAll(async () => {
  operator?.disconnect();
  await server?.stop();
});

/** What an operator, or a failover, does to a server, and how it ends. */
const OUTAGES: [name: string, begin: (redis: Redis) => Promise<unknown>, end: (redis: Redis) => Promise<unknown>][] = [
  ['READONLY', (redis) => redis.replicaof('127.0.0.1', 1), (redis) => redis.replicaof('NO', 'ONE')],
  ['OOM', (redis) => redis.config('SET', 'maxmemory', 1), (redis) => redis.config('SET', 'maxmemory', 0)],
  [
    'NOREPLICAS',
    (redis) => redis.config('SET', 'min-replicas-to-write', 1),
    (redis) => redis.config('SET', 'min-replicas-to-write', 0),
  ],
  [
    'NOAUTH',
    async (redis) => {
      await redis.config('SET', 'requirepass', PASSWORD);
      await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    },
    (redis) => redis.config('SET', 'requirepass', ''),
  ],
  [
    'NOPERM',
    async (redis) => {
      await redis.call('ACL', 'SETUSER', 'operator', 'on', 'nopass', '~*', '&*', '+@all');
      await redis.call('AUTH', 'operator', '');
      await redis.call('ACL', 'SETUSER', 'default', '-@all');
    },
    (redis) => redis.call('ACL', 'SETUSER', 'default', '+@all'),
  ],
];

const open = (notices: string[] = [], prefix = `test-${randomUUID()}`): Promise<QueueConnection> =>
  openQueue({ redisUrl: server!.url, cacheDir: '/nowhere', prefix, notice: (text) => notices.push(text) });

describe.skipIf(server?.restart === undefined)('a Redis that refuses commands', () => {
  test.each(OUTAGES)(
    '%s: every step is done once, none fails, and the operator is told',
    { timeout: 30_000 },
    async (name, begin, end) => {
      const notices: string[] = [];
      const connection = await open(notices);
      const done: string[] = [];
      const follower = await followRun(connection, {
        runId: 'r',
        onResult: ({ key }) => done.push(key),
        onFailure: (failure) => expect.fail(failure.message),
      });
      let spoken = 0;
      let over: Promise<unknown> | undefined;
      const breakIt = async () => {
        await begin(operator);
        await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
        await end(operator);
      };
      const workers = await startWorkers(connection, {
        processors: processors({
          synthesize: async (step) => {
            spoken += 1;
            if (spoken === 12) over = breakIt();
            await new Promise((resolve) => setTimeout(resolve, 20));
            return made(step);
          },
        }),
        concurrency: { synthesize: 4 },
      });
      const segments = Array.from({ length: 40 }, (_, index) => segment(`s${index}`, index + 1));
      const refs = await submitChapters(connection, { runId: 'r', chapters: [{ master: master('m'), segments }] });
      // A second book is submitted while Redis refuses.
      await expect.poll(() => over !== undefined).toBe(true);
      const more = await submitChapters(connection, {
        runId: 'r',
        chapters: [{ master: master('n', 2), segments: [segment('t', 41, 2)] }],
      });
      await follower.expect([...refs, ...more]);
      await over;
      expect([...done].sort()).toEqual([...segments.map(({ key }) => key), 'm', 'n', 't'].sort());
      expect(spoken).toBe(41);
      // A command that was on its way when the connections were cut may be refused by the next one.
      expect(notices[0]).toMatch(
        name === 'NOAUTH'
          ? /refuses commands|is lost/
          : new RegExp(`refuses commands .(${name}|ERR The user executing the script)`),
      );
      expect(notices.at(-1)).toMatch(/accepts commands again|is restored/);
      await workers.close({ graceMs: 0 });
      await follower.close();
      await connection.close();
    },
  );

  test('a connection that is opened while Redis is away waits for it, and ends when it is closed', async () => {
    const redis = new Redis(server!.url, { retryStrategy: () => 50, maxRetriesPerRequest: null, lazyConnect: true });
    await redis.connect();
    const patient = makePatient(redis);
    redis.on('error', () => undefined);
    const open = (): { copy: Redis; connected: Promise<unknown> } => {
      const copy = redis.duplicate();
      copy.on('error', () => undefined);
      return { copy, connected: copy.connect() };
    };
    await operator.config('SET', 'maxclients', 1);
    try {
      await operator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      const [first, second] = [open(), open()];
      await Promise.all([first, second].map(({ copy }) => new Promise((resolve) => copy.once('close', resolve))));
      second.copy.disconnect();
      await expect(second.connected).rejects.toThrow('Connection is closed.');
      await operator.config('SET', 'maxclients', 1_000);
      await first.connected;
      expect(await first.copy.ping()).toBe('PONG');
    } finally {
      await operator.config('SET', 'maxclients', 1_000);
      patient.disconnect();
    }
  });

  test('an error that nobody knows is told once, not a thousand times', async () => {
    const notices: string[] = [];
    const connection = await open(notices);
    for (let n = 0; n < 1_000; n++)
      connection.report(
        new Error(`ERR The user executing the script can't run this command, script: ${randomUUID()}.`),
      );
    connection.report(new Error('ERR something else'));
    expect(notices).toEqual([expect.stringMatching(/^Queue: ERR The user/), 'Queue: ERR something else']);
    await connection.close();
  });

  test('limits, locks and budgets wait as well, and close at once while they do', async () => {
    const connection = await open();
    const limits = openLimits(connection, { account: randomUUID(), enrollPerSecond: 10, sessionsAtOnce: 2 });
    await operator.config('SET', 'maxmemory', 1);
    const acquired = limits.sessionSlots.acquire();
    const work = limits.singleFlight.run('key', async () => 'done');
    const opened = limits.budgets.open('run', 1_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await operator.config('SET', 'maxmemory', 0);
    await (await acquired)();
    expect(await work).toBe('done');
    await opened;
    expect(await limits.budgets.balance('run')).toMatchObject({ spentNanos: 0 });

    await operator.config('SET', 'maxmemory', 1);
    const waiting = limits.singleFlight.run('another', async () => 'done');
    waiting.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const from = performance.now();
    limits.close();
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    await connection.close();
    expect(performance.now() - from).toBeLessThan(500);
    await operator.config('SET', 'maxmemory', 0);
  });

  test('a client that was ended and connected again, as BullMQ does with a blocked one, works, waits and closes', async () => {
    const redis = new Redis(server!.url);
    const patient = makePatient(redis);
    const copy = redis.duplicate();
    for (const client of [redis, copy]) {
      if (client.status !== 'ready') await once(client, 'ready');
      const ended = once(client, 'end');
      client.disconnect();
      await ended;
      await client.connect();
      expect(await client.set('again', 1)).toBe('OK');
    }
    await operator.config('SET', 'maxmemory', 1);
    const waiting = copy.set('again', 2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await operator.config('SET', 'maxmemory', 0);
    expect(await waiting).toBe('OK');
    patient.disconnect();
    await expect(copy.get('again')).rejects.toThrow('closed');
    await expect.poll(() => [redis.status, copy.status]).toEqual(['end', 'end']);
  });

  test('a start is refused with the reason', async () => {
    await operator.config('SET', 'maxmemory', 1);
    await expect(open()).rejects.toMatchObject({
      code: 'queue-unreachable',
      message: expect.stringMatching(/refuses commands \(OOM .*maxmemory/),
    });
    await operator.config('SET', 'maxmemory', 0);
  });
});

describe('isRefusal', () => {
  test.each([
    'READONLY You can’t write against a read only replica.',
    "OOM command not allowed when used memory > 'maxmemory'.",
    'LOADING Redis is loading the dataset in memory',
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
    'CLUSTERDOWN The cluster is down',
    'NOAUTH Authentication required.',
    "ERR Error running script (call to f_1): @user_script:5: -OOM command not allowed when used memory > 'maxmemory'.",
    'EXECABORT Transaction discarded because of: READONLY You can’t write against a read only replica.',
    'ERR max number of clients reached',
  ])('%s', (message) => {
    expect(isRefusal(new Error(message))).toBe(true);
  });

  test('a transaction is refused when one of its commands was', () => {
    const aborted = (message: string) =>
      Object.assign(new Error('EXECABORT Transaction discarded because of previous errors.'), {
        previousErrors: [new Error(message)],
      });
    expect(isRefusal(aborted('OOM command not allowed'))).toBe(true);
    expect(isRefusal(aborted("ERR wrong number of arguments for 'hset' command"))).toBe(false);
  });

  test.each([
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'ERR value is not an integer or out of range',
    'NOSCRIPT No matching script. Please use EVAL.',
  ])('but not: %s', (message) => {
    expect(isRefusal(new Error(message))).toBe(false);
  });
});
