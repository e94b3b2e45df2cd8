/** How words are pronounced; applied by script/pronounce.ts. */

/** Most entries in one list. */
export const MOST_PRONUNCIATIONS = 5000;

/** A word and the text to speak instead. */
export interface Pronunciation {
  /** As it appears in the text; case-sensitive. */
  word: string;
  spoken: string;
}

/** Why a word cannot be in the list, as a predicate to follow the word; undefined for a valid word. */
export function wordProblem(word: string): string | undefined {
  if (word.trim() === '') return 'is empty';
  if (word !== word.trim()) return 'begins or ends with a space';
  if (word.length > 100) return 'is longer than 100 characters';
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(word)) return 'contains a control character';
  if (/[[\]【】\\]/.test(word)) return 'contains a bracket or a backslash, which only tags have';
  if (!/[\p{L}\p{N}\p{S}]/u.test(word)) return 'contains no letter, digit or symbol';
  return undefined;
}
