/** A run of lines between blank lines; offsets of its text without the white space around it. */
export interface Paragraph {
  start: number;
  end: number;
}

/**
 * Finds the paragraphs of a text. A line of nothing but white space is blank, whatever kind of space it is; a line ends at
 * LF, CRLF or CR. One pass, linear.
 */
export function* paragraphsOf(text: string): Generator<Paragraph> {
  let start = -1;
  let end = -1;
  for (const { from, to } of linesOf(text)) {
    const line = text.slice(from, to);
    const trimmed = line.trim();
    if (trimmed === '') {
      if (start >= 0) yield { start, end };
      start = -1;
      continue;
    }
    const first = from + (line.length - line.trimStart().length);
    if (start < 0) start = first;
    end = first + trimmed.length;
  }
  if (start >= 0) yield { start, end };
}

function* linesOf(text: string): Generator<{ from: number; to: number }> {
  let from = 0;
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    yield { from, to: match.index };
    from = match.index + match[0].length;
  }
  yield { from, to: text.length };
}
