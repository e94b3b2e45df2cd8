/** A line with other words to speak, or another direction: its segments as the book would have them. */
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import { billedUnits, modelOf } from '../models.ts';
import { type BookLine, bookLines } from '../plan/book-lines.ts';
import { draftRun } from '../run/plan.ts';
import { isSpeakable } from '../script/lines/line.ts';

/** What is different. */
export interface Variation {
  /** What to speak instead of the written words, which stay in subtitles and reports. */
  say?: string | undefined;
  direction?: string | undefined;
}

/** The first take of the line with the variation; the line itself without one. With `say`, the line must be one segment. */
export function variedLine(book: Book, account: Account, line: BookLine, { say, direction }: Variation): BookLine {
  if (say === undefined && direction === undefined) return line;
  const chapters = book.chapters.map((chapter) =>
    chapter.number !== line.chapter || chapter.role !== line.role
      ? chapter
      : {
          ...chapter,
          segments: chapter.segments.map((segment, index) => {
            if (index < line.first || index >= line.first + line.segments.length) return segment;
            const { retake: _, ...rest } = segment;
            return {
              ...rest,
              ...(say !== undefined && { text: say, written: segment.written ?? segment.text }),
              ...(direction !== undefined && { direction }),
            };
          }),
        },
  );
  const varied = bookLines(draftRun({ book: { ...book, chapters }, account }), chapters);
  const found = varied.find(({ number, role }) => number === line.number && role === line.role);
  if (found === undefined) throw new Error('Internal error: a line is gone because it is spoken in another way.');
  return found;
}

/** What the two ways to speak a line are called where a person asks for them. */
export interface VariationNames {
  say: string;
  direction: string;
}

/** Why the line cannot be spoken in this way; undefined when it can. */
export function variationProblem(
  { book, line, say, direction }: { book: Book; line: BookLine } & Variation,
  names: VariationNames,
): string | undefined {
  const [first] = line.segments;
  const model = modelOf({ model: first?.model ?? book.manifest.model, engine: book.manifest.engine });
  if (direction !== undefined && model?.takesDirections !== true)
    return `${first?.model} takes no directions, so ${names.direction} would change nothing.`;
  if (say === undefined) return undefined;
  if (line.segments.length > 1)
    return `${line.number} is too long for one request and is spoken in ${line.segments.length} segments, so ${names.say} cannot replace it. Use "pronunciations:" in the manifest for a word.`;
  return unspeakable(names.say, say, model);
}

/** Why a text cannot be spoken: it has nothing to pronounce, or is too long for one request. */
export function unspeakable(
  what: string,
  text: string,
  model: { maxSegmentUnits: number } | undefined,
): string | undefined {
  if (!isSpeakable(text)) return `${what} has nothing to pronounce: no letter and no digit.`;
  const most = model?.maxSegmentUnits ?? Number.POSITIVE_INFINITY;
  if (billedUnits(text) <= most) return undefined;
  return `${what} has ${billedUnits(text)} units; at most ${most} fit in one request. Shorten it.`;
}
