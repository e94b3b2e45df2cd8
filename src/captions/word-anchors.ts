/**
 * Where words of a text are heard, from the words that the service told. Pure.
 *
 * The service may write a word in another way than the author (digits are read out, a word list changes how a name is
 * spoken), so words are matched by their letters and in order; a word that is not found gives no anchor.
 */

/** A word as it is heard, in seconds. */
export interface HeardWord {
  text: string;
  startSeconds: number;
  endSeconds: number;
}

/** A place in the text, in UTF-16 code units, and when it is heard. */
export interface Anchor {
  from: number;
  to: number;
  startSeconds: number;
  endSeconds: number;
}

/** How far ahead a word is searched, in letters: past this, it is a different word of the same letters. */
const SEARCH_LETTERS = 40;

/** The words that were found in the text, in order and without overlaps. */
export function anchorsIn(text: string, words: readonly HeardWord[]): Anchor[] {
  const { letters, offsets } = lettersOf(text);
  const anchors: Anchor[] = [];
  let at = 0;
  for (const { text: word, startSeconds, endSeconds } of words) {
    const wanted = lettersOf(word).letters;
    if (wanted === '') continue;
    const found = letters.indexOf(wanted, at);
    if (found < 0 || found - at > SEARCH_LETTERS) continue;
    const end = found + wanted.length;
    anchors.push({ from: offsets[found] ?? 0, to: (offsets[end - 1] ?? 0) + 1, startSeconds, endSeconds });
    at = end;
  }
  return anchors;
}

/** Letters and digits in lower case, and the offset of each in the text. Characters that change length are kept. */
function lettersOf(text: string): { letters: string; offsets: number[] } {
  let letters = '';
  const offsets: number[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}]/gu)) {
    const lower = match[0].toLowerCase();
    const letter = lower.length === match[0].length ? lower : match[0];
    for (let unit = 0; unit < letter.length; unit++) offsets.push(match.index + unit);
    letters += letter;
  }
  return { letters, offsets };
}
