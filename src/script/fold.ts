import { emptyOffsetMap, noteOffset, type OffsetMap } from '../manifest/offsets.ts';

/** A stretch of source text as it is spoken, and where each of its characters came from. */
export interface Folded {
  text: string;
  offsets: OffsetMap;
}

// Masked markup goes the way of white space, but leaves no space behind when there was none.
const PIECE = /[\s\u0001\u0002]+|\\[[\]【】［］]/g;
/** Scripts that put no space between words: a line end between two such characters is no space either. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3001-\u303f\uff01-\uff60]/u;

/**
 * Folds whitespace to single spaces, drops it at both ends and turns `\[` into a plain bracket (`\【`, `\［` too). White space of every kind
 * counts: tabs, no-break and ideographic spaces, line ends.
 */
export function fold(source: string, start: number, end: number): Folded {
  const offsets = emptyOffsetMap();
  const parts: string[] = [];
  let length = 0;
  const add = (text: string, at: number): void => {
    if (text === '') return;
    noteOffset(offsets, length, at);
    parts.push(text);
    length += text.length;
  };
  let at = start;
  PIECE.lastIndex = 0;
  for (const match of source.slice(start, end).matchAll(PIECE)) {
    const from = start + match.index;
    add(source.slice(at, from), at);
    at = from + match[0].length;
    if (match[0].startsWith('\\')) {
      add(match[0][1]!, from);
    } else if (
      /[\s\u0002]/.test(match[0]) &&
      length > 0 &&
      at < end &&
      !isJoin(match[0], source[from - 1]!, source[at]!)
    ) {
      add(' ', from);
    }
  }
  add(source.slice(at, end), at);
  // The end has a place, too: it is asked for as the end of the last segment.
  noteOffset(offsets, length, length === 0 ? start : at < end ? end : trimmedEnd(source, start, end));
  return { text: parts.join(''), offsets };
}

function isJoin(space: string, before: string, after: string): boolean {
  return /[\n\r]/.test(space) && UNSPACED.test(before) && UNSPACED.test(after);
}

function trimmedEnd(source: string, start: number, end: number): number {
  return start + source.slice(start, end).trimEnd().length;
}
