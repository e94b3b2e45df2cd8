/** How much two texts have in common, by their words. Pure. */

/** How often each word is in a text, without regard to case. A Chinese or Japanese character counts as a word. */
export interface WordCounts {
  counts: ReadonlyMap<string, number>;
  total: number;
}

/** The words of a text in order, in lowercase, without punctuation. A Chinese or Japanese character is a word. */
export function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

/** Counts the words of a text. */
export function wordCounts(text: string): WordCounts {
  const counts = new Map<string, number>();
  const words = wordsIn(text);
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, total: words.length };
}

/** Share of common words (Dice coefficient), 0 to 1. */
export function similarity(a: WordCounts, b: WordCounts): number {
  let common = 0;
  for (const [word, count] of a.counts) common += Math.min(count, b.counts.get(word) ?? 0);
  return a.total + b.total === 0 ? 0 : (2 * common) / (a.total + b.total);
}
