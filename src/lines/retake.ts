/** Further takes of a line: which numbers they get, and the segments to speak. */
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import { type BookLine, chosenTake, takeNumbered } from '../plan/book-lines.ts';
import type { SynthesizeStep } from '../plan/step.ts';
import type { Store } from '../store/store.ts';
import { freeNumbers, storedTakes } from './stored-takes.ts';
import { type Variation, variedLine } from './variation.ts';

/** The takes that are to be spoken. */
export interface PlannedTakes {
  /** The line as it is to be spoken. */
  varied: BookLine;
  /** Ascending; fewer than asked for when the last number is reached. */
  numbers: number[];
  segments: SynthesizeStep[];
}

/**
 * So many further takes of the line. The first take belongs to a run, unless the line is spoken in another way than the book has
 * it; with `isFirstToo`, the take that the book would use is spoken first where the store lacks it.
 */
export async function planTakes(
  of: { book: Book; account: Account; store: Store; line: BookLine; takes: number; isFirstToo?: boolean } & Variation,
): Promise<PlannedTakes> {
  const { book, account, store, line, takes, isFirstToo = false, say, direction } = of;
  const varied = variedLine(book, account, line, { say, direction });
  const [stored = []] = await storedTakes(store, [varied], account.realm);
  const chosen = chosenTake(varied);
  const first = isFirstToo && !stored.some(({ number }) => number === chosen) ? [chosen] : [];
  const further = freeNumbers(
    [...stored, ...first.map((number) => ({ number }))],
    takes - first.length,
    varied === line ? 2 : 1,
  );
  const numbers = [...first, ...further].sort((a, b) => a - b);
  const segments = numbers.flatMap((number) =>
    varied.segments.map((step) => takeNumbered(step, number, account.realm)),
  );
  return { varied, numbers, segments };
}
