import { emptyOffsetMap, noteOffset, type OffsetMap } from '../../manifest/yaml/offsets.ts';

/** Source text as it is spoken, and the source offset of each of its characters. */
export interface FoldedText {
  text: string;
  offsets: OffsetMap;
}

// Masked markup is treated like white space, but adds no space of its own.
const PIECE = /[\s\u0001\u0002]+|\\[[\]【】［］]/g;
/** Scripts without spaces between words: a line break between two such characters is not a space. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3001-\u303f\uff01-\uff60]/u;

/**
 * Folds whitespace to single spaces, trims it at both ends and turns `\[`, `\【` and `\［` into plain brackets. All white space
 * counts: tabs, no-break and ideographic spaces, line breaks.
 */
export function foldWhitespace(source: string, start: number, end: number): FoldedText {
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
      !joinsLines(match[0], source[from - 1]!, source[at]!)
    ) {
      add(' ', from);
    }
  }
  add(source.slice(at, end), at);
  // The end also has an offset: the end of the last segment.
  noteOffset(offsets, length, length === 0 ? start : at < end ? end : trimmedEnd(source, start, end));
  return { text: parts.join(''), offsets };
}

function joinsLines(space: string, before: string, after: string): boolean {
  return /[\n\r]/.test(space) && UNSPACED.test(before) && UNSPACED.test(after);
}

function trimmedEnd(source: string, start: number, end: number): number {
  return start + source.slice(start, end).trimEnd().length;
}
