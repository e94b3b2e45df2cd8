/** Who works, and how near the limits are: in memory, and in a real Redis for many machines. */
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import { limitUseInRedis } from '../../src/queue/limits/limit-use.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { announcePresence, readPresence, type WorkerPresence } from '../../src/queue/presence.ts';
import { openStepsUnderWay } from '../../src/queue/steps-under-way.ts';
import { startRedis } from './redis-server.ts';

const server = await startRedis();
const redis = server && new Redis(server.url, { maxRetriesPerRequest: null });
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

const MODEL = 'a-model';
const settings = {
  account: 'near',
  callsPerMinute: () => 5,
  callsPerSecond: () => null,
  tokensPerMinute: () => 1_000,
  sessionsAtOnce: 3,
};

/** Two sessions, one call, 400 tokens. */
async function useSome(limits: ReturnType<typeof openLimits>): Promise<void> {
  await limits.sessionSlots.acquire();
  await limits.sessionSlots.acquire();
  const counted = await limits.callLimiter(MODEL).acquire();
  counted();
  await limits.tokenLimiter(MODEL)!.reserve(400);
}

const USED = [
  { limit: 'sessions', used: 2, most: 3 },
  { limit: 'callsPerMinute', model: MODEL, used: 1, most: 5 },
  { limit: 'tokensPerMinute', model: MODEL, used: 400, most: 1_000 },
];

it('a process that works alone knows how much of its limits it uses', async () => {
  const limits = openLimits({ redis: undefined, prefix: 'p' }, settings);
  expect(limits.use()).toEqual([{ limit: 'sessions', used: 0, most: 3 }]);
  await useSome(limits);
  expect(limits.use()).toEqual(USED);
  limits.close();
});

it('says which steps it carries out, without a word of the text', async () => {
  const { during, list } = openStepsUnderWay();
  const step = { kind: 'synthesize', book: 'Fog', chapter: 3, line: 37, text: 'secret' } as SynthesizeStep;
  let end = (): void => undefined;
  const work = during(step, () => new Promise<void>((resolve) => (end = resolve)));
  expect(list()).toMatchObject([{ kind: 'synthesize', book: 'Fog', number: '3:37' }]);
  expect(JSON.stringify(list())).not.toContain('secret');
  end();
  await work;
  expect(list()).toEqual([]);
});

describe.skipIf(redis === undefined)(`in Redis${redis ? '' : ' (skipped: no redis-server)'}`, () => {
  it('everybody sees what all machines use of the account, with the limits that are set for all', async () => {
    const limits = openLimits({ redis: redis!, prefix: 'p' }, settings);
    expect(limits.use()).toBeUndefined();
    await useSome(limits);
    const of = { account: 'near', models: [MODEL], own: settings };
    expect(await limitUseInRedis(redis!, of)).toEqual(USED);
    limits.close();
  });

  it('a worker is listed while it works and what it does is told; one that ended or died is not', async () => {
    const of = (worker: string): WorkerPresence => ({
      ...{ worker, machine: 'lighthouse', pid: 7, kinds: ['synthesize'], sessions: 8 },
      steps: [{ kind: 'bind', book: 'Fog', seconds: 1 }],
    });
    const one = announcePresence(redis!, { prefix: 'here', describe: () => of('one') });
    const two = announcePresence(redis!, { prefix: 'here', describe: () => of('two') });
    announcePresence(redis!, { prefix: 'elsewhere', describe: () => of('other') });
    await expect.poll(() => readPresence(redis!, 'here')).toEqual([of('one'), of('two')]);
    await one.close();
    expect((await readPresence(redis!, 'here')).map(({ worker }) => worker)).toEqual(['two']);
    // As when its machine is off: its word expires.
    expect(await redis!.pttl('here:presence:two')).toBeGreaterThan(0);
    await redis!.del('here:presence:two');
    expect(await readPresence(redis!, 'here')).toEqual([]);
    expect(await redis!.smembers('here:presence')).toEqual([]);
    await two.close();
  });
});
