/** The program in a real terminal of 80 columns: no line is wider, and no word is cut. */
import { spawn, spawnSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textWidth } from '../../src/cli/screen/text-width.ts';
import { NODE_FLAGS } from '../node-flags.ts';
import { quickEnvironment } from '../quick-environment.ts';
import { makeRig, type Rig } from './rig.ts';

/** The widest help, of flags, of arguments and of commands below one. test/cli/usage-errors.test.ts checks all in process. */
const COMMANDS = ['', 'run', 'simulate', 'diff', 'voices', 'voices enroll'];
const MISTAKES = `book:
  title: A book with several errors, and with a title that is longer than a line of the screen
  autor: Somebody
characters:
  narrator: { sample: voices/narrator.wav }
  mara: { sample: manifests/hello/voices/mara.mp3, transcript: "a rather long line that is cut on both sides", bogus: 1, more: 2 }
chapters:
  - title: One
    text: |
      [marra] Hi. This line is much longer than eighty columns, and it should be shown through a window.
      A line of the narrator that is much longer than eighty columns, too, and that is shown up to its last whole word.
`;

/** How a pseudo terminal is opened here: `script` of util-linux, or Python. */
const PTY = [
  { program: 'script', args: (command: string) => ['-qec', command, '/dev/null'] },
  {
    program: 'python3',
    args: (command: string) => ['-c', 'import pty,sys;pty.spawn(["sh","-c",sys.argv[1]])', command],
  },
].find(({ program, args }) => spawnSync(program, args('true')).status === 0);

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  await cp('manifests', rig.path('manifests'), { recursive: true });
  await rig.write('mistakes.yaml', MISTAKES);
});
afterEach(() => rig.destroy());

/** Runs commands in a terminal of so many columns; what it showed, each rewritten line by itself. */
async function screen(columns: number, commands: readonly string[]): Promise<string[]> {
  const node = `"${process.execPath}" ${NODE_FLAGS.join(' ')}`;
  const program = commands.map((args) => `${node} "${resolve('dist/src/cli/main.js')}" ${args}`).join('; ');
  const child = spawn(PTY!.program, PTY!.args(`stty cols ${columns} rows 40; ${program}`), {
    cwd: rig.folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm-256color', ...quickEnvironment() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await new Promise((done) => child.on('close', done));
  return output.replace(/\u001b\[[\d;]*[mK]/g, '').split(/[\r\n]+/);
}

/** Numbers differ between two runs, and a shortened text ends with an ellipsis. */
function words(lines: readonly string[]): Set<string> {
  const all = lines.flatMap((line) => line.replace(/\d/g, '0').replace(/0+/g, '0').split(/\s+/));
  return new Set(all.map((word) => word.replace(/^…|…$/g, '')));
}

async function expectToFit(commands: readonly string[]): Promise<void> {
  const narrow = await screen(80, commands);
  expect(narrow.length).toBeGreaterThan(2);
  // A path or an address may be longer than a line; it stands alone then.
  const tooWide = narrow.filter((line) => textWidth(line) > 80 && /\S\s+\S/.test(line));
  expect(tooWide).toEqual([]);
  const whole = words(await screen(400, commands));
  expect([...words(narrow)].filter((word) => !whole.has(word))).toEqual([]);
}

if (PTY === undefined) console.warn('SKIPPED: neither util-linux script nor python3 opens a pseudo terminal here.');

describe.skipIf(PTY === undefined)('in 80 columns', { timeout: 120_000 }, () => {
  it('help fits', () => expectToFit(COMMANDS.map((command) => `${command} --help`)));

  it('errors and a wrong command line fit', () =>
    expectToFit([
      'check mistakes.yaml',
      'plan mistakes.yaml',
      'run mistakes.yaml --simulate',
      'run manifests/hello.yaml',
      'retake hello.yaml 3:37',
      'run manifests/hello.yaml --simulatee',
    ]));

  it('a plan, a run from the first line to the last, and its files verified fit', async () => {
    await expectToFit(['plan manifests/hello.yaml --simulate', 'check manifests/hello.yaml']);
    const narrow = await screen(80, ['run manifests/hello.yaml --simulate']);
    expect(narrow.join('\n')).toMatch(/chapter 2 “The Storm” mastered/);
    expect(narrow.join('\n')).toMatch(/segments \d+\/12/);
    expect(narrow.filter((line) => textWidth(line) > 80)).toEqual([]);
    await expectToFit(['run manifests/hello.yaml --simulate', 'verify out/*/*.mp3', 'status']);
  });
});
