/** Cuts a chapter's lines into what is spoken, and accounts for every character of its text. */

import { cutSegments, type Segment, type SegmentLimit } from '../script/cut/cut-segments.ts';
import type { Line } from '../script/lines/line.ts';
import { HEAD_LINE } from '../script/lines/line-name.ts';
import { type Growth, pronounceSegments } from '../script/pronounce/pronounce.ts';
import { type Coverage, proveCoverage, type SourceRange, type Uncovered } from '../script/text/coverage.ts';
import type { Script } from '../script/text/read.ts';
import type { Pronunciations } from './pronunciations.ts';

/** The segments, and what became of the text: or where it would be spoken twice, or not at all. */
export interface CutLines {
  segments: Segment[];
  proof: { coverage: Coverage; ranges: SourceRange[] } | { uncovered: Uncovered };
}

/** `isRefused`: the text has errors, so nothing is cut. The head is in no text: it is spoken first, and accounted for nowhere. */
export function cutLines(of: {
  text: string;
  script: Pick<Script, 'head' | 'lines' | 'exclusions'>;
  limit: SegmentLimit;
  pronunciations: Pronunciations;
  growth: Growth;
  isRefused: boolean;
}): CutLines {
  const { text, script, limit, growth } = of;
  const { pronouncerOf, found: used } = of.pronunciations;
  const lines = spokenLines(script);
  const cut = of.isRefused ? [] : cutSegments(lines, limit);
  const spoken = pronounceSegments({ segments: cut, lines, pronouncerOf, limit, used, growth });
  const segments = script.head === undefined ? spoken : spoken.map(countedFromText);
  const ofHead = segments.filter(({ lineIndex }) => lineIndex === HEAD_LINE).length;
  const proof = proveCoverage({ text, segments: segments.slice(ofHead), exclusions: script.exclusions });
  if (ofHead === 0 || 'uncovered' in proof) return { segments, proof };
  const ranges = proof.ranges.map((range) =>
    'segment' in range ? { ...range, segment: range.segment + ofHead } : range,
  );
  return { segments, proof: { ...proof, ranges } };
}

/** The head, then the lines of the text. */
export function spokenLines({ head, lines }: Pick<Script, 'head' | 'lines'>): Line[] {
  return head === undefined ? [...lines] : [head, ...lines];
}

/** The first line of a text keeps its number when a head is spoken before it. */
function countedFromText(segment: Segment): Segment {
  const lineIndex = segment.lineIndex - 1;
  return lineIndex === HEAD_LINE ? { ...segment, lineIndex, start: 0, end: 0 } : { ...segment, lineIndex };
}

/** The sections below the headings, with their first segments; both are ascending, and there may be a million. */
export function sectionsOf(
  headings: readonly number[],
  lines: readonly Line[],
  segments: readonly Segment[],
): { title: string; firstSegment: number }[] {
  let firstSegment = 0;
  return headings.map((line) => {
    // A head belongs to the heading that the text begins with.
    while (line > 0 && firstSegment < segments.length && segments[firstSegment]!.lineIndex < line) firstSegment++;
    return { title: lines[line]?.text ?? '', firstSegment: firstSegment < segments.length ? firstSegment : -1 };
  });
}
