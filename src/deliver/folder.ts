/** Chooses the folder for a book's delivery. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bookFolderName } from '../plan/names.ts';

/** Most books with the same sanitized name. */
const MOST_NAMESAKES = 1000;

/**
 * The book's folder in `outDir`: named after its title, with a number when another book has that name (`A/B` and `A:B` give
 * the same name). The title and author in report.json identify the book of a folder.
 */
export async function chooseFolder(of: { outDir: string; title: string; author: string }): Promise<string> {
  for (const name of folderNames(of.title)) {
    const folder = join(of.outDir, name);
    const owner = await ownerOf(folder);
    if (owner === undefined || (owner.title === of.title && owner.author === of.author)) return folder;
  }
  return join(of.outDir, bookFolderName(of.title));
}

/** Possible folder names for a title, in order of preference. */
export function* folderNames(title: string): Generator<string> {
  const name = bookFolderName(title);
  for (let number = 1; number <= MOST_NAMESAKES; number++) yield number === 1 ? name : `${name} (${number})`;
}

/** Undefined for a missing folder or one without a delivery. */
async function ownerOf(folder: string): Promise<{ title: string; author: string } | undefined> {
  try {
    const report: unknown = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
    if (typeof report !== 'object' || report === null || !('format' in report) || !('title' in report))
      return undefined;
    if (report.format !== 'narration-report' || typeof report.title !== 'string') return undefined;
    return {
      title: report.title,
      author: 'author' in report && typeof report.author === 'string' ? report.author : '',
    };
  } catch {
    return undefined;
  }
}
