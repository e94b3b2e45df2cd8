/** Where pieces of a text end: ascending offsets, the last one is the text's length. */
export type Ends = number[];

/** Closing quotes and brackets: they stay with what they close. */
export const CLOSERS = '["\'”’»›)\\]）」』】》〉]*';

/**
 * Intl.Segmenter's time grows with the square of the string (100,000 characters 0.5 s, 200,000 5.6 s), so that it never
 * sees more than this many characters at once.
 */
export const SEGMENTER_WINDOW = 2000;

// A comma or colon counts before a space only, so that 1,000 and 12:30 stay whole; a dash not between figures.
const CLAUSE_MARK = new RegExp(
  `(?:[,;:](?=${CLOSERS}\\s)|(?<!\\d)[—–]+|[—–]+(?!\\d)|[，；、]|(?<!\\d)：|：(?!\\d))${CLOSERS}\\s?`,
  'g',
);

/** Ends of a sentence's clauses: behind commas, semicolons, colons and dashes, western and Chinese. */
export function clauseEnds(text: string): Ends {
  return endsOf(text, CLAUSE_MARK);
}

/** Ends behind each space; a space inside a number such as 10 000 does not count. */
export function spaceEnds(text: string): Ends {
  return endsOf(text, /(?<!\d)\s+|\s+(?!\d)/g);
}

/** Ends of words by Unicode's rules, and a dictionary for Chinese, Japanese and Thai; numbers stay whole. */
export function wordEnds(text: string): Ends {
  return segmenterEnds(text, 'word');
}

/** Ends of what a reader calls one character. */
export function graphemeEnds(text: string): Ends {
  return segmenterEnds(text, 'grapheme');
}

function endsOf(text: string, mark: RegExp): Ends {
  const ends = Array.from(text.matchAll(mark), (match) => match.index + match[0].length);
  if (ends.at(-1) !== text.length) ends.push(text.length);
  return ends;
}

function segmenterEnds(text: string, granularity: 'word' | 'grapheme'): Ends {
  const segmenter = new Intl.Segmenter('und', { granularity });
  const ends: Ends = [];
  let from = 0;
  while (from < text.length) {
    const part = text.slice(from, from + SEGMENTER_WINDOW);
    const found = Array.from(segmenter.segment(part), ({ index, segment }) => from + index + segment.length);
    // The last piece of a window may go on behind it: it is looked at again with what follows.
    if (from + part.length < text.length && found.length > 1) found.pop();
    ends.push(...found);
    from = ends.at(-1)!;
  }
  return ends;
}
