/** Trouble with a store on S3. */
import { setTimeout as sleep } from 'node:timers/promises';
import { anyMachine, type Fault, killed, linesAtRisk, machinesOf } from './fault.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

/** An upload is one from so many bytes on; records are smaller. */
const UPLOAD_BYTES = 16_000;
const UPLOAD_WITHIN_MS = 20_000;
/** Share of the requests that a struggling S3 answers with 503. */
const REFUSED = 0.35;

const onS3 = ({ s3 }: World): boolean => s3 !== undefined;

/** The faults. */
export const S3_FAULTS: readonly Fault[] = [
  {
    name: 'killed during an upload',
    canStrike: onS3,
    strike: async (world) => {
      const machine = await firstUpload(machinesOf(world));
      if (machine === undefined) return undefined;
      const lost = await killed(world, machine);
      machine.s3?.heal();
      await world.heal();
      return lost;
    },
  },
  {
    name: 'S3 answers 503',
    canStrike: onS3,
    strike: async (world, { chance, scale }) => {
      const { s3 } = world;
      const lost = linesAtRisk(world, machinesOf(world));
      if (s3 !== undefined) s3.trouble = () => (chance.between(0, 1) < REFUSED ? 'slow-down' : undefined);
      await sleep(chance.between(2_000, 8_000) * scale);
      if (s3 !== undefined) s3.trouble = () => undefined;
      return lost;
    },
  },
  {
    name: 'cut off from S3',
    canStrike: onS3,
    strike: async (world, { chance, scale }) => {
      const machine = anyMachine(world, chance);
      const lost = linesAtRisk(world, [machine]);
      machine.s3?.cut();
      await sleep(chance.between(1_000, 10_000) * scale);
      machine.s3?.heal();
      return lost;
    },
  },
];

/** The machine whose upload is held half sent; undefined when there was none in time. */
async function firstUpload(machines: readonly Machine[]): Promise<Machine | undefined> {
  const over = new AbortController();
  const holds = machines.map(async (machine) => {
    await machine.s3?.holdUpload(UPLOAD_BYTES, over.signal);
    return machine;
  });
  const late = sleep(UPLOAD_WITHIN_MS, undefined, { signal: over.signal }).catch(() => undefined);
  const first = await Promise.race([...holds, late]);
  over.abort();
  for (const machine of machines) if (machine !== first) machine.s3?.heal();
  return first;
}
