/** Finds the words that the engine timed in the author's text, which has punctuation and may differ. Pure. */
import type { Word } from '../../shapes.ts';

/** A piece of the text; `word` is the index of the timed word that it is, if any. */
export interface Piece {
  text: string;
  word?: number;
}

/** How far ahead a word is searched, in characters: a word that was not written must not swallow the rest of the line. */
const FARTHEST = 80;

/** Cuts a text into its timed words and what is between them; the pieces joined are the text. */
export function placeWords(text: string, words: readonly Word[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  words.forEach(({ text: spoken }, word) => {
    const wanted = spoken.trim();
    if (wanted === '') return;
    const found = text.indexOf(wanted, at);
    if (found < 0 || found - at > FARTHEST) return;
    if (found > at) pieces.push({ text: text.slice(at, found) });
    pieces.push({ text: wanted, word });
    at = found + wanted.length;
  });
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}
