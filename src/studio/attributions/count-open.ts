/** Counts the quotations whose speaker nobody has named yet. Pure. */
import type { Book } from '../../book/load-book.ts';

/** Number of `[?]` in a book as it was read. */
export function countOpen({ chapters }: Pick<Book, 'chapters'>): number {
  return chapters.reduce((sum, { source, role }) => {
    const found = source === undefined || role !== undefined ? undefined : source.text.match(OPEN);
    return sum + (found?.length ?? 0);
  }, 0);
}

/** A tag that begins a line, or follows other tags; close enough for a number in a menu, and fast. */
const OPEN = /(?:^|[\]】］]\s*)[[【［][?？]/gm;
