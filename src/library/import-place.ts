/** Where an import goes: a folder of its own, or beside the book that is there already. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { type ChapterChange, type ChapterTextFile, chapterChanges } from '../import/write/chapter-changes.ts';

/** Folders beside that are tried: `NAME.new`, `NAME.new-2` and so on. */
const MOST_BESIDE = 99;

/** Where an import goes. */
export interface ImportPlace {
  folder: string;
  /** The folder with the book that stays as it is. Absent: `folder` was free. */
  besideOf?: string;
}

/** The folder if it is free, or one beside it if it has an imported book; undefined if it has something else, or all are taken. */
export async function importPlace(folder: string): Promise<ImportPlace | undefined> {
  const bare = folder.replace(/(?<=.)\/+$/, '');
  const has = await filesOf(bare);
  if (has === undefined) return undefined;
  if (has.length === 0) return { folder };
  if (!has.includes('book.yaml') || !has.includes('chapters')) return undefined;
  for (let count = 1; count <= MOST_BESIDE; count++) {
    const beside = `${bare}.new${count === 1 ? '' : `-${count}`}`;
    if ((await filesOf(beside))?.length === 0) return { folder: beside, besideOf: folder };
  }
  return undefined;
}

/** Empty for a folder that does not exist; undefined for a file. What cannot be read is left to whoever writes there. */
async function filesOf(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    return systemCode(error) === 'ENOTDIR' ? undefined : [];
  }
}

/** The changes against the chapters in the old folder. */
export async function changesBeside(besideOf: string, chapters: readonly ChapterTextFile[]): Promise<ChapterChange[]> {
  const names = (await filesOf(join(besideOf, 'chapters'))) ?? [];
  const before: ChapterTextFile[] = [];
  for (const name of names.filter((one) => /\.(?:txt|md|markdown)$/i.test(one)).sort()) {
    const file = `chapters/${name}`;
    before.push({ file, text: await readFile(join(besideOf, file), 'utf8') });
  }
  return chapterChanges(before, chapters);
}
