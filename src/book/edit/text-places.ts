/** Where a word of a book is: its line's number, and the file and line that an editor opens. Pure. */
import { dirname, join } from 'node:path';
import { sourceOffset } from '../../manifest/yaml/offsets.ts';
import { type LineIndex, lineIndex, type Position } from '../../manifest/yaml/position.ts';
import type { Segment } from '../../script/cut/cut-segments.ts';
import { formatLineName, HEAD_LINE } from '../../script/lines/line-name.ts';
import type { BookChapter } from '../chapters.ts';
import type { Book } from '../load-book.ts';

/** A place in a book. */
export interface TextPlace extends Partial<Position> {
  /** `3:37`. */
  number: string;
  /** The file as messages name it. Absent, like line and column: the program composed the text. */
  file?: string;
}

/** A part of a segment, by its offset in the words that the author wrote. */
export interface PlaceInSegment {
  chapter: BookChapter;
  segment: Segment;
  offset: number;
}

/** Finds places. `manifestText` is that of the manifest, for texts inside it. */
export function placesOf(book: Book, manifestText: string | undefined): (of: PlaceInSegment) => TextPlace {
  const indexes = new Map<BookChapter, LineIndex>();
  const ofManifest = manifestText === undefined ? undefined : lineIndex(manifestText);
  return ({ chapter, segment, offset }) => {
    const number = formatLineName({ chapter: chapter.number, line: segment.lineIndex + 1 });
    const { source } = chapter;
    const { at: title } = book.manifest.chapters[chapter.number - 1] ?? {};
    if (segment.lineIndex === HEAD_LINE) return { number, file: book.manifestPath, ...title?.start };
    if (source === undefined) return { number };
    const at = offsetInSource(source.text, segment, offset);
    if (source.kind === 'file') {
      const index = indexes.get(chapter) ?? lineIndex(source.text);
      indexes.set(chapter, index);
      return { number, file: join(dirname(book.manifestPath), source.file), ...index.position(at) };
    }
    const text = book.manifest.chapters[chapter.number - 1]?.source;
    if (text?.kind !== 'text' || ofManifest === undefined) return { number, file: book.manifestPath };
    return { number, file: book.manifestPath, ...ofManifest.position(sourceOffset(text.offsets, at)) };
  };
}

/**
 * The source has the same characters as the words, with more white space; markup and entities may stand between, so the word
 * itself is looked for from there.
 */
function offsetInSource(source: string, segment: Segment, offset: number): number {
  const words = segment.written ?? segment.text;
  let left = words.slice(0, offset).replace(/\s/g, '').length;
  let at = segment.start;
  for (; at < segment.end && (left > 0 || /\s/.test(source[at] ?? '')); at++) if (!/\s/.test(source[at] ?? '')) left--;
  const [word = ''] = words.slice(offset).split(/\s/, 1);
  const found = source.indexOf(word, Math.max(segment.start, at));
  return found >= 0 && found < segment.end ? found : Math.min(at, segment.end);
}
