/** What counts as a letter: Unicode's letters (L) and numbers (N). Pure. */

/** The letters of a text, one after another, without everything between them. */
export function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '');
}

/** How many letters these are; one beyond the Basic Multilingual Plane counts once. */
export function countOf(letters: string): number {
  let count = letters.length;
  for (let at = 0; at < letters.length; at++) if ((letters.charCodeAt(at) & 0xfc00) === 0xdc00) count--;
  return count;
}
