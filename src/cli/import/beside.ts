/** An import into a folder that has a book already: it is written beside, and the difference is shown. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../errors.ts';
import { type ChapterChange, type ChapterTextFile, chapterChanges } from '../../import/chapter-changes.ts';
import { counted, plain } from '../screen/format.ts';

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

/** One line for each chapter that differs, and what stayed. */
export function besideLines(place: { folder: string; besideOf: string }, changes: readonly ChapterChange[]): string[] {
  const same = changes.filter(({ kind }) => kind === 'same').length;
  return [
    `"${plain(place.besideOf)}" has a book and stays as it is. This import is beside it, in "${plain(place.folder)}":`,
    ...(same > 0 ? [`  ${counted(same, 'chapter')} unchanged`] : []),
    ...changes.filter(({ kind }) => kind !== 'same').map((change) => `  ${plain(change.file)}: ${changeText(change)}`),
  ];
}

function changeText({ kind, was, added = 0, removed = 0, line = 1 }: ChapterChange): string {
  if (kind === 'new') return 'only in the new import';
  if (kind === 'gone') return 'only in the old folder';
  const name = was === undefined ? '' : ` (there ${plain(was)})`;
  if (added + removed === 0)
    return `the same paragraphs, in another order or with other spaces, from line ${line}${name}`;
  return `${counted(added, 'paragraph')} only here, ${removed} only in the old folder, from line ${line} there${name}`;
}
