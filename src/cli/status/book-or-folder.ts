/** Whether `pipeline status NAME` means a watched folder or a book: `pipeline import` makes a folder with the title of a book. */
import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { SubmittedBook } from '../../submissions/list.ts';
import { OWN_FOLDER } from '../../watch/file-names.ts';
import { isNamed } from '../control/pick-book.ts';

/** What a name means. */
export interface Named {
  kind: 'folder' | 'book';
  /** How to name the other, when there are both. */
  hint?: string;
}

/**
 * What the name means. A path or an address is a folder. A plain name that is both is the watched folder if a watcher has ever
 * run on it, otherwise the book. `listBooks`: the books of the store; when it rejects, only the folder counts.
 */
export async function bookOrFolder(name: string, listBooks: () => Promise<readonly SubmittedBook[]>): Promise<Named> {
  if (name.startsWith('s3://')) return { kind: 'folder' };
  if (!(await isFolder(name))) return { kind: 'book' };
  if (isAbsolute(name) || /[/\\]|^\.{1,2}$/.test(name)) return { kind: 'folder' };
  const books = (await listBooks().catch(() => [])).filter((book) => isNamed(book, name));
  const [book] = books;
  if (book === undefined) return { kind: 'folder' };
  if (await isFolder(join(name, OWN_FOLDER))) {
    const { id } = book.submission;
    return { kind: 'folder', hint: `"${name}" is also a book of the store. For the book: pipeline status ${id}` };
  }
  return { kind: 'book', hint: `"${name}" is also a folder here. For the folder: pipeline status "./${name}"` };
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
