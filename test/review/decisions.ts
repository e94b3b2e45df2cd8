/** Decisions for tests. */
import type { Decision, Review } from '../../src/review/review.ts';

/** A decision about line 3:37 or another one; its words follow from its place. */
export function decision(at: string, more: Partial<Decision> = {}): Decision {
  return { id: `id-${at.replace(':', '-')}`, at, words: `The words of ${at}.`, chapterTitle: 'One', ...more };
}

/** A review with these decisions. */
export function reviewOf(...lines: Decision[]): Review {
  return { chapters: [], lines };
}
