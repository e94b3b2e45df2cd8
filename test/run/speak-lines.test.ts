/** Lines that are spoken by themselves: however that ends, nothing stays open, and Ctrl-C lets a call under way end. */
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { openQueue } from '../../src/queue/redis/connection.ts';
import { startWorkers } from '../../src/queue/workers.ts';
import { speakLines } from '../../src/run/speak-lines.ts';
import { leftOpen, openHandles } from '../queue/open-handles.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { latch, made, processors, segment, voice } from '../queue/steps.ts';

/** The documented bound for steps under way after Ctrl-C, with what the queue needs to close. */
const MOST_MS = 10_000;

let server: TestRedis | undefined;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server?.stop());

/** Speaks a voice and a line; `enroll` is told that it began. */
async function speaking(of: { enroll?: () => Promise<void>; lost?: AbortSignal; isBroken?: boolean } = {}) {
  const stop = new AbortController();
  const prefix = `test-${randomUUID()}`;
  const cacheDir = join(tmpdir(), 'speak-lines-cache');
  const queue = await openQueue({ redisUrl: server?.url, cacheDir, prefix, stop: stop.signal });
  const limits = openLimits(queue, { account: 'test', sessionsAtOnce: 1 });
  const done: string[] = [];
  const workers = await startWorkers(queue, {
    processors: processors({
      enroll: async (step) => {
        await of.enroll?.();
        return made(step, () => done.push(step.key));
      },
    }),
  });
  const budgets = of.isBroken
    ? { ...limits.budgets, open: () => Promise.reject(new Error('no budget')) }
    : limits.budgets;
  const speak = () =>
    speakLines({
      work: {
        ...{ queue, budgets, workerId: 'test', lost: of.lost },
        calls: () => ({ enroll: 0, list: 0, synthesize: 0 }),
        stopWorkers: (options) => workers.close(options),
        close: async () => {
          limits.close();
          await queue.close();
        },
      },
      ...{ voices: [voice('v')], segments: [segment('s')], budgetNanos: undefined, granted: undefined },
      tariff: { currency: 'CNY', models: {} } as never,
      payer: { book: 'b', author: 'a', realm: 'r' } as never,
      ...{ emit: () => undefined, signal: stop.signal },
    });
  return { speak, stop: () => stop.abort(), done };
}

it('ends and leaves nothing open when Ctrl-C came while the queue was opened', async () => {
  const before = openHandles();
  const { speak, stop } = await speaking();
  stop();
  await expect(speak()).rejects.toMatchObject({ code: 'interrupted' });
  await expect.poll(() => leftOpen(before), { timeout: MOST_MS }).toEqual({});
});

it('leaves nothing open when its budget cannot be opened', async () => {
  const before = openHandles();
  const { speak } = await speaking({ isBroken: true });
  await expect(speak()).rejects.toThrow('no budget');
  await expect.poll(() => leftOpen(before), { timeout: MOST_MS }).toEqual({});
});

it('lets a voice that is being enrolled come, and then ends', async () => {
  const before = openHandles();
  const [begun, enrolled] = [latch(), latch()];
  const enroll = async () => {
    begun.open();
    await enrolled.opened;
  };
  const { speak, stop, done } = await speaking({ enroll });
  const spoken = speak().catch((error: unknown) => error);
  await begun.opened;
  stop();
  await new Promise((passed) => setTimeout(passed, 300));
  enrolled.open();
  expect(await spoken).toMatchObject({ code: 'interrupted' });
  expect(done).toEqual(['v']);
  await expect.poll(() => leftOpen(before), { timeout: MOST_MS }).toEqual({});
});

it('ends when the store is lost, and says so', async () => {
  const lost = new AbortController();
  const gone = new PipelineError({
    code: 'store-lost' as never,
    message: 'Another run has the store.',
    retry: 'never',
  });
  const begun = latch();
  const { speak } = await speaking({ enroll: async () => begun.open(), lost: lost.signal });
  lost.abort(gone);
  await expect(speak()).rejects.toBe(gone);
});
