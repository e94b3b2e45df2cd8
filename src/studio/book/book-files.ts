/** In which state the files of a book are: whether one of them was saved since it was read. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Book } from '../../book/load-book.ts';
import { reviewPath } from '../../review/review.ts';

/** Changes when a file of the book is saved, comes or goes. Reads no content. */
export async function stateOfFiles(book: Book): Promise<string> {
  const states = await Promise.all(
    pathsOf(book).map(async (path) => {
      const found = await stat(path).catch(() => undefined);
      return found === undefined ? '–' : `${found.mtimeMs} ${found.size} ${found.ino}`;
    }),
  );
  return states.join('\n');
}

function pathsOf({ manifestPath, folder, manifest, chapters, pickups }: Book): string[] {
  const texts = chapters.flatMap(({ source }) => (source?.kind === 'file' ? [source.file] : []));
  const words = manifest.wordFile === undefined ? [] : [manifest.wordFile.path];
  const named = [...new Set([...texts, ...words, ...pickups.keys()])].map((path) => join(folder, path));
  return [manifestPath, reviewPath(manifestPath), ...named];
}
