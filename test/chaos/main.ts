/**
 * `npm run chaos -- [--seed N] [--storms N] [--minutes N] [--only "fault,fault"] [--engine NAME]`: storms over a book in the making.
 *
 * Prints a table and ends with 1 when anything was lost, spoken again without need, accepted twice or enrolled twice. Equal
 * seeds strike with equal faults in equal order; what they hit depends on the machine's own timing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setup } from '../build.ts';
import { chanceOf } from './chance.ts';
import { engineOf } from './engines.ts';
import { FAULTS } from './faults.ts';
import { blow, type StormResult } from './storm.ts';
import { tableOf } from './table.ts';
import { openWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    storms: { type: 'string', default: '12' },
    minutes: { type: 'string', default: '30' },
    faults: { type: 'string', default: '4' },
    only: { type: 'string' },
    engine: { type: 'string', default: 'dashscope-realtime' },
  },
});
const number = (name: 'seed' | 'storms' | 'minutes' | 'faults'): number => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1.`);
  return value;
};
const only = values.only?.split(',').map((name) => name.trim());
const unknown = only?.filter((name) => !FAULTS.some((fault) => fault.name === name)) ?? [];
if (unknown.length > 0)
  throw new Error(`No fault is called ${unknown.join(', ')}. There are: ${FAULTS.map(({ name }) => name).join(', ')}.`);

/** Slow enough that a book is still being spoken when its last fault strikes, and well below the 5 s after which a session counts as stalled. */
const FIRST_AUDIO_MS = 2_000;

const say = (line: string): void => console.log(line);
const chance = chanceOf(number('seed'));
const until = performance.now() + number('minutes') * 60_000;
setup();
const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
const engine = engineOf(values.engine);
const world = await openWorld(folder, { firstAudioMs: FIRST_AUDIO_MS, engine, say });
const results: StormResult[] = [];
// Ctrl-C leaves no process and no mounted disk behind.
const stop = (): void => void world?.close().finally(() => process.exit(130));
process.once('SIGINT', stop).once('SIGTERM', stop);
if (world !== undefined) {
  try {
    const faults = FAULTS.filter(
      ({ name, canStrike }) => (canStrike?.(world) ?? true) && (only?.includes(name) ?? true),
    );
    // Dealt like cards, so that every fault strikes equally often.
    let deck = chance.shuffle(faults);
    for (let storm = 1; storm <= number('storms') && performance.now() < until; storm++) {
      const dealt = Array.from({ length: number('faults') }, () => {
        if (deck.length === 0) deck = chance.shuffle(faults);
        return deck.pop() ?? chance.pick(faults);
      });
      say(`storm ${storm}: ${dealt.map(({ name }) => name).join(', ')}`);
      const result = await blow(world, { storm, faults: dealt, chance, linesPerChapter: 40, scale: 1, say });
      results.push(result);
      say(
        result.broken.length === 0
          ? `  kept, ${result.seconds} s; spoken again ${result.spokenAgain} (${result.mayBeSpokenAgain} allowed)`
          : `  BROKEN: ${result.broken.join('; ')}`,
      );
    }
  } finally {
    await world.close();
  }
}
await rm(folder, { recursive: true, force: true });
say(`\n${tableOf(results)}`);
process.exitCode = results.some(({ broken }) => broken.length > 0) ? 1 : 0;
