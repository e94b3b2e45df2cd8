/** How many doubtful takes of a book are spoken again: a check that is wrong about a voice must not double what a book costs. */

/** Counts for each book. */
export interface RetakeLimit {
  /** Whether a doubtful take may be spoken once more; counts it. */
  allow(book: string): boolean;
  /** A take of the book was made. */
  made(book: string): void;
}

/** Always allowed, in this process. */
const LEAST_RETAKES = 40;
/** Of the takes that this process made for the book. */
const MOST_SHARE = 0.25;

/** A limit of this process. With many machines, each has its own part of a book. */
export function createRetakeLimit({ least = LEAST_RETAKES, share = MOST_SHARE } = {}): RetakeLimit {
  const books = new Map<string, { made: number; again: number }>();
  const of = (book: string) => {
    const known = books.get(book) ?? { made: 0, again: 0 };
    books.set(book, known);
    return known;
  };
  return {
    allow(book) {
      const count = of(book);
      if (count.again >= least && count.again >= share * count.made) return false;
      count.again += 1;
      return true;
    },
    made(book) {
      of(book).made += 1;
    },
  };
}
