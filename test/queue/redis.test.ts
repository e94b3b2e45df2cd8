import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followRun } from '../../src/queue/follow-jobs.ts';
import { openQueue } from '../../src/queue/redis/connection.ts';
import { submitChapters } from '../../src/queue/submit.ts';
import { startWorkers } from '../../src/queue/workers.ts';
import { bundledProgram } from '../bundled-program.ts';
import { NODE_FLAGS } from '../node-flags.ts';
import { queueContract } from './contract.ts';
import { leftOpen, openHandles } from './open-handles.ts';
import { startRedis } from './redis-server.ts';
import { made, master, processors, segment } from './steps.ts';

const server = await startRedis();
const open = (notice?: (message: string) => void, prefix = `test-${randomUUID()}`) =>
  openQueue({ redisUrl: server!.url, cacheDir: '/nowhere', prefix, notice });

let before: Record<string, number>;
beforeAll(() => {
  before = openHandles();
});
afterAll(() => server?.stop());

describe.skipIf(server === undefined)('on Redis', () => {
  const program = bundledProgram('test/queue/hanging-worker.ts');
  queueContract('queue', () => open());

  test('a step whose worker was killed is taken up by another one', { timeout: 40_000 }, async () => {
    const connection = await open();
    const done: string[] = [];
    const follower = await followRun(connection, {
      runId: 'r',
      onResult: ({ key }) => done.push(key),
      onFailure: (failure) => expect.fail(failure.message),
    });
    const child = spawn(process.execPath, [...NODE_FLAGS, program, server!.url, connection.prefix], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const refs = await submitChapters(connection, {
      runId: 'r',
      chapters: [{ master: master('m'), segments: [segment('s')] }],
    });
    const begun: unknown[] = await once(child.stdout, 'data');
    expect(String(begun[0])).toBe('begun s\n');
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    const workers = await startWorkers(connection, { processors: processors() });
    await follower.expect(refs);
    expect(done).toEqual(['s', 'm']);
    await workers.close({ graceMs: 0 });
    await follower.close();
    await connection.close();
  });

  test.skipIf(server?.restart === undefined)('work goes on when Redis was away', { timeout: 60_000 }, async () => {
    const notices: string[] = [];
    const connection = await open((text) => notices.push(text));
    const keys: string[] = [];
    const follower = await followRun(connection, {
      runId: 'r',
      onResult: ({ key }) => keys.push(key),
      onFailure: (failure) => expect.fail(failure.message),
    });
    let spoken = 0;
    let away: Promise<void> | undefined;
    const workers = await startWorkers(connection, {
      processors: processors({
        synthesize: async (step) => {
          spoken += 1;
          if (spoken === 20) away = server!.restart!({ awayMs: 300 });
          return made(step);
        },
      }),
      concurrency: { synthesize: 4 },
    });
    const segments = Array.from({ length: 60 }, (_, index) => segment(`s${index}`, index + 1));
    const refs = await submitChapters(connection, { runId: 'r', chapters: [{ master: master('m'), segments }] });
    await follower.expect(refs);
    await away;
    expect(new Set(keys).size).toBe(61);
    expect(keys).toHaveLength(61);
    expect(notices).toEqual([expect.stringMatching(/is lost/), expect.stringMatching(/is restored/)]);
    await workers.close({ graceMs: 0 });
    await follower.close();
    await connection.close();
  });

  test('a wrong password is reported without quoting it', async () => {
    const closed = await startRedis({ password: 'right-secret' });
    try {
      const opened = openQueue({ redisUrl: `${closed!.url}?password=wrong-secret`, cacheDir: '/nowhere' });
      await expect(opened).rejects.toMatchObject({
        message: expect.stringMatching(/refused the user or password/),
        stack: expect.not.stringContaining('secret'),
      });
      const admitted = await openQueue({ redisUrl: `${closed!.url}?password=right-secret`, cacheDir: '/nowhere' });
      expect(admitted.describe).not.toContain('secret');
      await admitted.close();
    } finally {
      await closed?.stop();
    }
  });

  test('nothing is left open', async () => {
    await expect.poll(() => leftOpen(before)).toEqual({});
  });
});

describe('an unusable Redis', () => {
  const refusal = async (redisUrl: string) => {
    const opened = openQueue({ redisUrl, cacheDir: '/nowhere' });
    return opened.then(
      () => expect.fail('it was opened'),
      (error: unknown) => error,
    );
  };

  test('nobody listens: the address without the password, and the ways on', async () => {
    expect(await refusal('redis://user:hush@127.0.0.1:1/2')).toMatchObject({
      code: 'queue-unreachable',
      message:
        'Redis at redis://user:***@127.0.0.1:1/2 cannot be reached (connect ECONNREFUSED 127.0.0.1:1). ' +
        'Start it, correct REDIS_URL, or unset REDIS_URL to use the embedded queue.',
    });
  });

  test('no address at all', async () => {
    expect(await refusal('hush hush')).toMatchObject({
      code: 'queue-unreachable',
      message: expect.not.stringContaining('hush'),
    });
  });

  test('a server that never answers: given up after five seconds', async () => {
    await withServer(
      () => {},
      async (url) => {
        const start = performance.now();
        expect(await refusal(url)).toMatchObject({ code: 'queue-unreachable' });
        expect(performance.now() - start).toBeLessThan(6_000);
      },
    );
  });

  test('too old', async () => {
    const info = 'redis_version:5.0.7\r\nloading:0\r\n';
    await withServer(
      (command) => (/info/i.test(command) ? `$${info.length}\r\n${info}\r\n` : "-ERR unknown command 'HELLO'\r\n"),
      async (url) => {
        expect(await refusal(url)).toMatchObject({ message: expect.stringMatching(/is version 5\.0; 6\.2 or newer/) });
      },
    );
  });
});

/** A server on loopback that answers each chunk it reads with what `answer` says. */
async function withServer(
  answer: (command: string) => string | undefined,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const sockets = new Set<import('node:net').Socket>();
  const fake = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      // One answer per command: each begins with '*'.
      for (const command of String(chunk).split('*').slice(1)) {
        const text = answer(command);
        if (text !== undefined) socket.write(text);
      }
    });
  });
  fake.listen(0, '127.0.0.1');
  await once(fake, 'listening');
  const address = fake.address();
  try {
    await use(`redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    fake.close();
    await once(fake, 'close');
  }
}
