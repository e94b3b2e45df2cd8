import type { SpellClass } from '../../manifest/fields/spell-classes.ts';
import { cutFurther, type Segment, type SegmentLimit } from '../cut/cut-segments.ts';
import type { Line } from '../lines/line.ts';
import type { Pronouncer } from './pronouncer.ts';
import { respelledSegments } from './respell.ts';

/** By how much pronunciations may still lengthen the texts of a book; below 0 they are no longer applied, and the book is refused. */
export interface Growth {
  charactersLeft: number;
}

/**
 * Applies pronunciations to segments: `text` becomes the spoken text, `written` keeps the author's. Segment boundaries do not
 * depend on the pronunciations, so that a changed entry affects only the segments that contain it. A segment that its
 * pronunciations make too long is cut further.
 */
export function pronounceSegments({
  segments,
  lines,
  pronouncerOf,
  limit,
  used,
  growth = { charactersLeft: Number.POSITIVE_INFINITY },
}: {
  segments: readonly Segment[];
  /** The lines that the segments were cut from. */
  lines: readonly Line[];
  /** By the character's name. */
  pronouncerOf: (character: string) => Pronouncer;
  limit: SegmentLimit;
  /** Called for each word found, with the character who says it, and its class if it is spelled out. */
  used: (word: string, character: string, spelled?: SpellClass) => void;
  growth?: Growth;
}): Segment[] {
  const linesOf = segmentsByLine(segments, lines);
  return segments.flatMap((segment) => {
    const { character, text, pickup } = segment;
    // Its words are already recorded.
    if (pickup !== undefined || growth.charactersLeft < 0) return [segment];
    const line = lines[segment.lineIndex]!;
    if (line.say !== undefined) {
      const ofLine = linesOf.get(segment.lineIndex)!;
      if (ofLine[0] !== segment) return [];
      growth.charactersLeft -= Math.max(0, line.say.length - line.text.length);
      return respelledSegments(line, ofLine, limit);
    }
    const { speak } = pronouncerOf(character);
    const spoken = speak(text, (word, spelled) => used(word, character, spelled));
    if (spoken === text) return [segment];
    growth.charactersLeft -= Math.max(0, spoken.length - text.length);
    return cutToLimit({ segment, line: lines[segment.lineIndex]!, spoken, speak, limit });
  });
}

/** The segments of the lines of which other words are spoken, by the line's index. */
function segmentsByLine(segments: readonly Segment[], lines: readonly Line[]): Map<number, Segment[]> {
  const byLine = new Map<number, Segment[]>();
  for (const segment of segments) {
    if (lines[segment.lineIndex]?.say === undefined) continue;
    const ofLine = byLine.get(segment.lineIndex);
    if (ofLine === undefined) byLine.set(segment.lineIndex, [segment]);
    else ofLine.push(segment);
  }
  return byLine;
}

function cutToLimit({
  segment,
  line,
  spoken,
  speak,
  limit,
}: {
  segment: Segment;
  line: Line;
  spoken: string;
  speak: Pronouncer['speak'];
  limit: SegmentLimit;
}): Segment[] {
  const whole: Segment = { ...segment, text: spoken, written: segment.text };
  const units = limit.units(spoken);
  if (units <= limit.maxUnits) return [whole];
  // Smaller by the factor that the pronunciations add; the recursion covers segments of almost only such words.
  const maxUnits = Math.floor((limit.units(segment.text) * limit.maxUnits) / units) - 1;
  const parts = maxUnits < 1 ? [segment] : cutFurther(segment, line, { ...limit, maxUnits });
  if (parts.length === 1) return [whole];
  return parts.flatMap((part) => {
    const partSpoken = speak(part.text);
    return partSpoken === part.text ? [part] : cutToLimit({ segment: part, line, spoken: partSpoken, speak, limit });
  });
}
