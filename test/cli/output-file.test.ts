/** Files that a command writes where a person says, what it proposes next, and how it ends when it is stopped. */
import { execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeFailure } from '../../src/cli/command-line/exit-codes.ts';
import { writeOutput } from '../../src/cli/command-line/output-file.ts';
import { samePlace } from '../../src/cli/command-line/same-place.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'output-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('writes through a link, whose target may be missing or in another folder', async () => {
  await mkdir(join(folder, 'far'));
  await writeFile(join(folder, 'far/list.csv'), 'old');
  await symlink('far/list.csv', join(folder, 'link.csv'));
  expect(await writeOutput(join(folder, 'link.csv'), 'new')).toBe(join(folder, 'link.csv'));
  expect(await readlink(join(folder, 'link.csv'))).toBe('far/list.csv');
  expect(await readFile(join(folder, 'far/list.csv'), 'utf8')).toBe('new');
});

it.runIf(process.platform === 'linux')('writes into a pipe, which stays one', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [heard] = await Promise.all([readFile(pipe, 'utf8'), writeOutput(pipe, 'text')]);
  expect(heard).toBe('text');
  expect((await lstat(pipe)).isFIFO()).toBe(true);
});

it('says what cannot be written', async () => {
  await mkdir(join(folder, 'list.csv'));
  await expect(writeOutput(join(folder, 'list.csv'), 'text')).rejects.toMatchObject({ code: 'store-unwritable' });
});

it('proposes the next command for the same place and the same voices', () => {
  expect(samePlace({})).toBe('');
  expect(samePlace({ simulate: true, store: "it's" })).toBe(" --simulate --store 'it'\\''s'");
});

it('a command that is stopped in the middle of waiting is no fault of the program', () => {
  const stopped = new AbortController();
  stopped.abort();
  try {
    stopped.signal.throwIfAborted();
  } catch (error) {
    expect(describeFailure(error)).toMatchObject({ code: 'interrupted', exitCode: 130 });
  }
  expect.assertions(1);
});
