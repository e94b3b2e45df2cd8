/** The ID of a submitted book, as used by `status`, `cancel` and other commands. */
import { createHash } from 'node:crypto';

/** Longest part of a title in an ID, in characters. */
const MAX_TITLE_LENGTH = 32;

/** The same for the same title, author and output folder, so that submitting a book again creates no second one. */
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

/** The prefix of the IDs of a book's runs. Book IDs contain no dot, so no prefix matches the runs of another book. */
export function runPrefix(id: string): string {
  return `${id}.`;
}
