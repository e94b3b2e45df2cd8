/** A tag that names no character: the error, and the name that was probably meant. Pure. */
import type { SpeakerNames } from '../speakers/speaker-names.ts';
import type { Paragraph } from '../text/paragraphs.ts';
import type { TextProblem } from '../text/text-problems.ts';
import type { Tag } from './tags.ts';

/** The error for a tag that names no character, with the most similar name; never falls back to the narrator. */
export function unknownSpeaker({
  tag,
  speakers: { all: names, nearestTag },
  paragraph,
}: {
  tag: Tag;
  speakers: SpeakerNames;
  paragraph: Paragraph;
}): TextProblem {
  const near = nearestTag.to(tag.written);
  const known = names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '');
  const meant = near === undefined ? `Choose one of: ${known}.` : `Did you mean "${near}"?`;
  return {
    code: 'unknown-character',
    severity: 'error',
    start: Math.min(paragraph.start + 1, tag.end - 1),
    end: Math.max(tag.end - 1, paragraph.start + 2),
    message: `There is no character called "${tag.written}".`,
    fix: `${meant} For a plain bracket, write \\[.`,
  };
}
