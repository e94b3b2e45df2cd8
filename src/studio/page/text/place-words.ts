/** Cuts a line's text into the words that the engine timed and what is between them. Pure. */
import type { Word } from '../../shapes.ts';

/** A piece of the text; `word` is the index of the timed word that it is, if any. */
export interface Piece {
  text: string;
  word?: number;
}

/** The pieces joined are the text. A word without a place, or whose place is not in the text, or in an earlier word, is left out. */
export function placeWords(text: string, words: readonly Pick<Word, 'from' | 'to'>[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  words.forEach(({ from, to }, word) => {
    if (from === undefined || to === undefined || from < at || to <= from || to > text.length) return;
    if (from > at) pieces.push({ text: text.slice(at, from) });
    pieces.push({ text: text.slice(from, to), word });
    at = to;
  });
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}
