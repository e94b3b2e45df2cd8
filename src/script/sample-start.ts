import type { Segment } from './segments.ts';

/** Signs of a heading beside its words: short, and not ended like a sentence. */
const LONGEST_HEADING = 80;
const SENTENCE_END = /[.!?…;:,。！？；：，]["'”’»」』)\]]*$/u;

/**
 * Index of the segment that a retail sample begins with: the first one that has the words, or without words the first one
 * behind the chapter's heading, which shops do not want in a sample. Undefined when the words are not in the chapter.
 */
export function sampleStart(of: { title: string; segments: readonly Segment[]; from?: string }): number | undefined {
  const { title, segments, from } = of;
  if (from !== undefined) {
    const wanted = letters(from);
    const found = segments.findIndex((segment) => letters(writtenOf(segment)).includes(wanted));
    return found === -1 ? undefined : found;
  }
  const behind = segments.findIndex((_segment, index) => !isHeading(lineFrom(segments, index), title));
  return Math.max(0, behind);
}

function isHeading(line: string, title: string): boolean {
  if (letters(line) === letters(title)) return true;
  return line.length <= LONGEST_HEADING && !SENTENCE_END.test(line.trim());
}

/** The text of a segment's line from this segment on. */
function lineFrom(segments: readonly Segment[], index: number): string {
  const { lineIndex } = segments[index]!;
  const rest: string[] = [];
  for (let at = index; segments[at]?.lineIndex === lineIndex; at++) rest.push(writtenOf(segments[at]!));
  return rest.join(' ');
}

function writtenOf({ text, written }: Segment): string {
  return written ?? text;
}

/** What two spellings of the same words share: neither case nor signs nor spaces count. */
function letters(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
