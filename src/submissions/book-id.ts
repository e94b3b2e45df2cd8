/** The name of a book for people who run many: what `status`, `cancel` and the others are told. */
import { createHash } from 'node:crypto';

/** Most characters of a title in an id. */
const MAX_TITLE_LENGTH = 32;

/** The same for the same book (title, author) delivered to the same place, so that handing it in again is no second book. */
export function bookId({ title, author, outDir }: { title: string; author: string; outDir: string }): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_TITLE_LENGTH)
    .replace(/^-+|-+$/g, '');
  const hash = createHash('sha256')
    .update(JSON.stringify([title, author, outDir]))
    .digest('hex')
    .slice(0, 6);
  return words === '' ? `book-${hash}` : `${words}-${hash}`;
}

/** What the ids of a book's runs begin with. No id of a book holds a dot, so no book's runs are taken for another's. */
export function runPrefix(id: string): string {
  return `${id}.`;
}
