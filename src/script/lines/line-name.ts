/** A line's number as people write it: `3:37` is line 37 of chapter 3, `3:37.2` the second segment of that line. Pure. */

/** The 0-based index that stands for a chapter's head, which is in no text: its number is `3:0`, and the others keep theirs. */
export const HEAD_LINE = -1;

/** A line's number. */
export interface LineName {
  /** The chapter's number: 1-based; 0 for opening credits, the number after the last chapter for closing credits. */
  chapter: number;
  /** 1-based number of the line in its chapter; 0 for the head that the program composed. */
  line: number;
  /** 1-based number of the segment in its line; absent for the complete line. */
  segment?: number;
}

/** `3:37`, or `3:37.2` for a segment. */
export function formatLineName({ chapter, line, segment }: LineName): string {
  return `${chapter}:${line}${segment === undefined ? '' : `.${segment}`}`;
}

/** More digits are no number of a chapter or a line. */
const LINE_NAME = /^(\d{1,6}):(\d{1,6})(?:\.(\d{1,6}))?$/;

/**
 * Reads a line's number. Also takes the full-width digits and colon of a Chinese keyboard. Undefined when it is none; a line
 * that the book does not have is not noticed here.
 */
export function parseLineName(text: string): LineName | undefined {
  const match = LINE_NAME.exec(text.normalize('NFKC').trim());
  if (match === null) return undefined;
  const [chapter, line, segment] = match.slice(1).map((digits) => (digits === undefined ? undefined : Number(digits)));
  if (chapter === undefined || line === undefined || segment === 0) return undefined;
  return { chapter, line, ...(segment !== undefined && { segment }) };
}

/**
 * The numbers of a chapter's segments, in order: `3:37`, and `3:38.1`, `3:38.2` where a line has several. `lines` has the
 * 0-based index of each segment's line, as in a draft and a plan; `HEAD_LINE` for a head.
 */
export function segmentNames(chapter: number, lines: readonly number[]): LineName[] {
  let segment = 0;
  return lines.map((line, index) => {
    segment = line === lines[index - 1] ? segment + 1 : 1;
    const isAlone = segment === 1 && line !== lines[index + 1];
    return { chapter, line: line + 1, ...(!isAlone && { segment }) };
  });
}
