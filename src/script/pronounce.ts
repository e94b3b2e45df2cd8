import type { Line } from './line.ts';
import { cutFurther, type Segment, type SegmentLimit } from './segments.ts';
import type { Pronouncer } from './words.ts';

/**
 * Applies word lists to segments: `text` becomes what is spoken, `written` keeps what the author wrote. Where segments end
 * does not depend on the list, so that a changed entry changes only the segments it is in. A segment that its spoken words
 * make too long is cut further, by itself.
 */
export function pronounceSegments({
  segments,
  lines,
  pronouncerOf,
  limit,
  used,
}: {
  segments: readonly Segment[];
  /** The lines that the segments were cut from. */
  lines: readonly Line[];
  /** By the character's name. */
  pronouncerOf: (character: string) => Pronouncer;
  limit: SegmentLimit;
  /** Told each word that was found, with the character who says it. */
  used: (word: string, character: string) => void;
}): Segment[] {
  return segments.flatMap((segment) => {
    const { character, text, pickup } = segment;
    // Its words have been said already.
    if (pickup !== undefined) return [segment];
    const { speak } = pronouncerOf(character);
    const spoken = speak(text, (word) => used(word, character));
    if (spoken === text) return [segment];
    return fitting({ segment, line: lines[segment.lineIndex]!, spoken, speak, limit });
  });
}

function fitting({
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
  // By as much smaller as the words made it larger; once is enough but for a segment of little else than such words.
  const maxUnits = Math.floor((limit.units(segment.text) * limit.maxUnits) / units) - 1;
  const parts = maxUnits < 1 ? [segment] : cutFurther(segment, line, { ...limit, maxUnits });
  if (parts.length === 1) return [whole];
  return parts.flatMap((part) => {
    const partSpoken = speak(part.text);
    return partSpoken === part.text ? [part] : fitting({ segment: part, line, spoken: partSpoken, speak, limit });
  });
}
