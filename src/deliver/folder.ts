/** Which folder a book is delivered into. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bookFolderName } from '../plan/names.ts';

/** So many books of one cleaned name are told apart. */
const MOST_NAMESAKES = 1000;

/**
 * The book's folder below `outDir`: named after its title, with a number behind when that name belongs to another book
 * (`A/B` and `A:B` clean to one name). Whose a folder is, its report.json says: by title and author.
 */
export async function chooseFolder(of: { outDir: string; title: string; author: string }): Promise<string> {
  for (const name of folderNames(of.title)) {
    const folder = join(of.outDir, name);
    const owner = await ownerOf(folder);
    if (owner === undefined || (owner.title === of.title && owner.author === of.author)) return folder;
  }
  return join(of.outDir, bookFolderName(of.title));
}

/** Names that the folder of such a title may have, in the order in which they are tried. */
export function* folderNames(title: string): Generator<string> {
  const name = bookFolderName(title);
  for (let number = 1; number <= MOST_NAMESAKES; number++) yield number === 1 ? name : `${name} (${number})`;
}

/** Undefined for a folder that is not there or in which nothing of ours was delivered yet. */
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
