/**
 * `npm run chaos`: storms of faults over books in the making, each in a world of its own.
 *
 *   --seed N        seed of the first storm, default 1; the next has the next
 *   --storms N      default 20
 *   --minutes N     begins no storm after so long, default 60
 *   --faults N      faults in a storm, default 4
 *   --only A,B      only these faults
 *   --engine NAME   default mixed: in turn, most often the first
 *   --store KIND    disk, s3, or mixed (default)
 *   --clocks KIND   same, different, or mixed (default)
 *   --lines N       lines in each of three chapters, default 40
 *   --scale X       how long faults last, as a part of their usual time, default 1
 *   --table FILE    writes the table after each storm
 *
 * Prints a table and ends with 1 when anything was lost, spoken again without need, accepted or enrolled twice, when a grant was
 * exceeded or when the ledger differs from the simulator's count. Equal seeds strike with equal faults in equal order; what they
 * hit depends on the machine's own timing.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { EngineName } from '../../src/models/model.ts';
import { setup } from '../build.ts';
import { type Chance, chanceOf } from './chance.ts';
import { engineOf } from './engines.ts';
import type { Fault } from './fault.ts';
import { FAULTS } from './faults.ts';
import { blow, type StormResult } from './storm.ts';
import { tableOf } from './table.ts';
import { openWorld, type World } from './world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    storms: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '60' },
    faults: { type: 'string', default: '4' },
    only: { type: 'string' },
    engine: { type: 'string', default: 'mixed' },
    store: { type: 'string', default: 'mixed' },
    clocks: { type: 'string', default: 'mixed' },
    lines: { type: 'string', default: '40' },
    scale: { type: 'string', default: '1' },
    table: { type: 'string' },
  },
});
const number = (name: 'seed' | 'storms' | 'minutes' | 'faults' | 'lines'): number => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1.`);
  return value;
};
const choice = <T extends string>(name: 'store' | 'clocks', of: readonly T[]): T => {
  const value = of.find((one) => one === values[name]);
  if (value === undefined) throw new Error(`--${name} must be one of: ${of.join(', ')}.`);
  return value;
};
const scale = Number(values.scale);
if (!(scale > 0)) throw new Error('--scale must be a number above 0.');
const only = values.only?.split(',').map((name) => name.trim());
const unknown = only?.filter((name) => !FAULTS.some((fault) => fault.name === name)) ?? [];
if (unknown.length > 0)
  throw new Error(`No fault is called ${unknown.join(', ')}. There are: ${FAULTS.map(({ name }) => name).join(', ')}.`);
const stores = choice('store', ['disk', 's3', 'mixed']);
const clocks = choice('clocks', ['same', 'different', 'mixed']);
if (values.engine !== 'mixed') engineOf(values.engine);

/** Slow enough that a book is still being spoken when its last fault strikes, and well below the 5 s after which a session counts as stalled. */
const FIRST_AUDIO_MS = 2_000;
const CLONE_MS = 2_500;
/** Of five storms. */
const ENGINES: readonly EngineName[] = [
  'dashscope-inference',
  'dashscope-realtime',
  'dashscope-realtime',
  'openai-speech',
  'dashscope-realtime',
];

/** Dealt like cards to one seed after the other, so that all faults strike about equally often. */
function dealt(seed: number, world: World, chance: Chance): Fault[] {
  const can = FAULTS.filter(
    ({ name, canStrike, isDealt = true }) => (canStrike?.(world) ?? true) && (only?.includes(name) ?? isDealt),
  );
  if (can.length === 0) return [];
  const deck = chanceOf(can.length).shuffle(can);
  const count = number('faults');
  const hand = Array.from({ length: count }, (_, at) => deck[(seed * count + at) % deck.length]);
  return chance.shuffle(hand.filter((fault) => fault !== undefined));
}

const say = (line: string): void => console.log(line);
let world: World | undefined;
// Ctrl-C leaves no process and no mounted disk behind.
const stop = (): void => {
  if (world === undefined) process.exit(130);
  void world.close().finally(() => process.exit(130));
};
process.once('SIGINT', stop).once('SIGTERM', stop);

async function storm(seed: number, folder: string): Promise<StormResult | undefined> {
  const chance = chanceOf(seed);
  const engine = engineOf(values.engine === 'mixed' ? (ENGINES[seed % ENGINES.length] ?? '') : values.engine);
  world = await openWorld(join(folder, String(seed)), {
    engine,
    firstAudioMs: FIRST_AUDIO_MS,
    cloneMs: CLONE_MS,
    store: stores === 'mixed' ? (seed % 3 === 2 ? 's3' : 'disk') : stores,
    clocks: clocks === 'mixed' ? seed % 2 === 0 : clocks === 'different',
    say,
  });
  if (world === undefined) return undefined;
  try {
    const faults = dealt(seed, world, chance);
    say(`storm ${seed}, ${engine.name}: ${faults.map(({ name }) => name).join(', ')}`);
    return await blow(world, { storm: seed, faults, chance, linesPerChapter: number('lines'), scale, say });
  } finally {
    await world.close();
    world = undefined;
  }
}

setup();
const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
const results: StormResult[] = [];
const until = performance.now() + number('minutes') * 60_000;
for (let seed = number('seed'); results.length < number('storms') && performance.now() < until; seed++) {
  const result = await storm(seed, folder);
  if (result === undefined) break;
  results.push(result);
  const { broken, spokenAgain, mayBeSpokenAgain } = result;
  say(
    broken.length === 0
      ? `  kept, ${result.seconds} s; spoken again ${spokenAgain} (${mayBeSpokenAgain} allowed)`
      : `  BROKEN: ${broken.join('; ')}`,
  );
  if (values.table !== undefined) await writeFile(values.table, `${tableOf(results)}\n`);
}
await rm(folder, { recursive: true, force: true });
say(`\n${tableOf(results)}`);
process.exitCode = results.some(({ broken }) => broken.length > 0) ? 1 : 0;
