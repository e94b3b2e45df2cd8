/** What a fault is, and whom it strikes. */
import type { Chance } from './chance.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

/** One kind of trouble. */
export interface Fault {
  name: string;
  /** Strikes while voices are cloned, before the first line is spoken; left out: while somebody speaks. */
  when?: 'cloning';
  /** False: it strikes only when it is asked for by name. Left out: true. */
  isDealt?: false;
  /** False where this machine, this engine or this store can not have it; left out: always. */
  canStrike?(world: World): boolean;
  /** Does it. Answers how many lines may have been spoken whose take is lost with it; undefined when it met nothing. */
  strike(world: World, of: { chance: Chance; scale: number }): Promise<number | undefined>;
}

/** All machines. */
export function machinesOf({ runner, workers }: World): Machine[] {
  return [runner, ...workers];
}

/** Any machine. */
export function anyMachine(world: World, chance: Chance): Machine {
  return chance.pick(machinesOf(world));
}

/** One that has a session open, if any has: a fault that meets nobody at work proves little. */
export function speaker(machines: readonly Machine[], chance: Chance): Machine {
  const speaking = machines.filter(({ service }) => service.openSessions() > 0);
  return chance.pick(speaking.length > 0 ? speaking : machines);
}

/**
 * Lines that are lost with these machines: those that are spoken, and on S3 as many more, as a take is still on its way there
 * while its session speaks the next line.
 */
export function linesAtRisk(world: World, machines: readonly Machine[]): number {
  const sessions = machines.reduce((sum, { service }) => sum + service.openSessions(), 0);
  return world.s3 === undefined ? sessions : 2 * sessions;
}

/** Kills the machine's process. Answers the lines that are lost with it. */
export async function killed(world: World, machine: Machine): Promise<number> {
  const lost = linesAtRisk(world, [machine]);
  await machine.kill();
  return lost;
}
