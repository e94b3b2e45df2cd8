/** Warnings before a run: three lines at most, the most important first; `check` shows all. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();
commandsHere();

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  await writeBook(rig);
});
afterEach(() => rig.destroy());

const PICTURE = '![a picture](sea.png)';
const warningsOf = (stderr: string): string[] => stderr.split('\n').filter((line) => line !== '');

describe('a book with many warnings', () => {
  beforeEach(async () => {
    const manifest = String(await rig.read('book.yaml')).replace('two.txt', 'two.md');
    await rig.write(
      'book.yaml',
      manifest.replace('\nchapters', '\n  unheard: { voice: qwen-audio-3.1-tts-flash-a-838b }\nchapters'),
    );
    await rig.write('one.txt', 'The boat came.\n\n[mara] Ahoy!\n\n[?] Who is it?\n');
    await rig.write('two.md', `${PICTURE}\n\nThe wind had turned.\n\n${PICTURE}\n\nThey listened.\n\n${PICTURE}\n`);
  });

  it('shows three lines before a plan and a run, and names the command that shows the rest', async () => {
    const check = await rig.run(['check', 'book.yaml']);
    expect(check.code).toBe(0);
    expect(check.stderr).toContain('5 warnings');
    expect(check.stdout).toContain('book.yaml: no errors, 5 warnings.');
    for (const args of [
      ['plan', 'book.yaml', '--simulate'],
      ['run', 'book.yaml', '--simulate'],
    ]) {
      const { code, stderr } = await rig.run(args);
      expect(code).toBe(0);
      expect(warningsOf(stderr)).toEqual([
        expect.stringMatching(/^one\.txt:5:\d+ warning: line 1:3: The speaker of this line is uncertain/),
        expect.stringMatching(/^two\.md:1:1 warning: This image is not read aloud/),
        '… and 3 more warnings: pipeline check book.yaml',
      ]);
    }
  });

  it('shows every error in full, and the warnings below', async () => {
    await rig.write('one.txt', '[nobody] Hi.\n\n[someone] Ho.\n\n[?] Who is it?\n');
    const { code, stderr } = await rig.run(['plan', 'book.yaml', '--simulate']);
    expect(code).toBe(2);
    expect(stderr).toContain('one.txt:1:2 error: line 1:1: There is no character called "nobody".');
    expect(stderr).toContain('one.txt:3:2 error: line 1:2: There is no character called "someone".');
    expect(warningsOf(stderr).filter((line) => line.includes('warning'))).toHaveLength(3);
  });

  it('leaves `--json` as it is', async () => {
    const { stdout } = await rig.run(['check', 'book.yaml', '--json']);
    expect(JSON.parse(stdout).diagnostics).toHaveLength(5);
    const { stderr } = await rig.run(['run', 'book.yaml', '--simulate', '--json']);
    expect(stderr).toContain('5 warnings');
  });
});

it('a single warning is one line, and where to find its fix', async () => {
  await rig.write('one.txt', 'The boat came.\n\n[mara] Ahoy!\n\n[?] Who is it?\n');
  const { stderr } = await rig.run(['plan', 'book.yaml', '--simulate']);
  expect(warningsOf(stderr)).toEqual([
    expect.stringMatching(/^one\.txt:5:\d+ warning: line 1:3: The speaker of this line is uncertain/),
    'How to fix: pipeline check book.yaml',
  ]);
});

it('a book without warnings prints none', async () => {
  expect((await rig.run(['plan', 'book.yaml', '--simulate'])).stderr).toBe('');
});
