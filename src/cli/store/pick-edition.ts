/** Finds the edition that a person names: `book.yaml@2`, `"The Harbour"@2`, or the newest without a number. */
import { ConfigError } from '../../config/values.ts';
import { type EditionRecord, listAllEditions } from '../../store/editions.ts';
import type { Store } from '../../store/store.ts';
import { plain } from '../screen/format.ts';
import { bookNamed, pickTitle } from './known-books.ts';

/** Splits `BOOK@2`; the number is undefined when there is none. */
export function editionName(name: string): { book: string; number: number | undefined } {
  const parts = /^(.+)@(\d{1,6})$/.exec(name);
  return parts === null ? { book: name, number: undefined } : { book: parts[1]!, number: Number(parts[2]) };
}

/** The editions of one book, the oldest first. Of real speech, where there is any. Throws `ConfigError`. */
export async function editionsNamed(store: Store, book: string): Promise<EditionRecord[]> {
  const all = await listAllEditions(store);
  const { title, author } = pickTitle(uniqueBooks(all), await bookNamed(book), {
    what: 'delivered edition of',
    ifNone: 'An edition is kept when a whole book is delivered (`run` without --chapter).',
  });
  const ofBook = all.filter((edition) => edition.title === title && edition.author === author);
  const realm = (['dashscope', 'own', 'local'] as const).find((one) => ofBook.some((edition) => edition.realm === one));
  return ofBook.filter((edition) => edition.realm === realm);
}

/** One edition. Throws `ConfigError` that names those that there are. */
export async function pickEdition(store: Store, name: string): Promise<EditionRecord> {
  const { book, number } = editionName(name);
  const editions = await editionsNamed(store, book);
  const found = number === undefined ? editions.at(-1) : editions.find((edition) => edition.number === number);
  if (found !== undefined) return found;
  const numbers = editions.map((edition) => edition.number);
  throw new ConfigError(
    `“${plain(editions[0]?.title ?? book)}” has no edition ${number}. It has ${numbers.join(', ')}. To list them: pipeline history <book>`,
  );
}

function uniqueBooks(editions: readonly EditionRecord[]): { title: string; author: string }[] {
  const books = new Map(editions.map(({ title, author }) => [JSON.stringify([title, author]), { title, author }]));
  return [...books.values()];
}
