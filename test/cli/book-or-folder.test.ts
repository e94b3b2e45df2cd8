/** `pipeline status NAME`, where NAME is a book and a folder: in the process, on real folders. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bookOrFolder } from '../../src/cli/status/book-or-folder.ts';
import type { SubmittedBook } from '../../src/submissions/list.ts';

const home = process.cwd();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'book-or-folder-'));
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true, force: true });
});
const books = async (): Promise<SubmittedBook[]> => [
  { submission: { id: 'the-lamp-1a2b', title: 'The Lamp' } } as SubmittedBook,
];

it('a title is the book when an import has made a folder of that name, and the hint names the folder', async () => {
  await mkdir('The Lamp');
  const { kind, hint } = await bookOrFolder('The Lamp', books);
  expect(kind).toBe('book');
  expect(hint).toContain('pipeline status "./The Lamp"');
  expect((await bookOrFolder('./The Lamp', books)).kind).toBe('folder');
  expect((await bookOrFolder(join(folder, 'The Lamp'), books)).kind).toBe('folder');
});

it('a folder that a watcher has run on is the folder, and the hint names the book', async () => {
  await mkdir('The Lamp/.pipeline-watch', { recursive: true });
  const { kind, hint } = await bookOrFolder('The Lamp', books);
  expect(kind).toBe('folder');
  expect(hint).toContain('pipeline status the-lamp-1a2b');
});

it('a name of one of them is that one, with any store', async () => {
  await mkdir('inbox');
  expect(await bookOrFolder('inbox', books)).toEqual({ kind: 'folder' });
  expect(await bookOrFolder('inbox', () => Promise.reject(new Error('no store')))).toEqual({ kind: 'folder' });
  expect(await bookOrFolder('the lamp', books)).toEqual({ kind: 'book' });
  expect(await bookOrFolder('s3://bucket/prefix', books)).toEqual({ kind: 'folder' });
});
