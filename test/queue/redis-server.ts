/**
 * A real Redis for tests: our own on a socket when `redis-server` is installed, otherwise the one at REDIS_URL, otherwise
 * none, which is said.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A Redis that a test may use, and break when it is its own. */
export interface TestRedis {
  url: string;
  /**
   * SIGKILL and a start from the append-only file after `awayMs`, or from the one that was saved last; undefined when the
   * server is not ours.
   */
  restart?: (options: { awayMs: number; fromSaved?: boolean }) => Promise<void>;
  /** Copies the append-only file, as an operator's backup does. */
  save?: () => Promise<void>;
  /** Stops the server and removes its files; does nothing to a server that is not ours. */
  stop(): Promise<void>;
}

/**
 * Starts or finds a Redis. `password` asks for one that demands it, `settings` for others of redis-server's own options; only a
 * server of our own can.
 */
export async function startRedis({
  password,
  settings = [],
}: {
  password?: string;
  settings?: readonly string[];
} = {}): Promise<TestRedis | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'test-redis-'));
  const socket = join(folder, 'redis.sock');
  const url = socket;
  try {
    let server = await launch({ folder, socket, password, settings });
    const kill = async (): Promise<void> => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
    };
    // A test that ends while its server is away must not leave the next one behind.
    let coming: Promise<void> = Promise.resolve();
    return {
      url,
      save: async () => {
        await rm(join(folder, SAVED), { recursive: true, force: true });
        await cp(join(folder, DATA), join(folder, SAVED), { recursive: true });
      },
      restart: ({ awayMs, fromSaved = false }) => {
        coming = (async () => {
          await kill();
          if (fromSaved) {
            await rm(join(folder, DATA), { recursive: true, force: true });
            await cp(join(folder, SAVED), join(folder, DATA), { recursive: true });
          }
          await new Promise((resolve) => setTimeout(resolve, awayMs));
          server = await launch({ folder, socket, password, settings });
        })();
        return coming;
      },
      stop: async () => {
        await coming.catch(() => undefined);
        await kill();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch {
    await rm(folder, { recursive: true, force: true });
    const elsewhere = process.env['REDIS_URL'];
    if (elsewhere !== undefined && password === undefined && settings.length === 0)
      return { url: elsewhere, stop: async () => {} };
    console.warn('SKIPPED: the tests on Redis (neither redis-server on the PATH nor REDIS_URL).');
    return undefined;
  }
}

/** The server's folder for its append-only file, and the copy of it. */
const DATA = 'appendonlydir';
const SAVED = 'saved';

interface Launch {
  folder: string;
  socket: string;
  password: string | undefined;
  settings: readonly string[];
}

async function launch({ folder, socket, password, settings }: Launch): Promise<ChildProcess> {
  const server = spawn(
    'redis-server',
    [
      ...['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700', '--dir', folder],
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'],
      ...(password === undefined ? [] : ['--requirepass', password]),
      ...settings,
    ],
    { stdio: 'ignore' },
  );
  await once(server, 'spawn');
  const client = new Redis(socket, { retryStrategy: () => 20, ...(password === undefined ? {} : { password }) });
  client.on('error', () => {});
  try {
    await client.ping();
  } finally {
    client.disconnect();
  }
  return server;
}
