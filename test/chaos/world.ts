/** Everything that a storm blows over: Redis, the simulator, the store on a disk or on S3, four workers and a runner. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { type S3Server, startS3Server } from '../store/s3-server.ts';
import { DIFFERENT_CLOCKS, findFaketime } from './clocks.ts';
import { openStoreDisk, type StoreDisk } from './disk.ts';
import type { NamedEngine } from './engines.ts';
import { type Machine, openMachine } from './machine.ts';
import { PRICES } from './prices.ts';
import { type ServiceProcess, startService } from './service.ts';
import { diskStore, type StormStore, s3Store } from './store.ts';

/** The parts. */
export interface World {
  engine: NamedEngine;
  folder: string;
  store: StormStore;
  redis: TestRedis & Required<Pick<TestRedis, 'restart' | 'save'>>;
  /** A client of whoever operates Redis, which no wire cuts off. */
  operator: Redis;
  service: ServiceProcess;
  /** Undefined for a store on S3, and the other way round. */
  disk: StoreDisk | undefined;
  s3: S3Server | undefined;
  /** Variables of a process that looks at the store over no wire. */
  env: NodeJS.ProcessEnv;
  /** Whether the clocks of the machines differ. */
  hasDifferentClocks: boolean;
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

/** What a world is made of. */
export interface WorldOptions {
  firstAudioMs: number;
  /** How long the service takes to make a voice. Default 0. */
  cloneMs?: number;
  engine: NamedEngine;
  /** Default a disk. */
  store?: 'disk' | 's3';
  /** The machines' clocks differ; said and left out where faketime is not installed. Default false. */
  clocks?: boolean;
  say: (line: string) => void;
}

/** Opens a world in `folder`; undefined, after saying so, when there is no redis-server to kill. */
export async function openWorld(
  folder: string,
  { firstAudioMs, cloneMs = 0, engine, store: kind = 'disk', clocks = false, say }: WorldOptions,
): Promise<World | undefined> {
  const redis = await startRedis();
  const { restart, save } = redis ?? {};
  if (redis === undefined || restart === undefined || save === undefined) {
    say('SKIPPED: the chaos suite (no redis-server on the PATH that it may kill).');
    return undefined;
  }
  await mkdir(folder, { recursive: true });
  const hasDifferentClocks = clocks && findFaketime() !== undefined;
  if (clocks && !hasDifferentClocks) say('SKIPPED: clocks that differ (faketime is not installed).');
  const s3 = kind === 's3' ? await startS3Server() : undefined;
  const disk = s3 === undefined ? await openStoreDisk(folder, { mebibytes: DISK_MEBIBYTES, say }) : undefined;
  const store = s3 === undefined ? diskStore(join(disk?.folder ?? folder, 'store')) : s3Store(s3);
  const prices = join(folder, 'prices.yaml');
  await writeFile(prices, PRICES);
  const service = await startService(folder, { firstAudioMs, cloneMs, engine });
  const operator = new Redis(redis.url);
  // While the server is killed.
  operator.on('error', () => undefined);
  const names = Array.from({ length: WORKERS }, (_, index) => `worker ${index + 1}`);
  const local = { host: '127.0.0.1' };
  const machineOf = (name: string, place: number): Promise<Machine> =>
    openMachine(name, {
      folder,
      engine,
      redis: { path: redis.url },
      service: { ...local, port: service.port() },
      s3: s3 && { to: { ...local, port: Number(new URL(s3.url).port) }, env: s3.env },
      env: { PIPELINE_PRICES: prices },
      clock: hasDifferentClocks ? DIFFERENT_CLOCKS[place] : undefined,
    });
  const [runner, ...workers] = await Promise.all(['runner', ...names].map(machineOf));
  if (runner === undefined) throw new Error('There is no runner.');
  const machines = [runner, ...workers];
  const startWorker = async (worker: Machine): Promise<void> => {
    await worker
      .start(['worker', '--store', store.address, '--sessions', String(SESSIONS), '--log-format', 'json'])
      .line('is ready');
  };
  const world: World = {
    engine,
    folder,
    store,
    redis: { ...redis, restart, save },
    operator,
    service,
    disk,
    s3,
    env: { ...engine.env(service.port()), ...s3?.env, PIPELINE_PRICES: prices },
    hasDifferentClocks,
    workers,
    runner,
    startWorker,
    flushRedis: async () => {
      await operator.flushall();
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
      for (const { redis: toRedis, service: toService, s3: toS3 } of machines) {
        toRedis.heal();
        toService.heal();
        toS3?.heal();
      }
      await Promise.all(workers.map((worker) => revive(worker)));
    },
    close: async () => {
      await Promise.all(machines.map((machine) => machine.close()));
      await service.stop();
      operator.disconnect();
      await redis.stop();
      await s3?.close();
      await disk?.close();
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
  return ['run', manifest, '--json', '--store', world.store.address, '--out', out, '--sessions', String(SESSIONS)];
}
