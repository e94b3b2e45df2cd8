/** Finds the book that a person names, among all that a store has records of. */
import { ConfigError } from '../../config/values.ts';
import { nearestName } from '../../manifest/nearest.ts';
import { titleOfManifest } from '../composition/manifest-title.ts';
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
): Book {
  const ofAuthor = books.filter(({ author }) => wanted.author === undefined || author === wanted.author);
  const title = fold(wanted.title);
  const ways = [
    (book: Book) => fold(book.title) === title,
    (book: Book) => title !== '' && fold(book.title).startsWith(title),
  ];
  for (const way of ways) {
    const found = ofAuthor.filter(way);
    if (found.length > 1) {
      const list = found.map(
        (book) => `\n  “${plain(book.title)}”${book.author === '' ? '' : ` by ${plain(book.author)}`}`,
      );
      throw new ConfigError(`"${wanted.title}" matches several books. Name the manifest of one:${list.join('')}`);
    }
    if (found[0] !== undefined) return found[0];
  }
  const near = nearestName(
    wanted.title,
    books.map((book) => book.title),
  );
  const hint =
    near !== undefined
      ? `Did you mean "${near}"?`
      : books.length === 0
        ? 'It has no book yet. Name another store with --store.'
        : 'To list all: pipeline store du';
  throw new ConfigError(`The store has no book "${wanted.title}". ${hint}`);
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}
