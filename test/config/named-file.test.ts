/** Files that somebody names: a pipe is not waited for, unless a shell or the system has opened it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { titleOfManifest } from '../../src/composition/manifest-title.ts';
import { readNamedFile } from '../../src/config/named-file.ts';
import { importManuscript } from '../../src/library/import-manuscript.ts';

const folder = mkdtempSync(join(tmpdir(), 'named-file-'));
const pipe = join(folder, 'pipe.txt');
execFileSync('mkfifo', [pipe]);
afterAll(() => rmSync(folder, { recursive: true }));

it('reads a file, and refuses a named pipe at once', { timeout: 20_000 }, async () => {
  writeFileSync(join(folder, 'a.txt'), 'A.');
  expect((await readNamedFile(join(folder, 'a.txt'))).toString()).toBe('A.');
  await expect(readNamedFile(pipe)).rejects.toMatchObject({ code: 'named-pipe' });
  await expect(readNamedFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('is what a manuscript and a manifest are read by', { timeout: 20_000 }, async () => {
  await expect(titleOfManifest(pipe)).rejects.toThrow('(named-pipe)');
  expect(await importManuscript(pipe, {})).toMatchObject({ problem: { code: 'not-a-file' } });
});
