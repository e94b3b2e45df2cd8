/** The review file on disk: many writers at once lose nothing, and a file that cannot be read is never overwritten. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readReviewFile, updateReviewFile } from '../../src/book/review-file.ts';
import { OWNER_MARK } from '../../src/holders/abandoned.ts';
import { newHolder } from '../../src/holders/holder.ts';
import { EMPTY_REVIEW, type Review } from '../../src/review/review.ts';
import { manifest } from '../watch/rig.ts';
import { decision, reviewOf } from './decisions.ts';

let folder: string;
let book: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'review-'));
  book = join(folder, 'book.yaml');
  await writeFile(book, manifest('The Harbor'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = (): string => `${book}.review`;
const adding =
  (at: string, take = 2) =>
  (review: Review): Review => ({ ...review, lines: [...review.lines, decision(at, { take })] });
const places = async (): Promise<string[] | undefined> =>
  (await readReviewFile(book))?.review?.lines.map(({ at }) => at);

it('is made with the first decision, with the title of the book and a heading for each chapter', async () => {
  expect(await readReviewFile(book)).toBeUndefined();
  await updateReviewFile(book, (review) => review);
  expect(await readdir(folder)).toEqual(['book.yaml']);
  await updateReviewFile(book, adding('1:1'));
  expect(await readdir(folder)).toEqual(['book.yaml', 'book.yaml.review']);
  expect((await readFile(file(), 'utf8')).split('\n').slice(2, 6)).toEqual([
    'version: 1',
    'book: "The Harbor"',
    'lines:',
    '# chapter 1',
  ]);
});

it('loses no decision of twenty processes that decide at once', async () => {
  const program = join(folder, 'decide.mjs');
  await build({
    entryPoints: ['test/review/decide.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  await Promise.all(
    Array.from({ length: 20 }, (_, at) => promisify(execFile)(process.execPath, [program, book, `1:${at + 1}`, '2'])),
  );
  expect(await places()).toEqual(Array.from({ length: 20 }, (_, at) => `1:${at + 1}`));
  expect((await readdir(folder)).sort()).toEqual(['book.yaml', 'book.yaml.review', 'decide.mjs']);
});

it('applies a change again when the file was saved while it was made', async () => {
  await updateReviewFile(book, adding('1:1'));
  const saved = (await readFile(file(), 'utf8')).replace('take: 2', 'take: 7');
  let calls = 0;
  await updateReviewFile(book, (review) => {
    calls += 1;
    return adding('1:2')(review);
  });
  await updateReviewFile(book, (review) => {
    calls += 1;
    if (calls === 2) writeFileSync(file(), saved);
    return adding('1:3')(review);
  });
  expect(calls).toBe(3);
  expect((await readReviewFile(book))?.review?.lines.map(({ at, take }) => [at, take])).toEqual([
    ['1:1', 7],
    ['1:3', 2],
  ]);
});

it('never overwrites a file with errors', async () => {
  for (const text of ['version: 2\n', 'version: 1\nlines:\n- id: a\n', 'not: [yaml', '']) {
    await writeFile(file(), text);
    await expect(updateReviewFile(book, adding('1:1'))).rejects.toMatchObject({
      code: 'input-unreadable',
      message: expect.stringMatching(
        /^book\.yaml\.review has errors, so nothing was written into it\.\n.*book\.yaml\.review/,
      ),
    });
    expect(await readFile(file(), 'utf8')).toBe(text);
  }
});

it('keeps what it does not know, the rights of the file, and takes the turn of a process that ended', async () => {
  await writeFile(file(), 'version: 1\nnew: {a: 1}\nlines:\n- {id: x, at: "1:4", words: b, newer: [2]}\n...\n');
  await chmod(file(), 0o640);
  const ended = JSON.stringify({ ...newHolder(), pid: 9_999_999 });
  await writeFile(join(folder, '.book.yaml.review.turn.tmp'), ended);
  // Also what a process left that ended while it wrote.
  const left = join(folder, `.book.yaml.review.${OWNER_MARK.replace(/_\d+$/, '_1')}-x.tmp`);
  await writeFile(left, 'half');
  await updateReviewFile(book, adding('1:1'));
  expect(await readFile(file(), 'utf8')).toMatch(/new:\n {2}a: 1\n[\s\S]* {2}newer:\n {4}- 2\n/);
  expect((await stat(file())).mode & 0o777).toBe(0o640);
  expect((await readdir(folder)).sort()).toEqual(['book.yaml', 'book.yaml.review']);
});

it('refuses a link out of the folder, and says what is wrong with a folder of this name', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'review-'));
  try {
    await writeFile(join(elsewhere, 'r'), 'version: 1\n...\n');
    await symlink(join(elsewhere, 'r'), file());
    expect((await readReviewFile(book))?.diagnostics[0]?.code).toBe('path-outside');
  } finally {
    await rm(elsewhere, { recursive: true });
  }
  await rm(file());
  await mkdir(file());
  expect((await readReviewFile(book))?.diagnostics[0]?.code).toBe('not-a-file');
  await expect(updateReviewFile(book, adding('1:1'))).rejects.toMatchObject({ code: 'input-unreadable' });
});

it('writes nothing when nothing changes', async () => {
  await updateReviewFile(book, adding('1:1'));
  await utimes(file(), 1, 1);
  await updateReviewFile(book, (review) => ({ ...review }));
  expect((await stat(file())).mtimeMs).toBe(1_000);
  expect(EMPTY_REVIEW).toEqual(reviewOf());
});
