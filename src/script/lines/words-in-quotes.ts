/** Words of a line inside quotation marks of a message. Pure. */

/** Marks around all of the words are left out, and marks within them become single ones: `“Yes.”` is `Yes.` inside of others. */
export function wordsInQuotes(words: string): string {
  const [, all] = /^["“]([^"“”]*)["”]$/su.exec(words) ?? [];
  return all ?? words.replaceAll('“', '‘').replaceAll('”', '’').replaceAll('"', "'");
}
