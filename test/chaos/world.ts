/** Everything that a storm blows over: Redis, the simulator, a disk with the store, four workers and a runner. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { openStoreDisk, type StoreDisk } from './disk.ts';
import type { ChaosEngine } from './engines.ts';
import { type Machine, openMachine } from './machine.ts';
import { type ServiceProcess, startService } from './service.ts';

/** The parts. */
export interface World {
  engine: ChaosEngine;
  folder: string;
  store: string;
  redis: TestRedis & { restart: NonNullable<TestRedis['restart']> };
  service: ServiceProcess;
  disk: StoreDisk;
  workers: readonly Machine[];
  runner: Machine;
  /** Starts a worker's process and waits until it works. */
  startWorker(worker: Machine): Promise<void>;
  flushRedis(): Promise<void>;
  /** Kills the simulator and starts it again. */
  restartService(of: { awayMs: number }): Promise<void>;
  /** Whole wires, all workers up. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

const WORKERS = 4;
/** Sessions of the account, over all machines. */
const SESSIONS = 8;
const DISK_MEBIBYTES = 768;
/** How long a worker that died stays away, in milliseconds; a supervisor takes about so long. */
const RESPAWN_MS = 500;

/** Opens a world in `folder`; undefined, after saying so, when there is no redis-server to kill. */
export async function openWorld(
  folder: string,
  { firstAudioMs, engine, say }: { firstAudioMs: number; engine: ChaosEngine; say: (line: string) => void },
): Promise<World | undefined> {
  const redis = await startRedis();
  const { restart } = redis ?? {};
  if (redis === undefined || restart === undefined) {
    say('SKIPPED: the chaos suite (no redis-server on the PATH that it may kill).');
    return undefined;
  }
  await mkdir(folder, { recursive: true });
  const disk = await openStoreDisk(folder, { mebibytes: DISK_MEBIBYTES, say });
  const service = await startService(folder, { firstAudioMs, engine });
  const store = join(disk.folder, 'store');
  const names = Array.from({ length: WORKERS }, (_, index) => `worker ${index + 1}`);
  const wires = { folder, engine, redis: { path: redis.url }, service: { host: '127.0.0.1', port: service.port() } };
  const [runner, ...workers] = await Promise.all(['runner', ...names].map((name) => openMachine(name, wires)));
  if (runner === undefined) throw new Error('There is no runner.');
  const machines = [runner, ...workers];
  const startWorker = async (worker: Machine): Promise<void> => {
    await worker
      .start(['worker', '--store', store, '--sessions', String(SESSIONS), '--log-format', 'json'])
      .line('is ready');
  };
  const world: World = {
    engine,
    folder,
    store,
    redis: { ...redis, restart },
    service,
    disk,
    workers,
    runner,
    startWorker,
    flushRedis: async () => {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
    },
    restartService: async (of) => {
      for (const { service: wire } of machines) wire.cut();
      await service.restart(of);
      for (const { service: wire } of machines) {
        wire.aim({ host: '127.0.0.1', port: service.port() });
        wire.heal();
      }
    },
    heal: async () => {
      for (const { redis: toRedis, service: toService } of machines) {
        toRedis.heal();
        toService.heal();
      }
      await Promise.all(workers.map((worker) => revive(worker)));
    },
    close: async () => {
      await Promise.all(machines.map((machine) => machine.close()));
      await service.stop();
      await redis.stop();
      await disk.close();
    },
  };
  const revive = async (worker: Machine): Promise<void> => {
    const program = worker.program();
    if (program !== undefined && !program.hasEnded()) return;
    await sleep(RESPAWN_MS);
    await startWorker(worker);
  };
  try {
    await world.heal();
  } catch (error) {
    await world.close();
    throw error;
  }
  return world;
}

/** What a run of the book is told. */
export function runArguments(world: World, { manifest, out }: { manifest: string; out: string }): string[] {
  return ['run', manifest, '--json', '--store', world.store, '--out', out, '--sessions', String(SESSIONS)];
}
