/**
 * Names that live outside the code: in stores, in Redis, in other people's programs, scripts and dashboards. They are
 * written down in names.json and never renamed, however the code behind them moves.
 *
 * names.json is commit 4ea1121 and does not change. A name that came later is in added.json:
 * `OUTSIDE_NAMES=add npx vitest run test/outside/outside.test.ts` adds it, and drops nothing.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stateOfStatus } from '../../src/watch/messages.ts';
import { readCommands } from './commands.ts';
import { readExits } from './exits.ts';
import { readJson } from './json.ts';
import { readKeys } from './keys.ts';
import { readLiterals } from './literals.ts';
import { readLog, readMetrics } from './observed.ts';
import { readRealWatcher, readWatchedNames } from './real.ts';
import { readRecords } from './records.ts';
import { readRedis } from './redis.ts';
import { readApi, readManifest, readSchemaFields, readVersions } from './schemas.ts';
import { readSimulator } from './simulated.ts';
import { readTyped } from './typed.ts';

const FILE = join(import.meta.dirname, 'names.json');
const ADDED = join(import.meta.dirname, 'added.json');

const HOW_TO_ADD = 'OUTSIDE_NAMES=add npx vitest run test/outside/outside.test.ts';

type Names = Record<string, string[]>;
type Texts = Record<'en' | 'zh', Record<string, string>>;

it('every name that lives outside the code is what it was', { timeout: 180_000 }, async () => {
  const now = await readAll();
  const first = JSON.parse(await readFile(FILE, 'utf8')) as Names;
  const since = JSON.parse(await readFile(ADDED, 'utf8')) as Names;
  const written = union(first, since);
  const lost = missing(written, now);
  const isAdding = process.env['OUTSIDE_NAMES'] === 'add';
  if (lost.length === 0 && isAdding) await writeFile(ADDED, textOf(less(now, first)));
  const added = isAdding ? [] : missing(now, written);
  if (lost.length > 0) {
    expect.fail(
      `${lost.length} renamed or removed:\n${shown(lost)}\nNames that live outside the code are never renamed.`,
    );
  }
  if (added.length > 0) {
    expect.fail(`${added.length} new:\n${shown(added)}\nIf they are meant to be known outside: ${HOW_TO_ADD}`);
  }
});

/** Status files are read back by their words: those that today's program wrote must be understood by every later one. */
it('status files of today are understood', async () => {
  const texts = JSON.parse(await readFile(join(import.meta.dirname, 'status-texts.json'), 'utf8')) as Texts;
  for (const by of Object.values(texts)) {
    for (const [state, text] of Object.entries(by)) expect(stateOfStatus(text), text).toBe(state);
  }
});

async function readAll(): Promise<Names> {
  // First, as it waits for other processes while the others compute.
  const real = readRealWatcher();
  const literals = readLiterals();
  const typed = readTyped();
  const told = new Set(Object.values(typed).flat());
  const names: Names = {
    ...typed,
    'records of the store': readRecords(),
    'JSON that is written': readJson().filter((name) => !told.has(name)),
    'keys of results': readKeys(),
    versions: readVersions(),
    redis: await readRedis(),
    metrics: await readMetrics(),
    log: await readLog(),
    commands: await readCommands(),
    'exit codes': readExits(),
    manifest: await readManifest(),
    'fields that are read': readSchemaFields(),
    'http api': readApi(),
    simulator: await readSimulator(),
    'watched folder': readWatchedNames(),
    words: literals.words,
    'shapes of names': literals.shapes,
  };
  for (const [of, list] of Object.entries(await real)) names[`real: ${of}`] = list;
  return names;
}

function union(a: Names, b: Names): Names {
  return Object.fromEntries(
    [...Object.keys(a), ...Object.keys(b)].map((of) => [of, [...(a[of] ?? []), ...(b[of] ?? [])]]),
  );
}

function less(all: Names, known: Names): Names {
  const left = Object.entries(all).map(([of, list]): [string, string[]] => {
    const there = new Set(known[of]);
    return [of, list.filter((name) => !there.has(name))];
  });
  return Object.fromEntries(left.filter(([, list]) => list.length > 0));
}

function missing(from: Names, in_: Names): string[] {
  return Object.entries(from).flatMap(([of, list]) => {
    const there = new Set(in_[of]);
    return [...new Set(list)].filter((name) => !there.has(name)).map((name) => `${of}: ${name}`);
  });
}

/** As many as one can read. */
function shown(names: readonly string[], most = 40): string {
  const lines = names.slice(0, most).map((name) => `  ${name}`);
  if (names.length > most) lines.push(`  … and ${names.length - most} more`);
  return lines.join('\n');
}

function textOf(names: Names): string {
  const sorted = Object.entries(names)
    .map(([of, list]): [string, string[]] => [of, [...new Set(list)].sort()])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}
