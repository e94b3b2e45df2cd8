/** Finds the book that a person names, among all that a store has records of. */

import { titleOfManifest } from '../../composition/manifest-title.ts';
import { ConfigError } from '../../config/values.ts';
import { foldTitle, unknownTitle } from '../command-line/book-title.ts';
import { plain } from '../screen/format.ts';

/** A book as the store names it. */
export interface BookTitle {
  title: string;
  author: string;
}

/** Title and author of a manifest, or a title as a person writes it. Throws `ConfigError` for a manifest that cannot be read. */
export async function bookNamed(name: string): Promise<{ title: string; author?: string }> {
  if (!/\.ya?ml$/i.test(name)) return { title: name };
  const { title, author = '' } = await titleOfManifest(name);
  return { title, author };
}

/**
 * The one book with a title (in any case; its start is enough). Throws `ConfigError` that lists the books it may be, or names
 * the nearest.
 */
export function pickTitle<Book extends BookTitle>(
  books: readonly Book[],
  wanted: { title: string; author?: string },
  lacks: { what: string; ifNone: string } = { what: 'book', ifNone: 'It has no book yet.' },
): Book {
  const ofAuthor = books.filter(({ author }) => wanted.author === undefined || author === wanted.author);
  const title = foldTitle(wanted.title);
  const ways = [
    (book: Book) => foldTitle(book.title) === title,
    (book: Book) => title !== '' && foldTitle(book.title).startsWith(title),
  ];
  for (const way of ways) {
    const found = ofAuthor.filter(way);
    if (found.length > 1) {
      const list = found.map(
        (book) => `\n  “${plain(book.title)}”${book.author === '' ? '' : ` by ${plain(book.author)}`}`,
      );
      throw new ConfigError(
        `"${plain(wanted.title)}" matches several books. Name the manifest of one:${list.join('')}`,
      );
    }
    if (found[0] !== undefined) return found[0];
  }
  throw unknownTitle({
    wanted: wanted.title,
    titles: books.map((book) => book.title),
    store: 'The store',
    ...lacks,
    listedBy: 'pipeline store du',
  });
}
