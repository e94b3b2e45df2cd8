/** The short form of the chaos suite: one storm of the faults that happen most. The long form: `npm run chaos`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diskFolder } from '../disk-folder.ts';
import { chanceOf } from './chance.ts';
import { engineOf } from './engines.ts';
import { FAULTS } from './faults.ts';
import { blow } from './storm.ts';
import { openWorld, type World } from './world.ts';

const NAMES = ['worker killed', 'redis emptied', 'redis READONLY', 'runner killed'];
const say = (line: string): void => console.warn(line);

let folder: string;
let world: World | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(diskFolder(), 'chaos-'));
  world = await openWorld(folder, { firstAudioMs: 1_000, engine: engineOf('dashscope-realtime'), say });
}, 60_000);
afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

it('a book survives the death of a worker, of its runner and of what Redis knew', {
  timeout: 600_000,
}, async (test) => {
  if (world === undefined) return test.skip('no redis-server on the PATH that it may kill');
  const faults = NAMES.flatMap((wanted) => FAULTS.find(({ name }) => name === wanted) ?? []);
  const result = await blow(world, {
    storm: 1,
    faults,
    chance: chanceOf(7),
    linesPerChapter: 20,
    scale: 0.3,
    grant: 4,
    say,
  });
  expect(result.broken).toEqual([]);
  expect(result.faults.map((name) => name.replace(' (silent)', ''))).toEqual(NAMES);
});
