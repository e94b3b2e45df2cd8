/** Unchanged words that are shown on each side of a changed one. */
const CONTEXT_WORDS = 6;

/** A stretch of words that did not change, with an ellipsis for what is far from any change. */
export function withContext(text: string, hasBefore: boolean, hasAfter: boolean): string {
  const words = text.split(/(?<=\s)/);
  if (words.length <= CONTEXT_WORDS * 2) return text;
  const head = hasBefore ? words.slice(0, CONTEXT_WORDS).join('') : '';
  const tail = hasAfter ? words.slice(-CONTEXT_WORDS).join('') : '';
  return `${head}… ${tail}`;
}
