/** The program in the process of a test answers as in one of its own, and leaves the process as it was. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { quickEnvironment } from '../quick-environment.ts';
import { mayRunHere, runHere } from './program-here.ts';
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

it.each([
  [['check', 'book.yaml'], 0],
  [['check', 'wrong.yaml', '--json'], 2],
  [['plan', 'book.yaml', '--simulate', '--no-such-flag', '--json'], 2],
  [['voices', 'list', '--json'], 3],
  [['plan', '--help'], 0],
])('%j ends with %i', async (args, expected) => {
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

it('is for a command that the file has started in a process, and neither for a server nor for the queue inside', async () => {
  const redis = { ...env, REDIS_URL: '/tmp/redis.sock' };
  expect(mayRunHere({ args: ['run', 'book.yaml'], env: redis })).toBe(false);
  expect(mayRunHere({ args: ['run', 'book.yaml'], env: redis })).toBe(true);
  expect(mayRunHere({ args: ['run', 'book.yaml'], env })).toBe(false);
  for (const _time of [1, 2]) expect(mayRunHere({ args: ['worker'], env: redis })).toBe(false);
  expect(mayRunHere({ args: ['diff', 'book.yaml'], env })).toBe(false);
  expect(mayRunHere({ args: ['diff', 'book.yaml'], env })).toBe(true);
  const first = runHere({ folder: rig.folder, args: ['check', 'book.yaml'], env });
  expect(mayRunHere({ args: ['diff', 'book.yaml'], env })).toBe(false);
  expect((await first).code).toBe(0);
  expect(mayRunHere({ args: ['diff', 'book.yaml'], env })).toBe(true);
});
