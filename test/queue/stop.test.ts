/** What stops while Redis is away ends within bounds, whether Redis is gone or silent, and leaves nothing open. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bookLeases } from '../../src/queue/book-leases.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { openQueue } from '../../src/queue/redis/connection.ts';
import { submitChapters } from '../../src/queue/submit.ts';
import { startWorkers } from '../../src/queue/workers.ts';
import type { Store } from '../../src/store/store.ts';
import { startConductor } from '../../src/submissions/conductor.ts';
import { leftOpen, openHandles } from './open-handles.ts';
import { startRedis, type TestRedis } from './redis-server.ts';
import { latch, made, master, processors, segment } from './steps.ts';

/** The documented bound is 20 s for the steps in progress. */
const MOST_MS = 20_000;

let server: TestRedis | undefined;
let before: Record<string, number>;
beforeEach(async () => {
  server = await startRedis();
  before = openHandles();
});
afterEach(() => server?.stop());

const noBooks = { listRecords: async () => [] as string[] } as unknown as Store;

/** A worker process without its service: queue, limits, workers and a conductor; one step under way when `isBusy`. */
async function openWorker({ isBusy }: { isBusy: boolean }) {
  const stop = new AbortController();
  const prefix = `test-${randomUUID()}`;
  const queue = await openQueue({ redisUrl: server!.url, cacheDir: '/nowhere', prefix, stop: stop.signal });
  const limits = openLimits(queue, { account: 'test', sessionsAtOnce: 1 });
  const [begun, spoken] = [latch(), latch()];
  const workers = await startWorkers(queue, {
    processors: processors({
      synthesize: (step, { signal }) =>
        limits.singleFlight.run(
          step.key,
          async () => {
            begun.open();
            await spoken.opened;
            return made(step);
          },
          signal,
        ),
    }),
  });
  const leases = bookLeases({ redis: queue.redis!, prefix });
  const unused = undefined as never;
  const conductor = startConductor({
    ...{ store: noBooks, account: unused, queue, leases, conductorId: 'c' },
    ...{ runOptionsFor: unused, emit: unused, notice: () => undefined },
  });
  if (isBusy) {
    await submitChapters(queue, { runId: 'r', chapters: [{ master: master('m'), segments: [segment('s')] }] });
    await begun.opened;
  }
  return {
    /** The take arrives while Redis is away. */
    speak: spoken.open,
    close: async () => {
      stop.abort();
      await Promise.all([conductor.close(), workers.close({ graceMs: MOST_MS })]);
      limits.close();
      await queue.close();
    },
  };
}

const away = {
  gone: async () => {
    await server!.stop();
    return async () => undefined;
  },
  silent: async () => {
    const operator = new Redis(server!.url);
    await operator.client('PAUSE', 60_000, 'ALL');
    return async () => operator.disconnect();
  },
};

describe('a worker that stops while Redis', () => {
  test.each([
    ['is gone', 'gone', false],
    ['is gone, with a step under way', 'gone', true],
    ['is silent', 'silent', false],
    ['is silent, with a step under way', 'silent', true],
  ] as const)('%s', { timeout: 40_000 }, async (_name, how, isBusy) => {
    if (server?.restart === undefined) return;
    const worker = await openWorker({ isBusy });
    const back = await away[how]();
    worker.speak();
    const from = performance.now();
    await worker.close();
    expect(performance.now() - from).toBeLessThan(MOST_MS);
    await back();
    await expect.poll(() => leftOpen(before), { timeout: 5_000 }).toEqual({});
  });
});
