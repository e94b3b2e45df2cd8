import type { Segment } from '../cut/cut-segments.ts';
import type { Exclusion } from '../lines/line.ts';

/** How much of a text is spoken and how much is left out, in UTF-16 code units. */
export interface Coverage {
  sourceCharacters: number;
  /** Characters in a segment. */
  spoken: number;
  /** Characters outside all segments, by the kind of exclusion; `space` is white space between segments. */
  excluded: Partial<Record<Unspoken, number>>;
}

/** Why a part of the text is not spoken. `space` is white space, or the backslash of `\[`. */
export type Unspoken = Exclusion['kind'] | 'space';

/** A range of the source text, in UTF-16 code units: in the segment with this 0-based index, or left out. */
export type SourceRange = { start: number; end: number } & ({ segment: number } | { unspoken: Unspoken });

/** A range that is in no segment and no exclusion, or in two segments: a bug of ours. */
export interface Uncovered {
  start: number;
  end: number;
}

/**
 * Checks that each character of a chapter's source is in exactly one segment or in an exclusion, or is white space. Returns
 * the ranges of the complete text, in order and without gaps, or the first place that fails the check. Linear.
 */
export function proveCoverage({
  text,
  segments,
  exclusions,
}: {
  text: string;
  segments: readonly Pick<Segment, 'start' | 'end'>[];
  exclusions: readonly Exclusion[];
}): { coverage: Coverage; ranges: SourceRange[] } | { uncovered: Uncovered } {
  const kindAt = exclusionKinds(text.length, exclusions);
  const ranges: SourceRange[] = [];
  const leaveOut = (at: number, unspoken: Unspoken): void => {
    const last = ranges.at(-1);
    if (last && 'unspoken' in last && last.unspoken === unspoken) last.end = at + 1;
    else ranges.push({ start: at, end: at + 1, unspoken });
  };
  const speak = (at: number, segment: number): void => {
    const last = ranges.at(-1);
    if (last && 'segment' in last && last.segment === segment) last.end = at + 1;
    else ranges.push({ start: at, end: at + 1, segment });
  };
  let at = 0;
  for (const [index, { start, end }] of [...segments, { start: text.length, end: text.length }].entries()) {
    if (start < at) return { uncovered: { start, end: at } };
    for (; at < start; at++) {
      const kind = kindAt(at) ?? (isBetween(text, at) ? 'space' : undefined);
      if (kind === undefined) return { uncovered: { start: at, end: start } };
      leaveOut(at, kind);
    }
    for (; at < end; at++) {
      const kind = kindAt(at);
      if (kind === undefined) speak(at, index);
      else leaveOut(at, kind);
    }
  }
  return { coverage: countsOf(text, ranges), ranges };
}

/** The exclusion at each offset: one byte for each character, because a text may have eight million. */
function exclusionKinds(
  length: number,
  exclusions: readonly Exclusion[],
): (at: number) => Exclusion['kind'] | undefined {
  const kinds: Exclusion['kind'][] = [];
  const codes = new Uint8Array(exclusions.length === 0 ? 0 : length);
  for (const { kind, start, end } of exclusions) {
    if (!kinds.includes(kind)) kinds.push(kind);
    codes.fill(kinds.indexOf(kind) + 1, start, end);
  }
  return (at) => kinds[(codes[at] ?? 0) - 1];
}

function countsOf(text: string, ranges: readonly SourceRange[]): Coverage {
  const coverage: Coverage = { sourceCharacters: text.length, spoken: 0, excluded: {} };
  for (const range of ranges) {
    const characters = range.end - range.start;
    if ('segment' in range) coverage.spoken += characters;
    else coverage.excluded[range.unspoken] = (coverage.excluded[range.unspoken] ?? 0) + characters;
  }
  return coverage;
}

/** White space, or the backslash of `\[` just before a segment. */
function isBetween(text: string, at: number): boolean {
  return /\s/.test(text[at]!) || (text[at] === '\\' && /[[\]【】]/.test(text[at + 1] ?? ''));
}
