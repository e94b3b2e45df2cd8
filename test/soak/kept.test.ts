/** What a process keeps of books that it has made: as much after thousands as after a few. */
import { getEventListeners, once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSerialQueue } from '../../src/queue/abortable.ts';
import { openQueue } from '../../src/queue/redis/connection.ts';
import { watchBookControl } from '../../src/run/control.ts';
import { withJoinedSignal } from '../../src/signals.ts';
import type { Journals } from '../../src/store/journals.ts';
import type { CallRecord } from '../../src/store/spending/paid-call.ts';
import { openSpendingLedger } from '../../src/store/spending/spending-ledger.ts';
import type { Store } from '../../src/store/store.ts';
import { openVoiceHabits } from '../../src/store/voice-habits.ts';
import type { InboxEvent } from '../../src/watch/events.ts';
import { EventLog } from '../../src/web/event-log.ts';
import { startRedis } from '../queue/redis-server.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of the heap after each unit of work, less what it was before; a hundred units go first. */
async function keptBytes(units: number, work: (unit: number) => Promise<unknown>): Promise<number> {
  const run = async (from: number, to: number): Promise<number> => {
    for (let unit = from; unit < to; unit++) await work(unit);
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await run(0, 100);
  return ((await run(100, 100 + units)) - before) / units;
}

describe('kept in memory', () => {
  test('nothing of signals that are joined: AbortSignal.any is only for some that end together', () => {
    const together = [
      'src/cli/mcp/mcp.ts', // once a process
      'src/simulator/inference/task.ts', // a socket, and a task of it
      'src/simulator/response.ts', // the same
      'src/speech/dashscope/call-permits.ts', // an opening of a session
      'src/speech/dashscope/session-opening.ts', // the same
    ];
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).map((name) => join('src', name));
    const joins = (file: string): boolean =>
      file.endsWith('.ts') && readFileSync(file, 'utf8').includes('AbortSignal.any(');
    expect(files.filter(joins).sort()).toEqual(together);
  });

  test('no Redis connection, when the signal that would have ended its waits goes on', async () => {
    const redis = await startRedis();
    if (redis === undefined) return;
    onTestFinished(() => redis.stop());
    const stop = new AbortController();
    for (let book = 0; book < 3; book++) {
      const queue = await openQueue({ redisUrl: redis.url, cacheDir: '/nowhere', stop: stop.signal });
      expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
      await queue.close();
    }
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  });

  test('no wait of a book that was paused', async () => {
    let request: unknown = { id: 'b', wish: 'pause', at: '2026-11-29T00:00:00Z' };
    const store = { readRecord: async () => request } as unknown as Store;
    const stop = new AbortController();
    const control = await watchBookControl(store, 'b', () => undefined);
    const released = control.untilReleased(stop.signal);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    request = undefined;
    await released;
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
    control.close();
  });

  test('nothing of the calls that have passed a limit', async () => {
    const queue = openSerialQueue(new AbortController().signal);
    expect(await keptBytes(10_000, () => queue.run(async () => undefined))).toBeLessThan(40);
  });

  test('no book whose calls are recorded', async () => {
    const journals = { batchMs: 0, append: async () => undefined } as unknown as Journals;
    const ledger = openSpendingLedger({ journals });
    const call = (book: number) => ({ book: `Book ${book}`, author: null, at: '2026-11-29T00:00:00Z' }) as CallRecord;
    expect(await keptBytes(4_000, (book) => ledger.ended(call(book)))).toBeLessThan(150);
  });

  test('the habits of the latest voices', async () => {
    let reads = 0;
    const store = {
      async *readRecords() {
        reads += 1;
        yield [];
      },
    } as unknown as Store;
    const habits = openVoiceHabits(store);
    const hear = (voice: number) => habits.of({ voiceId: `v${voice}`, model: 'm', languageType: 'English' }, 'k');
    for (let voice = 0; voice < 150; voice++) await hear(voice);
    await hear(149);
    expect(reads).toBe(150);
    await hear(0);
    expect(reads).toBe(151);
  });

  test('nothing of work whose signal was joined with one that lives on', async () => {
    const stop = new AbortController();
    const work = () => withJoinedSignal([stop.signal, new AbortController().signal], async ({ aborted }) => aborted);
    expect(await keptBytes(8_000, work)).toBeLessThan(40);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);

    const failed = withJoinedSignal([undefined, stop.signal], async () => {
      throw new Error('It failed.');
    });
    await expect(failed).rejects.toThrow('It failed.');
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
    const heard = withJoinedSignal([stop.signal], (signal) => once(signal, 'abort').then(() => signal.reason));
    stop.abort('end');
    expect(await heard).toBe('end');
    expect(await withJoinedSignal([stop.signal], async ({ reason }) => reason)).toBe('end');
  });

  test('the events that are promised, and an eighth more', () => {
    const log = new EventLog(16);
    for (let number = 1; number <= 100; number++) {
      log.add({ type: 'inbox.resumed', hold: 'pause-file' } satisfies InboxEvent);
      const kept = Array.from({ length: number }, (_, before) => number - before).filter(
        (n) => log.from(n) !== undefined,
      );
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(16, number));
      expect(kept.length).toBeLessThanOrEqual(18);
    }
  });

  test('an older event in a third of the memory of a new one', async () => {
    const log = new EventLog();
    const add = async (unit: number): Promise<void> => {
      const path = `book-${unit}.yaml`;
      const [title, version] = [`Book ${unit}`, `${unit}`.padStart(32, '0')];
      log.add({ type: 'inbox.state', path, title, version, state: 'queued', status: 'queued' });
    };
    // Below a block, and over the next seven.
    const recent = await keptBytes(500, add);
    expect(await keptBytes(4_400, add)).toBeLessThan(recent / 3);
  });
});
