/** Where changes of texts are proposed: in the own folder of the watched folder that a book is in. */
import { stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { ProposalsFolder, StudioBook } from '../../studio/dependencies.ts';
import { OWN_FOLDER } from '../../watch/file-names.ts';

/** The watched folder that an absolute folder is in, or is; undefined for none. */
export async function watchedRoot(inside: string): Promise<string | undefined> {
  for (let folder = inside; ; folder = dirname(folder)) {
    if ((await stat(join(folder, OWN_FOLDER)).catch(() => undefined))?.isDirectory()) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** That of a book; undefined when its texts may be changed themselves. */
export async function proposalsFolder({ book }: Pick<StudioBook, 'book'>): Promise<ProposalsFolder | undefined> {
  const root = await watchedRoot(book.folder);
  if (root === undefined) return undefined;
  const all = join(root, OWN_FOLDER, 'proposals');
  return { folder: join(all, relative(root, book.folder)), earlier: all };
}
