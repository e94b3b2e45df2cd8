/** Edits of an author's file: two at the same moment never undo one another, and a long name is no obstacle. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { editFile, inverseEdit, takeBackEdit, writeWhole } from '../../src/book/edit/edit-text.ts';
import { updateReviewFile } from '../../src/book/review-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edit-text-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** 240 bytes. */
const LONG = '第'.repeat(80);

it('of two edits of one reading, at the same moment, one is written and the other refused', async () => {
  const path = join(folder, 'a.txt');
  for (let round = 0; round < 20; round++) {
    await writeFile(path, 'one two');
    const edits = [
      { start: 0, end: 3, insert: 'ONE' },
      { start: 4, end: 7, insert: 'TWO' },
    ];
    const written = await Promise.all(edits.map((edit) => editFile({ path, folder, text: 'one two', edit })));
    const [done, ...more] = written.filter((one) => one !== undefined);
    expect(more).toEqual([]);
    expect(await readFile(path)).toEqual(done?.after);
  }
  expect(await readdir(folder)).toEqual(['a.txt']);
});

it('files with long names are edited, taken back and written whole', async () => {
  const path = join(folder, `${LONG}.txt`);
  await writeFile(path, 'one');
  const written = await editFile({ path, folder, text: 'one', edit: { start: 0, end: 3, insert: 'two' } });
  expect(await takeBackEdit({ path, folder, edit: inverseEdit(written!) })).toBe(true);
  await writeWhole(path, 'three');
  expect(await readFile(path, 'utf8')).toBe('three');
  const manifest = join(folder, `${'册'.repeat(70)}.yaml`);
  await writeFile(manifest, 'book: { title: A }\n');
  await updateReviewFile(manifest, (review) => ({ ...review, approved: undefined }) as never);
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
});
