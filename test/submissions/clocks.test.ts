/** Nothing about a submitted book depends on whose clock is right. */
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bookLeases } from '../../src/queue/book-leases.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { recordName } from '../../src/store/layout.ts';
import type { Store } from '../../src/store/store.ts';
import { putBookState, putSubmission } from '../../src/store/submissions.ts';
import { dueBooks } from '../../src/submissions/due.ts';
import { listBooks } from '../../src/submissions/list.ts';
import { startRedis } from '../queue/redis-server.ts';

const HOUR_MS = 3_600_000;
const none = { done: 0, total: 0 };

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clocks-'));
  store = await openDiskStore(folder);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A book whose process has a clock that is `aheadMs` ahead of ours, and whose state is `ageMs` old. */
async function book(id: string, { aheadMs, ageMs }: { aheadMs: number; ageMs: number }): Promise<void> {
  const at = (ms: number): string => new Date(Date.now() + aheadMs + ms).toISOString();
  const submission = { id, title: id, author: '', revision: 'r', account: 'a', manifest: 'm', outDir: '/o' };
  await putSubmission(store, { ...submission, urgent: false, host: 'h', submittedAt: at(-ageMs) });
  const counts = { voices: none, segments: { ...none, failed: 0 }, chapters: none, failures: [] };
  await putBookState(store, id, { revision: 'r', status: 'running', beatAt: at(-ageMs), runner: 'h:1', ...counts });
  const written = new Date(Date.now() - ageMs);
  await utimes(join(folder, recordName('book-state', id)), written, written);
}

describe('a running book', () => {
  it('is dead when the store has seen no heartbeat for 20 s, and alive otherwise, whatever the clock of its machine', async () => {
    await book('ahead', { aheadMs: 48 * HOUR_MS, ageMs: 60_000 });
    await book('behind', { aheadMs: -48 * HOUR_MS, ageMs: 2_000 });
    const books = await listBooks(store);
    expect(Object.fromEntries(books.map(({ submission, status }) => [submission.id, status]))).toEqual({
      ahead: 'interrupted',
      behind: 'running',
    });
  });
});

describe('a book that waits between two runs', () => {
  it.each([48, -48, 0])('waits as long as its process said, with a clock that is %s hours ahead', async (hours) => {
    let now = 1_000;
    const isDue = dueBooks({ recordAgeMs: async () => 20_000 }, () => now);
    const from = Date.now() + hours * HOUR_MS;
    const state = { beatAt: new Date(from).toISOString(), notBefore: new Date(from + 60_000).toISOString() };
    expect(await isDue('book', state)).toBe(false);
    now += 39_000;
    expect(await isDue('book', state)).toBe(false);
    now += 1_000;
    expect(await isDue('book', state)).toBe(true);
    expect(await isDue('book', { beatAt: state.beatAt })).toBe(true);
  });
});

const server = await startRedis();
afterAll(() => server?.stop());

describe.skipIf(server === undefined)('the processes that look for books', () => {
  it('count by the clock of Redis', async () => {
    const redis = new Redis(server!.url);
    try {
      const leases = bookLeases({ redis, prefix: 'test' });
      const now = Date.now();
      for (const [index, skewMs] of [-90_000, 0, 48 * HOUR_MS].entries()) {
        vi.spyOn(Date, 'now').mockReturnValue(now + skewMs);
        await leases.heartbeat(`runner ${index}`);
      }
      vi.spyOn(Date, 'now').mockReturnValue(now + 90_000);
      expect(await leases.conductors()).toBe(3);
      await redis.zadd('test:conductors', now - 60_000, 'runner 2');
      expect(await leases.conductors()).toBe(2);
    } finally {
      redis.disconnect();
    }
  });
});
