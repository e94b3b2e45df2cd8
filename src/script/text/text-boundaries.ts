/** Ends of the pieces of a text: ascending offsets; the last is the text's length. */
export type Ends = number[];

/** Closing quotes and brackets, which stay with the text before them. */
export const CLOSERS = '["\'”’»›)\\]）」』】》〉]*';

/**
 * Most characters to pass to Intl.Segmenter at once: its time grows with the square of the length (100,000 characters take
 * 0.5 s, 200,000 take 5.6 s).
 */
export const SEGMENTER_WINDOW = 2000;

// A comma or colon only counts before a space, so that 1,000 and 12:30 are not split; a dash does not count between digits.
const CLAUSE_MARK = new RegExp(
  `(?:[,;:](?=${CLOSERS}\\s)|(?<!\\d)[—–]+|[—–]+(?!\\d)|[，；、]|(?<!\\d)：|：(?!\\d))${CLOSERS}\\s?`,
  'g',
);

/** Ends of a sentence's clauses: after commas, semicolons, colons and dashes, Western and Chinese. */
export function clauseEnds(text: string): Ends {
  return endsOf(text, CLAUSE_MARK);
}

/** Ends after each space, except inside a number such as 10 000. */
export function spaceEnds(text: string): Ends {
  return endsOf(text, /(?<!\d)\s+|\s+(?!\d)/g);
}

/**
 * Ends of words by Unicode's rules, with a dictionary for Chinese, Japanese and Thai; numbers are not split. `least`: fewer
 * ends, so that each piece but the last has that many characters.
 */
export function wordEnds(text: string, least = 1): Ends {
  return segmenterEnds(text, { granularity: 'word', least });
}

/** Ends of graphemes; `least` as for words. */
export function graphemeEnds(text: string, least = 1): Ends {
  return segmenterEnds(text, { granularity: 'grapheme', least });
}

function endsOf(text: string, mark: RegExp): Ends {
  const ends = Array.from(text.matchAll(mark), (match) => match.index + match[0].length);
  if (ends.at(-1) !== text.length) ends.push(text.length);
  return ends;
}

function segmenterEnds(text: string, of: { granularity: 'word' | 'grapheme'; least: number }): Ends {
  const segmenter = new Intl.Segmenter('und', { granularity: of.granularity });
  const ends: Ends = [];
  let [from, last] = [0, 0];
  while (from < text.length) {
    const part = text.slice(from, from + SEGMENTER_WINDOW);
    const found = Array.from(segmenter.segment(part), ({ index, segment }) => from + index + segment.length);
    // The last piece may continue after the window: segment it again with the next window.
    if (from + part.length < text.length && found.length > 1) found.pop();
    from = found.at(-1)!;
    for (const end of found) {
      if (end - last < of.least && end < text.length) continue;
      ends.push(end);
      last = end;
    }
  }
  return ends;
}
