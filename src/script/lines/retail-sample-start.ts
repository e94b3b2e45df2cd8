import type { Segment } from '../cut/cut-segments.ts';
import { HEAD_LINE } from './line-name.ts';

/** A line that is short and does not end like a sentence counts as a heading. */
const LONGEST_HEADING = 80;
const SENTENCE_END = /[.!?…;:,。！？；：，]["'”’»」』)\]]*$/u;

/**
 * Index of the segment that a retail sample begins with: the first one that contains `from`, by default the first one after
 * the chapter's heading, which shops do not want in a sample. Undefined when `from` is not in the chapter.
 */
export function retailSampleStart(of: {
  title: string;
  segments: readonly Segment[];
  from?: string;
}): number | undefined {
  const { title, segments, from } = of;
  if (from !== undefined) {
    const wanted = letters(from);
    const found = segments.findIndex((segment) => letters(writtenOf(segment)).includes(wanted));
    return found === -1 ? undefined : found;
  }
  const afterHeading = segments.findIndex(
    ({ lineIndex }, index) => lineIndex !== HEAD_LINE && !isHeading(lineFrom(segments, index), title),
  );
  return Math.max(0, afterHeading);
}

function isHeading(line: string, title: string): boolean {
  if (letters(line) === letters(title)) return true;
  return line.length <= LONGEST_HEADING && !SENTENCE_END.test(line.trim());
}

/** The text of a segment's line, starting at this segment. */
function lineFrom(segments: readonly Segment[], index: number): string {
  const { lineIndex } = segments[index]!;
  const rest: string[] = [];
  for (let at = index; segments[at]?.lineIndex === lineIndex; at++) rest.push(writtenOf(segments[at]!));
  return rest.join(' ');
}

function writtenOf({ text, written }: Segment): string {
  return written ?? text;
}

/** The letters and digits of a text, without case, to compare spellings. */
function letters(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
