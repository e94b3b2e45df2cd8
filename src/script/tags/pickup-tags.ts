import type { Paragraph } from '../text/paragraphs.ts';
import type { TextProblem } from '../text/text-problems.ts';

/** A tag before a line that names the author's own recording of it. */
export interface PickupTag {
  /** As written, relative to the manifest's folder; empty when the tag names none. */
  path: string;
  /** Range of the path. */
  start: number;
  end: number;
  /** Just after the tag. */
  tagEnd: number;
}

const PICKUP = /^[[【［]\s*(?:audio|录音|錄音)\s*(?:[:：]\s*([^[\]【】［］\n\r]{0,1024}?))?\s*[\]】］]/iu;
/** Longest tag, in UTF-16 code units. */
const LONGEST_TAG = 1100;

/** The tag `[audio: pickups/ch03-42.wav]` at the start of a paragraph, if there is one. `text` is the author's, not masked. */
export function pickupTagOf(text: string, { start, end }: Paragraph): PickupTag | undefined {
  const tag = text.slice(start, Math.min(end, start + LONGEST_TAG));
  const match = PICKUP.exec(tag);
  if (!match) return undefined;
  const path = match[1] ?? '';
  const at = start + (path === '' ? 1 : tag.indexOf(path, tag.search(/[:：]/)));
  return { path, start: at, end: at + Math.max(1, path.length), tagEnd: start + match[0].length };
}

/** The error for a tag that names no recording. */
export function pickupWithoutPath({ start, end }: PickupTag): TextProblem {
  const message = 'This tag does not name a recording.';
  const fix = 'Write [audio: pickups/….wav] with a path relative to the manifest.';
  return { code: 'empty-pickup', severity: 'error', start, end, message, fix };
}

/** The error for a recording that is not before exactly one spoken line. */
export function misplacedPickup({ start, end }: PickupTag, why: 'no-words' | 'pause'): TextProblem {
  const message =
    why === 'pause'
      ? 'A recorded line cannot contain a pause tag; the recording has its own pauses.'
      : 'No spoken line follows this recording.';
  const fix =
    why === 'pause'
      ? 'Remove the [pause …] from the paragraph, or split the paragraph at the pause.'
      : 'Write the words of the recording directly after the tag, without an empty line between them.';
  return { code: 'pickup-without-line', severity: 'error', start, end, message, fix };
}
