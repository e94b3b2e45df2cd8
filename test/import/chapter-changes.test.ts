/** How a new import differs from a folder that people have edited, and where it is written. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chapterChanges } from '../../src/import/write/chapter-changes.ts';
import { importPlace } from '../../src/library/import-place.ts';

it('pairs chapters by path, then by title, and counts what only one of them has', () => {
  const before = [
    { file: 'chapters/01 - Fog.txt', text: 'Fog\n\nOne.\n\nTwo.\n' },
    { file: 'chapters/02 - Sea.txt', text: 'Sea\n\nOne.\n' },
    { file: 'chapters/03 - End.txt', text: 'End\n\nOne.\n\nTwo.\n' },
    { file: 'chapters/04 - Notes.txt', text: 'Notes\n' },
  ];
  const after = [
    { file: 'chapters/01 - Fog.txt', text: 'Fog\n\nOne.\n\nTwo, too.\n\nThree.\n' },
    { file: 'chapters/02 - Pier.txt', text: 'Pier\n' },
    { file: 'chapters/03 - Sea.txt', text: 'Sea\n\nOne.\n' },
    { file: 'chapters/04 - End.txt', text: 'End\n\nTwo.\n\nOne.\n' },
  ];
  expect(chapterChanges(before, after)).toEqual([
    { file: 'chapters/01 - Fog.txt', kind: 'changed', added: 2, removed: 1, line: 5 },
    { file: 'chapters/02 - Pier.txt', kind: 'new' },
    { file: 'chapters/03 - Sea.txt', kind: 'same', was: 'chapters/02 - Sea.txt' },
    { file: 'chapters/04 - End.txt', kind: 'changed', was: 'chapters/03 - End.txt', added: 0, removed: 0, line: 3 },
    { file: 'chapters/04 - Notes.txt', kind: 'gone' },
  ]);
});

it('writes beside a book, never over anything, and not into a folder of something else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beside-'));
  const novel = join(folder, 'Novel');
  expect(await importPlace(novel)).toEqual({ folder: novel });
  await mkdir(join(novel, 'chapters'), { recursive: true });
  expect(await importPlace(novel)).toBeUndefined();
  await writeFile(join(novel, 'book.yaml'), '');
  expect(await importPlace(`${novel}/`)).toEqual({ folder: `${novel}.new`, besideOf: `${novel}/` });
  await writeFile(`${novel}.new`, 'a file');
  expect(await importPlace(novel)).toEqual({ folder: `${novel}.new-2`, besideOf: novel });
  expect(await importPlace(`${novel}.new`)).toBeUndefined();
  await rm(folder, { recursive: true });
});
