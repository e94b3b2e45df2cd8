/** How many doubtful takes of a book are spoken again: a check that is wrong about a voice must not double what a book costs. */
import type { RetakeCounts, StoredRetakeCounts } from '../src/store/retake-counts.ts';

/** Counts for each book. */
export interface RetakeLimit {
  /** Whether a doubtful take may be spoken once more; counts it. Never rejects. */
  allow(book: string): Promise<boolean>;
  /** A take of the book was made. */
  made(book: string): void;
}

/** Always allowed, over all runs of a book. */
const LEAST_RETAKES = 40;
/** Of the takes that were made for the book. */
const MOST_SHARE = 0.25;
/** Takes are counted in the store when so many are made, or one is to be spoken again. */
const MOST_UNCOUNTED = 32;

/**
 * A limit of each book, over all runs and machines that share `counts`; without them, of this process. `least`, `share`: for
 * tests.
 */
export function createRetakeLimit({
  counts,
  least = LEAST_RETAKES,
  share = MOST_SHARE,
}: {
  counts?: StoredRetakeCounts;
  least?: number;
  share?: number;
} = {}): RetakeLimit {
  /** Not in the store yet; without a store, all. */
  const own = new Map<string, RetakeCounts>();
  const ownOf = (book: string): RetakeCounts => {
    const known = own.get(book) ?? { made: 0, again: 0 };
    own.set(book, known);
    return known;
  };
  const store = async (book: string): Promise<void> => {
    const uncounted = ownOf(book);
    if (counts === undefined || uncounted.made + uncounted.again === 0) return;
    own.delete(book);
    // A store that cannot be written is told elsewhere; what is not counted is counted with the next take.
    await counts.add(book, uncounted).catch(() => {
      const now = ownOf(book);
      own.set(book, { made: now.made + uncounted.made, again: now.again + uncounted.again });
    });
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    // One after another: two at once would both count on the last one that is allowed.
    allow(book) {
      const answer = last.then(() => allow(book));
      last = answer;
      return answer;
    },
    made(book) {
      const now = ownOf(book);
      now.made += 1;
      if (now.made >= MOST_UNCOUNTED) void store(book);
    },
  };

  async function allow(book: string): Promise<boolean> {
    const before = (await counts?.of(book).catch(() => undefined)) ?? { made: 0, again: 0 };
    const now = ownOf(book);
    const [made, again] = [before.made + now.made, before.again + now.again];
    if (again >= least && again >= share * made) return false;
    now.again += 1;
    await store(book);
    return true;
  }
}
