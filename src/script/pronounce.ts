import { cutFurther, type Segment, type SegmentLimit } from './cut-segments.ts';
import type { Line } from './line.ts';
import type { Pronouncer } from './pronouncer.ts';

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
  /** Called for each word found, with the character who says it. */
  used: (word: string, character: string) => void;
  growth?: Growth;
}): Segment[] {
  return segments.flatMap((segment) => {
    const { character, text, pickup } = segment;
    // Its words are already recorded.
    if (pickup !== undefined || growth.charactersLeft < 0) return [segment];
    const { speak } = pronouncerOf(character);
    const spoken = speak(text, (word) => used(word, character));
    if (spoken === text) return [segment];
    growth.charactersLeft -= Math.max(0, spoken.length - text.length);
    return cutToLimit({ segment, line: lines[segment.lineIndex]!, spoken, speak, limit });
  });
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
