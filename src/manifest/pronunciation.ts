/** Word lists: how words are said. Read here, applied in script/words.ts. */

/** Most entries of one list. */
export const MOST_PRONUNCIATIONS = 5000;

/** A word and what is spoken instead of it. */
export interface Pronunciation {
  /** As it stands in the text; case counts. */
  word: string;
  spoken: string;
}

/** Why a word can not stand in a word list, as the end of a sentence that began with the word; undefined when it can. */
export function wordProblem(word: string): string | undefined {
  if (word.trim() === '') return 'is empty';
  if (word !== word.trim()) return 'begins or ends with a space';
  if (word.length > 100) return 'is longer than 100 characters';
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(word)) return 'has a control character in it';
  if (/[[\]【】\\]/.test(word)) return 'has a bracket or a backslash in it, which only tags have';
  if (!/[\p{L}\p{N}\p{S}]/u.test(word)) return 'has no letter, digit or symbol in it';
  return undefined;
}
