/** A book's folder is claimed before its first file: by one book, of one store, and never one with somebody else's files. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { claimFolder, removeMark } from '../../src/deliver/folder.ts';
import { FOLDER_MARK } from '../../src/deliver/folder-owner.ts';
import { bookFolderName } from '../../src/plan/names.ts';
import { claimPrefix, removeMark as removeMarkOnS3 } from '../../src/publish/folder.ts';
import { Bucket } from '../../src/store/s3/bucket.ts';
import { startS3Server } from '../store/s3-server.ts';

let outDir: string;
beforeEach(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'folder-'));
});
afterEach(() => rm(outDir, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const nameOf = (path: string): string => path.slice(outDir.length + 1);
const claim = async (title: string, { author = 'A', store = 'one' } = {}): Promise<string> =>
  nameOf((await claimFolder({ outDir, owner: { title, author, store } })).folder);
/** The report of a delivery. Without `store` it is one of commit 4ea1121. */
const report = async (folder: string, of: { title: string; author?: string; store?: string }): Promise<void> => {
  await mkdir(join(outDir, folder), { recursive: true });
  const text = JSON.stringify({ format: 'narration-report', version: 1, author: 'A', ...of });
  await writeFile(join(outDir, folder, 'report.json'), text);
  await removeMark(join(outDir, folder));
};

it('titles with the same safe name, delivered at the same moment, get a folder each and keep it', async () => {
  const titles = ['Night/Day', 'Night:Day', 'Night?Day', 'Night*Day'];
  const folders = await Promise.all([...titles, ...titles].map((title) => claim(title)));
  expect(new Set(folders.slice(0, 4))).toEqual(
    new Set(['Night Day', 'Night Day (2)', 'Night Day (3)', 'Night Day (4)']),
  );
  expect(folders.slice(4)).toEqual(folders.slice(0, 4));
  for (const [at, title] of titles.entries()) await report(folders[at]!, { title, store: 'one' });
  expect(await Promise.all(titles.map((title) => claim(title)))).toEqual(folders.slice(0, 4));
  // When the first is gone, the others stay where they are.
  await rm(join(outDir, 'Night Day'), { recursive: true });
  const [left] = titles.filter((_, at) => folders[at] === 'Night Day (2)');
  expect(await claim(left!)).toBe('Night Day (2)');
});

it("somebody's own files are not written over; a folder with nothing that is in the way is used", async () => {
  await mkdir(join(outDir, 'T'));
  await writeFile(join(outDir, 'T', '01 - C.mp3'), 'mine');
  const { folder, notice } = await claimFolder({ outDir, owner: { title: 'T', author: 'A' } });
  expect(nameOf(folder)).toBe('T (2)');
  expect(notice).toBe(
    'The folder "T" has files that this program did not write. They stay as they are; this book goes to "T (2)".',
  );
  expect(await readdir(join(outDir, 'T'))).toEqual(['01 - C.mp3']);
  // A report of something else is no report of ours.
  await mkdir(join(outDir, 'R'));
  await writeFile(join(outDir, 'R', 'report.json'), '{"title":"R"}');
  expect(await claim('R')).toBe('R (2)');
  await mkdir(join(outDir, 'E'));
  await writeFile(join(outDir, 'E', '.DS_Store'), '');
  await writeFile(join(outDir, 'E', 'notes of the author.txt'), '');
  expect(await claim('E')).toBe('E');
  await writeFile(join(outDir, 'F'), 'a file');
  expect(await claim('F')).toBe('F (2)');
});

it('a link is never followed, even to an empty folder', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
  await symlink(elsewhere, join(outDir, 'L'));
  await symlink(join(elsewhere, 'missing'), join(outDir, 'L (2)'));
  expect(await claim('L')).toBe('L (3)');
  expect(await readdir(elsewhere)).toEqual([]);
  await rm(elsewhere, { recursive: true });
});

it('two stores do not write over each other’s edition, and say so', async () => {
  await report('T', { title: 'T', store: 'one' });
  expect(await claim('T', { store: 'one' })).toBe('T');
  const { folder, notice } = await claimFolder({ outDir, owner: { title: 'T', author: 'A', store: 'two' } });
  expect(nameOf(folder)).toBe('T (2)');
  expect(notice).toContain('has an edition of this book from another store');
  expect(await claim('T', { store: 'two' })).toBe('T (2)');
  expect(await claim('T', { store: 'one' })).toBe('T');
});

it('an edition of commit 4ea1121 is updated where it is, by number, accent or unfinished files', async () => {
  await report('Night Day', { title: 'Night/Day' });
  await report('Night Day (2)', { title: 'Night:Day' });
  expect(await claim('Night:Day')).toBe('Night Day (2)');
  expect(await claim('Night/Day', { store: 'two' })).toBe('Night Day');
  await report('Cafe\u0301', { title: 'Café' });
  expect(await claim('Café')).toBe('Cafe\u0301');
  await mkdir(join(outDir, 'U'));
  await writeFile(join(outDir, 'U', '01 - C.mp3'), 'ours');
  const isUnfinished = async (folder: string): Promise<boolean> =>
    (await readFile(join(folder, '01 - C.mp3'), 'utf8')) === 'ours';
  const { folder } = await claimFolder({ outDir, owner: { title: 'U', author: 'A' }, isUnfinished });
  expect(nameOf(folder)).toBe('U');
});

it('names that some system takes for the same get a number each', async () => {
  expect(await claim('Night Day')).toBe('Night Day');
  expect(await claim('night day')).toBe('night day (2)');
  expect(await claim('NIGHT DAY')).toBe('NIGHT DAY (3)');
  expect(await claim('night day')).toBe('night day (2)');
  expect(['CON', 'com1.txt', 'COM¹', 'nul .x', 'CONIN$', 'Console'].map(bookFolderName)).toEqual([
    ...['_CON', '_com1.txt', '_COM¹', '_nul .x', '_CONIN$', 'Console'],
  ]);
});

it('on S3, by conditional writes: one book gets a folder, others and strangers keep theirs', async () => {
  const server = await startS3Server();
  try {
    for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
    const bucket = new Bucket(readConfig({ store: 's3://books/done' }, server.env).s3!);
    const titles = ['Night/Day', 'Night:Day', 'Night?Day'];
    const claimed = await Promise.all(titles.map((title) => claimPrefix(bucket, { title, author: 'A', store: 'one' })));
    expect(new Set(claimed.map(({ name }) => name))).toEqual(new Set(['Night Day', 'Night Day (2)', 'Night Day (3)']));
    const again = await claimPrefix(bucket, { title: 'Night:Day', author: 'A', store: 'one' });
    expect(again).toEqual({ name: claimed[1]!.name, isNew: false });
    await bucket.put('T/01 - C.mp3', 'mine');
    expect(await claimPrefix(bucket, { title: 'T', author: 'A' })).toMatchObject({ name: 'T (2)', isNew: true });
    await bucket.put('E/', '');
    await bucket.put('E/notes.txt', 'mine');
    expect((await claimPrefix(bucket, { title: 'E', author: 'A' })).name).toBe('E');
    await removeMarkOnS3(bucket, 'E');
    expect([...server.objects.keys()].filter((name) => name.includes('/E/'))).toHaveLength(2);
  } finally {
    await server.close();
  }
});

it('a mark tells no more than the book and the store', async () => {
  await claim('T');
  expect(JSON.parse(await readFile(join(outDir, 'T', FOLDER_MARK), 'utf8'))).toEqual({
    ...{ format: 'narration-folder', version: 1, title: 'T', author: 'A', store: 'one' },
  });
});
