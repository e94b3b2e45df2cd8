/** What a storm does to a world. Each fault heals what it broke, apart from processes it killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { anyMachine, type Fault, killed, linesAtRisk, linesHeld, machinesOf, speaker } from './fault.ts';
import type { Machine } from './machine.ts';
import { REDIS_FAULTS } from './redis-faults.ts';
import { S3_FAULTS } from './s3-faults.ts';
import type { World } from './world.ts';

/** The faults, by what an operator would call them. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'worker killed',
    strike: async (world, { chance }) => {
      const worker = speaker(world.workers, chance);
      const lost = await killed(world, worker);
      await world.heal();
      return lost;
    },
  },
  { name: 'runner killed', strike: (world) => killed(world, world.runner) },
  {
    name: 'redis killed',
    strike: async (world, { chance, scale }) => {
      await world.redis.restart({ awayMs: chance.between(500, 6_000) * scale });
      return 0;
    },
  },
  {
    name: 'redis emptied',
    strike: async (world) => {
      await world.flushRedis();
      return 0;
    },
  },
  {
    name: 'service restarted',
    strike: async (world, { chance, scale }) => {
      const lost = linesAtRisk(world, machinesOf(world));
      await world.restartService({ awayMs: chance.between(200, 4_000) * scale });
      return lost;
    },
  },
  {
    name: 'cut off from redis',
    strike: async (world, { chance, scale }) => {
      const { redis } = anyMachine(world, chance);
      if (chance.between(0, 1) < 0.5) redis.cut();
      else redis.swallow();
      await sleep(chance.between(1_000, 20_000) * scale);
      redis.heal();
      return 0;
    },
  },
  {
    name: 'cut off from the service',
    strike: async (world, { chance, scale }) => {
      const machine = speaker(machinesOf(world), chance);
      const { service } = machine;
      const lost = linesAtRisk(world, [machine]);
      if (chance.between(0, 1) < 0.5) service.cut();
      else service.swallow();
      await sleep(chance.between(1_000, 15_000) * scale);
      service.heal();
      return lost;
    },
  },
  {
    name: 'disk full',
    canStrike: ({ disk }) => disk?.fill !== undefined,
    strike: async (world, { chance, scale }) => {
      const lost = linesAtRisk(world, machinesOf(world));
      await world.disk?.fill?.(chance.between(1_000, 5_000) * scale);
      return lost;
    },
  },
  {
    name: 'disk slow',
    canStrike: ({ disk }) => disk?.slow !== undefined,
    strike: async (world, { chance, scale }) => {
      await world.disk?.slow?.(chance.between(3_000, 10_000) * scale);
      return 0;
    },
  },
  {
    name: 'clock stepped',
    strike: async (world, { chance }) => {
      anyMachine(world, chance).program()?.kill('SIGUSR2');
      return 0;
    },
  },
  {
    name: 'asleep',
    strike: async (world, { chance, scale }) => {
      const machine = speaker(machinesOf(world), chance);
      const sessions = linesAtRisk(world, [machine]);
      machine.program()?.kill('SIGSTOP');
      const lost = Math.max(sessions, await linesHeld(world, machine));
      await sleep(60_000 * scale);
      machine.program()?.kill('SIGCONT');
      return lost;
    },
  },
  {
    name: 'killed while a voice is cloned',
    when: 'cloning',
    canStrike: ({ engine }) => engine.voicesFile !== undefined,
    strike: async (world) => {
      const machine = await cloning(world);
      if (machine === undefined) return undefined;
      const lost = await killed(world, machine);
      await world.heal();
      return lost;
    },
  },
  ...REDIS_FAULTS,
  ...S3_FAULTS,
];

const CLONING_WITHIN_MS = 20_000;
/** A call that has waited so long is no list of voices. */
const CLONING_MS = 500;

async function cloning(world: World): Promise<Machine | undefined> {
  for (const until = performance.now() + CLONING_WITHIN_MS; performance.now() < until; await sleep(50)) {
    const machine = machinesOf(world).find(({ service }) => service.waitingCalls(CLONING_MS) > 0);
    if (machine !== undefined) return machine;
  }
  return undefined;
}
