/** The decisions of a book's review file, by their lines' places in its edition. */
import type { DecisionInEdition } from '../plan/decided-changes.ts';
import { SOUND_FIELDS } from '../review/review.ts';
import { parseLineName } from '../script/lines/line-name.ts';
import type { Book } from './load-book.ts';

/** None for a book without a review file. */
export function decisionsInEdition({ chapters, review }: Pick<Book, 'chapters' | 'review'>): DecisionInEdition[] {
  const places = new Map(chapters.map(({ number }, index) => [number, index + 1]));
  return (review?.decisions ?? []).flatMap((decision) => {
    const name = parseLineName(decision.at);
    const chapter = name && places.get(name.chapter);
    if (name === undefined || chapter === undefined) return [];
    const fields = SOUND_FIELDS.filter((field) => decision[field] !== undefined);
    return [{ chapter, line: name.line, at: decision.at, file: review!.file, fields }];
  });
}
