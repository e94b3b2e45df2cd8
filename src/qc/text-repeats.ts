/** How much of a text comes again in the text itself: a take that says it twice is then right. Pure. */

const MISMATCH = 1;
const GAP = 0.8;
/** Nearer letters are one word's own. */
const LEAST_DISTANCE = 3;
/** Longer texts are judged by their beginning: the time grows with the square. */
const MOST_LETTERS = 1_500;

/** Letters of the strongest repetition in a text, less the more the two places differ. */
export function repeatedLetters(text: string): number {
  const letters = (text.toLowerCase().match(/[\p{L}\p{N}]/gu) ?? []).slice(0, MOST_LETTERS);
  let best = 0;
  let last = new Float32Array(letters.length + 1);
  let row = new Float32Array(letters.length + 1);
  for (let i = 0; i < letters.length; i++) {
    row.fill(0);
    for (let j = i + LEAST_DISTANCE; j < letters.length; j++) {
      const along = last[j]! + (letters[i] === letters[j] ? 1 : -MISMATCH);
      const score = Math.max(0, along, last[j + 1]! - GAP, row[j]! - GAP);
      row[j + 1] = score;
      if (score > best) best = score;
    }
    [last, row] = [row, last];
  }
  return best;
}
