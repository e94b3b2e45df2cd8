/** A run of lines between blank lines; offsets without surrounding white space. */
export interface Paragraph {
  start: number;
  end: number;
}

/**
 * Finds the paragraphs of a text. A line of only white space, of any kind, is blank; a line ends at LF, CRLF or CR. Masked
 * markup (see markdown.ts) counts as white space, its breaks as blank lines. Linear.
 */
export function* paragraphsOf(text: string): Generator<Paragraph> {
  let start = -1;
  let end = -1;
  for (const { from, to, breaks } of linesOf(text)) {
    const line = text.slice(from, to);
    const first = line.search(/[^\s\u0001]/);
    if (first >= 0) {
      if (start < 0) start = from + first;
      end = from + lastOf(line) + 1;
    }
    if (start >= 0 && (breaks || line.trim() === '')) {
      yield { start, end };
      start = -1;
    }
  }
  if (start >= 0) yield { start, end };
}

/** Index of the last character that is neither white space nor masked; a regular expression would be quadratic. */
function lastOf(line: string): number {
  let at = line.length - 1;
  while (at > 0 && /[\s\u0001]/.test(line[at]!)) at--;
  return at;
}

function* linesOf(text: string): Generator<{ from: number; to: number; breaks: boolean }> {
  let from = 0;
  for (const match of text.matchAll(/\r\n|\n|\r|\u0002/g)) {
    yield { from, to: match.index, breaks: match[0] === '\u0002' };
    from = match.index + match[0].length;
  }
  yield { from, to: text.length, breaks: false };
}
