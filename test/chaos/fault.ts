/** What a fault is, and whom it strikes. */
import type { Chance } from './chance.ts';
import { takenLines } from './evidence.ts';
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
export function machinesOf({ runner, workers }: Pick<World, 'runner' | 'workers'>): Machine[] {
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
 * Lines whose speech breaks off when the machines have trouble: one for each open session, and on S3 as many more, as a take is
 * still on its way there while its session speaks the next line. For a machine that is gone, ask `linesHeld`.
 */
export function linesAtRisk(world: World, machines: readonly Machine[]): number {
  const sessions = machines.reduce((sum, { service }) => sum + service.openSessions(), 0);
  return world.s3 === undefined ? sessions : 2 * sessions;
}

/**
 * Lines that go with a machine that has just been killed or stopped: those that it sent last of all machines, and that have no
 * take in the store now. So each is under way, or its speech has arrived and waits for the store: on a slow disk, or to S3.
 */
export async function linesHeld(world: Pick<World, 'runner' | 'workers' | 'store'>, machine: Machine): Promise<number> {
  const others = machinesOf(world).filter((one) => one !== machine);
  const own = [...machine.service.sentLines].filter(([line, atMs]) =>
    others.every(({ service }) => (service.sentLines.get(line) ?? 0) < atMs),
  );
  // Lost once: what it sends later is sent by another process, or again.
  machine.service.sentLines.clear();
  const stored = new Set(await takenLines(world.store));
  return own.filter(([line]) => !stored.has(line)).length;
}

/** Kills the machine's process. Answers the lines that are lost with it. */
export async function killed(world: World, machine: Machine): Promise<number> {
  const sessions = machine.service.openSessions();
  await machine.kill();
  return Math.max(sessions, await linesHeld(world, machine));
}
