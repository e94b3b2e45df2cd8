/** A line of which other words are spoken than the author wrote: the segments that say them. Pure. */
import { sourceOffset } from '../../manifest/yaml/offsets.ts';
import { cutSegments, type Segment, type SegmentLimit } from '../cut/cut-segments.ts';
import type { Line } from '../lines/line.ts';
import { graphemeEnds, spaceEnds } from '../text/text-boundaries.ts';

/**
 * The segments of a line with `say`: cut from what is spoken, each with the part of the author's words that it stands for. The
 * last one ends like `segments`, the line's own.
 */
export function respelledSegments(line: Line, segments: readonly Segment[], limit: SegmentLimit): Segment[] {
  const { say = line.text } = line;
  const { pickup: _, ...spoken } = line;
  const last = segments.at(-1)!;
  const pieces = cutSegments([{ ...spoken, text: say, offsets: { at: [], source: [] } }], limit);
  const parts = writtenParts(line.text, pieces);
  return pieces.map((piece, index): Segment => {
    const { from, to } = parts[index]!;
    const written = line.text.slice(from, to).trimEnd();
    const isLast = index === pieces.length - 1;
    return {
      ...piece,
      lineIndex: last.lineIndex,
      lineOffset: from,
      start: sourceOffset(line.offsets, from),
      end: sourceOffset(line.offsets, from + written.length),
      boundaryAfter: isLast ? last.boundaryAfter : piece.boundaryAfter,
      ...(isLast && last.pauseAfterMs !== undefined && { pauseAfterMs: last.pauseAfterMs }),
      ...(written !== '' && written !== piece.text && { written }),
    };
  });
}

/**
 * Divides the author's words in the proportions of the spoken pieces, between words where there are enough of them. Of very few
 * letters the last pieces get none.
 */
function writtenParts(text: string, pieces: readonly { text: string }[]): { from: number; to: number }[] {
  const spaces = spaceEnds(text);
  const ends = spaces.length >= pieces.length ? spaces : graphemeEnds(text);
  const total = pieces.reduce((sum, piece) => sum + piece.text.length, 0);
  let spoken = 0;
  let next = 0;
  let from = 0;
  return pieces.map((piece, index) => {
    spoken += piece.text.length;
    const wanted = (text.length * spoken) / total;
    const spare = ends.length - (pieces.length - index);
    if (next < ends.length) next += 1;
    while (next <= spare && ends[next - 1]! < wanted) next += 1;
    const to = index === pieces.length - 1 ? text.length : Math.max(from, ends[next - 1] ?? text.length);
    const part = { from, to };
    from = to;
    return part;
  });
}
