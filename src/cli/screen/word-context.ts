/** Unchanged words that are shown on each side of a change. */
const CONTEXT_WORDS = 6;

/** A stretch of unchanged words, with an ellipsis for those far from any change. */
export function withContext(text: string, hasBefore: boolean, hasAfter: boolean): string {
  const words = text.split(/(?<=\s)/);
  if (words.length <= CONTEXT_WORDS * 2) return text;
  const head = hasBefore ? words.slice(0, CONTEXT_WORDS).join('') : '';
  const tail = hasAfter ? words.slice(-CONTEXT_WORDS).join('') : '';
  return `${head}… ${tail}`;
}
