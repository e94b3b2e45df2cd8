/** Workers that die in the middle of a step: real processes, real SIGKILLs, a real Redis. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openIsolation } from '../../src/queue/crash-quarantine.ts';
import type { Failure } from '../../src/queue/failure.ts';
import { type Follower, followRun } from '../../src/queue/follow-jobs.ts';
import { openQueue, type QueueConnection } from '../../src/queue/redis/connection.ts';
import { submitChapters } from '../../src/queue/submit.ts';
import type { JobRef } from '../../src/queue/topology.ts';
import { startWorkers } from '../../src/queue/workers.ts';
import { bundledProgram } from '../bundled-program.ts';
import { startRedis } from './redis-server.ts';
import { latch, made, master, processors, segment } from './steps.ts';

const server = await startRedis();
afterAll(() => server?.stop());

describe.skipIf(server === undefined)('workers that die', { timeout: 150_000 }, () => {
  let connection: QueueConnection;
  let follower: Follower;
  let done: string[];
  let failures: (Failure & JobRef)[];
  const children = new Set<ChildProcess>();
  beforeEach(async () => {
    [done, failures] = [[], []];
    connection = await openQueue({ redisUrl: server!.url, cacheDir: '/nowhere', prefix: `test-${randomUUID()}` });
    follower = await followRun(connection, {
      runId: 'r',
      onResult: ({ key }) => done.push(key),
      onFailure: (failure) => failures.push(failure),
    });
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await follower.close();
    await connection.close();
  });

  const program = bundledProgram('test/queue/mortal-worker.ts');
  const startWorker = () => {
    const child = spawn(process.execPath, [program, server!.url, connection.prefix], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.add(child);
    const begun: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => begun.push(line.replace('begun ', '')));
    const gone = once(child, 'exit').then(() => children.delete(child));
    return { child, begun, gone };
  };
  const submit = (...keys: string[]) =>
    submitChapters(connection, {
      runId: 'r',
      chapters: [{ master: master('m'), segments: keys.map((key, index) => segment(key, index + 1)) }],
    });

  test('a step that kills its worker is put aside at the third death, and the book goes on', async () => {
    const refs = await submit('a', 'poison', 'b');
    const ended = follower.expect(refs).then(() => 'ended' as const);
    let deaths = 0;
    for (;;) {
      const { child, gone } = startWorker();
      const what = await Promise.race([ended, gone.then(() => 'died' as const)]);
      if (what === 'ended') {
        child.kill('SIGKILL');
        break;
      }
      deaths += 1;
    }
    expect(deaths).toBe(3);
    expect(failures).toMatchObject([{ key: 'poison', code: 'worker-died' }]);
    expect(failures[0]?.message).toMatch(/^3 workers died/);
    expect(done.sort()).toEqual(['a', 'b', 'm']);
  });

  test('kill after kill fails no step; they run elsewhere within 20 s, those with a death behind them alone', async () => {
    const keys = ['hang-a', 'hang-b', 'hang-c', 'hang-d'];
    const refs = await submit(...keys);
    const first = startWorker();
    await expect.poll(() => [...first.begun].sort(), { timeout: 20_000 }).toEqual(keys);
    first.child.kill('SIGKILL');
    await first.gone;
    const killedAt = performance.now();
    const second = startWorker();
    // One of them: the others have to wait for it.
    await expect.poll(() => second.begun.length, { timeout: 30_000 }).toBe(1);
    expect(performance.now() - killedAt).toBeLessThan(20_000);
    second.child.kill('SIGKILL');
    await second.gone;
    const third = startWorker();
    await expect.poll(() => third.begun.length, { timeout: 30_000 }).toBe(1);
    expect(third.begun).not.toEqual(second.begun);
    third.child.kill('SIGKILL');
    await third.gone;
    let together = 0;
    let most = 0;
    const workers = await startWorkers(connection, {
      processors: processors({
        synthesize: async (step) => {
          together += 1;
          most = Math.max(most, together);
          await new Promise((resolve) => setTimeout(resolve, 20));
          together -= 1;
          return made(step);
        },
      }),
    });
    await follower.expect(refs);
    await workers.close({ graceMs: 0 });
    expect(failures).toEqual([]);
    expect(done.sort()).toEqual([...keys, 'm']);
    expect(most).toBe(1);
  });

  test('a worker that lost its lock but lives has not died', async () => {
    const refs = await submit('slow');
    const [begun, goOn] = [latch(), latch()];
    const slow = await startWorkers(connection, {
      processors: processors({
        synthesize: async (step) => {
          begun.open();
          await goOn.opened;
          return made(step);
        },
      }),
      concurrency: { synthesize: 1 },
    });
    await begun.opened;
    const deaths = () => connection.redis!.hget(`${connection.prefix}:begun:${refs[0]!.jobId}`, 'deaths');
    await connection.redis!.del(`${connection.prefix}:synthesize:${refs[0]!.jobId}:lock`);
    const seen: (string | null)[] = [];
    const other = await startWorkers(connection, {
      processors: processors({
        synthesize: async (step) => {
          seen.push(await deaths());
          return made(step);
        },
      }),
    });
    await follower.expect(refs);
    goOn.open();
    await Promise.all([slow, other].map((workers) => workers.close({ graceMs: 0 })));
    expect(seen).toEqual(['0']);
  });
});

test('alone is alone: what is under way ends first, what comes later waits', async () => {
  const { run } = openIsolation();
  const seen: string[] = [];
  const [first, second] = [latch(), latch()];
  const one = run(false, async () => {
    await first.opened;
    seen.push('one');
  });
  const alone = run(true, async () => {
    seen.push('alone');
    await second.opened;
    seen.push('alone ended');
  });
  const later = run(false, async () => seen.push('later'));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(seen).toEqual([]);
  first.open();
  await one;
  await expect.poll(() => seen).toEqual(['one', 'alone']);
  second.open();
  await Promise.all([alone, later]);
  expect(seen).toEqual(['one', 'alone', 'alone ended', 'later']);
  await expect(run(true, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await run(false, async () => 'open again')).toBe('open again');
});
