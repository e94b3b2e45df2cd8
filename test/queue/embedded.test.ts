import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { queueCounts } from '../../src/queue/control.ts';
import { openEmbedded } from '../../src/queue/embedded/embedded.ts';
import { readyDatabase } from '../../src/queue/embedded/ready-database.ts';
import { openQueue } from '../../src/queue/redis/connection.ts';
import { submitVoices } from '../../src/queue/submit.ts';
import { queueContract } from './contract.ts';
import { leftOpen, openHandles } from './open-handles.ts';
import { voice } from './steps.ts';

let cacheDir: string;
let before: Record<string, number>;
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'test-queue-cache-'));
  await (await openQueue({ cacheDir })).close();
  before = openHandles();
});
afterAll(async () => {
  await rm(cacheDir, { recursive: true, force: true });
});

queueContract('embedded queue', () => openQueue({ cacheDir }));

describe('a database that is ready', () => {
  test('is taken once, by the work that it was started for; one that nobody takes is closed', async () => {
    const opened: { isClosed: boolean }[] = [];
    const ready = readyDatabase(
      async () => {
        const database = await openEmbedded({ cacheDir });
        const one = { isClosed: false };
        opened.push(one);
        return { ...database, close: () => database.close().finally(() => (one.isClosed = true)) };
      },
      { keptMs: 300 },
    );
    ready.expect();
    ready.expect();
    const connection = await openQueue({ cacheDir, database: ready.take });
    await submitVoices(connection, { runId: 'r', steps: [voice('a')] });
    expect((await queueCounts(connection)).enroll.waiting).toBe(1);
    expect(opened).toHaveLength(1);
    ready.expect();
    await vi.waitUntil(() => opened[1]?.isClosed, 20_000);
    // The work closes what it took.
    expect(opened[0]!.isClosed).toBe(false);
    await connection.close();
    expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    await (await ready.take()).close();
    await ready.close();
    expect(opened).toHaveLength(3);
  });
});

describe('the seed of the embedded queue', () => {
  const runFolders = async () => (await readdir(tmpdir())).filter((name) => name.includes(`-${process.pid}_`));

  test('is made once, and two queues at once are strangers', async () => {
    const notices: string[] = [];
    const [one, other] = await Promise.all(
      [1, 2].map(() => openQueue({ cacheDir, notice: (text) => notices.push(text) })),
    );
    await submitVoices(one!, { runId: 'r', steps: [voice('a')] });
    expect((await queueCounts(one!)).enroll.waiting).toBe(1);
    expect((await queueCounts(other!)).enroll.waiting).toBe(0);
    await Promise.all([one!.close(), other!.close()]);
    expect(notices).toEqual([]);
    expect(await readdir(cacheDir)).toHaveLength(1);
    expect(await runFolders()).toEqual([]);
  });

  test('is made again when it is damaged', async () => {
    const [seed] = await readdir(cacheDir);
    await truncate(join(cacheDir, seed!, 'data', 'global', 'pg_control'), 10);
    const notices: string[] = [];
    await (await openQueue({ cacheDir, notice: (text) => notices.push(text) })).close();
    expect(notices).toEqual(['Preparing the embedded queue; this takes a few seconds, once.']);
    await (await openQueue({ cacheDir, notice: (text) => notices.push(text) })).close();
    expect(notices).toHaveLength(1);
  });

  test('is made for this start only when the cache folder is not writable', async () => {
    const file = join(cacheDir, 'a-file');
    await writeFile(file, '');
    const notices: string[] = [];
    const connection = await openQueue({ cacheDir: join(file, 'cache'), notice: (text) => notices.push(text) });
    expect((await queueCounts(connection)).enroll.waiting).toBe(0);
    await connection.close();
    expect(notices.at(-1)).toMatch(/is not writable/);
    expect(await runFolders()).toEqual([]);
  });

  test('what a killed process left is swept away', async () => {
    const connection = await openQueue({ cacheDir });
    const [mine] = await runFolders();
    const abandoned = join(tmpdir(), mine!.replace(`-${process.pid}_`, '-999999999_'));
    await mkdir(abandoned);
    await (await openQueue({ cacheDir })).close();
    expect(await readdir(tmpdir())).not.toContain(abandoned);
    await expect(readdir(abandoned)).rejects.toMatchObject({ code: 'ENOENT' });
    await connection.close();
  });
});

test('nothing is left open', async () => {
  await expect.poll(() => leftOpen(before)).toEqual({});
});
