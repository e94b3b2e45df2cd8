/** What a storm does to a world. Each fault heals what it broke, apart from processes it killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

/** One kind of trouble. */
export interface Fault {
  name: string;
  /** False where this machine can not do it; left out: always. */
  canStrike?(world: World): boolean;
  /** Does it. Answers how many sessions may have lost the answer of the line they were speaking. */
  strike(world: World, of: { chance: Chance; scale: number }): Promise<number>;
}

/** The faults, by what an operator would call them. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'worker killed',
    strike: async (world, { chance }) => {
      const worker = speaker(world.workers, chance);
      const lost = await killed(worker);
      await world.heal();
      return lost;
    },
  },
  { name: 'runner killed', strike: (world) => killed(world.runner) },
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
      const lost = sessionsOf([world.runner, ...world.workers]);
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
      const { service } = speaker([world.runner, ...world.workers], chance);
      const lost = service.openSessions();
      if (chance.between(0, 1) < 0.5) service.cut();
      else service.swallow();
      await sleep(chance.between(1_000, 15_000) * scale);
      service.heal();
      return lost;
    },
  },
  {
    name: 'disk full',
    canStrike: ({ disk }) => disk.fill !== undefined,
    strike: async (world, { chance, scale }) => {
      const lost = sessionsOf([world.runner, ...world.workers]);
      await world.disk.fill?.(chance.between(1_000, 5_000) * scale);
      return lost;
    },
  },
  {
    name: 'disk slow',
    canStrike: ({ disk }) => disk.slow !== undefined,
    strike: async (world, { chance, scale }) => {
      await world.disk.slow?.(chance.between(3_000, 10_000) * scale);
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
      const machine = speaker([world.runner, ...world.workers], chance);
      const lost = machine.service.openSessions();
      machine.program()?.kill('SIGSTOP');
      await sleep(60_000 * scale);
      machine.program()?.kill('SIGCONT');
      return lost;
    },
  },
];

function anyMachine(world: World, chance: Chance): Machine {
  return chance.pick([world.runner, ...world.workers]);
}

/** One that has a session open, if any has: a fault that meets nobody at work proves little. */
function speaker(machines: readonly Machine[], chance: Chance): Machine {
  const speaking = machines.filter(({ service }) => service.openSessions() > 0);
  return chance.pick(speaking.length > 0 ? speaking : machines);
}

async function killed(machine: Machine): Promise<number> {
  const lost = machine.service.openSessions();
  await machine.kill();
  return lost;
}

function sessionsOf(machines: readonly Machine[]): number {
  return machines.reduce((sum, { service }) => sum + service.openSessions(), 0);
}
