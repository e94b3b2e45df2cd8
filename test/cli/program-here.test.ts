/** The program in the process of a test answers as in one of its own, and leaves the process as it was. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { quickEnvironment } from '../quick-environment.ts';
import { mayRunHere, READERS, runHere } from './program-here.ts';
import { makeRig, type Rig, writeBook } from './rig.ts';

let rig: Rig;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  rig = await makeRig();
  await writeBook(rig);
  await rig.write('wrong.yaml', 'book: { titel: X }\n');
  env = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...quickEnvironment() };
});
afterEach(() => rig.destroy());

const USES: [args: string[], code: number][] = [
  [['check', 'book.yaml'], 0],
  [['check', 'wrong.yaml', '--json'], 2],
  [['plan', 'book.yaml', '--simulate', '--no-such-flag', '--json'], 2],
  [['voices', 'list', '--json'], 3],
  [['plan', 'book.yaml', '--simulate'], 0],
  [['plan', '--help'], 0],
  [['cost', 'book.yaml', '--simulate'], 0],
  [['diff', 'book.lock', 'book.yaml'], 2],
];
it.each(USES)('%j ends with %i', async (args, expected) => {
  const state = () => ({ env: { ...process.env }, cwd: process.cwd(), argv: process.argv, code: process.exitCode });
  const listeners = () => process.stdout.listenerCount('error') + process.stderr.listenerCount('error');
  const before = { ...state(), write: process.stdout.write, listeners: listeners() };
  const here = await runHere({ folder: rig.folder, args, env });
  expect({ ...state(), write: process.stdout.write, listeners: listeners() }).toEqual(before);
  const apart = await rig.start(args).done;
  expect(here).toEqual(apart);
  expect(here.code).toBe(expected);
  expect(`${here.stdout}${here.stderr}`).not.toBe('');
});

it('is shown for every command that needs no process in each file', () => {
  expect([...READERS].filter((command) => !USES.some(([args]) => args[0] === command))).toEqual([]);
});

it('is for a command that only reads or that the file has started in a process, and neither for a server nor for the queue inside', async () => {
  const redis = { ...env, REDIS_URL: '/tmp/redis.sock' };
  expect(mayRunHere({ args: ['run', 'book.yaml'], env: redis })).toBe(false);
  expect(mayRunHere({ args: ['run', 'book.yaml'], env: redis })).toBe(true);
  expect(mayRunHere({ args: ['run', 'book.yaml'], env })).toBe(false);
  for (const _time of [1, 2]) expect(mayRunHere({ args: ['worker'], env: redis })).toBe(false);
  expect(mayRunHere({ args: ['verify', 'out'], env })).toBe(false);
  expect(mayRunHere({ args: ['verify', 'out'], env })).toBe(true);
  expect(mayRunHere({ args: ['diff', 'book.yaml'], env })).toBe(true);
  expect(mayRunHere({ args: ['cost', 'book.yaml', '--store', 's3://books/narration'], env })).toBe(false);
  const first = runHere({ folder: rig.folder, args: ['check', 'book.yaml'], env });
  expect(mayRunHere({ args: ['diff', 'book.yaml'], env })).toBe(false);
  expect((await first).code).toBe(0);
  expect(mayRunHere({ args: ['diff', 'book.yaml'], env })).toBe(true);
});
