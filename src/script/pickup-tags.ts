import type { Paragraph } from './paragraphs.ts';
import type { Trouble } from './troubles.ts';

/** The author's own recording of a line, as a tag before it names it. */
export interface PickupTag {
  /** As it is written, relative to the manifest's folder; empty when the tag names none. */
  path: string;
  /** The path's place. */
  start: number;
  end: number;
  /** Just behind the tag. */
  behind: number;
}

const PICKUP = /^[[【［]\s*(?:audio|录音|錄音)\s*(?:[:：]\s*([^[\]【】［］\n\r]{0,1024}?))?\s*[\]】］]/iu;
/** Furthest that the end of the tag is looked for. */
const LONGEST_TAG = 1100;

/** The tag `[audio: pickups/ch03-42.wav]` at the start of a paragraph, if there is one. `text` is the author's, without masks. */
export function pickupTagOf(text: string, { start, end }: Paragraph): PickupTag | undefined {
  const tag = text.slice(start, Math.min(end, start + LONGEST_TAG));
  const match = PICKUP.exec(tag);
  if (!match) return undefined;
  const path = match[1] ?? '';
  const at = start + (path === '' ? 1 : tag.indexOf(path, tag.search(/[:：]/)));
  return { path, start: at, end: at + Math.max(1, path.length), behind: start + match[0].length };
}

/** A tag that names no recording. */
export function emptyPickup({ start, end }: PickupTag): Trouble {
  const message = 'This tag does not name a recording.';
  const fix = 'Write [audio: pickups/….wav], with the path from the manifest.';
  return { code: 'empty-pickup', severity: 'error', start, end, message, fix };
}

/** A recording that does not stand before exactly one line. */
export function unfitPickup({ start, end }: PickupTag, why: 'no-words' | 'pause'): Trouble {
  const message =
    why === 'pause'
      ? 'A recorded line can have no pause inside: the recording has its own.'
      : 'This recording stands before no line that is spoken.';
  const fix =
    why === 'pause'
      ? 'Remove the [pause …] from the paragraph, or give its parts a paragraph each.'
      : 'Write the words of the recording directly behind the tag, without an empty line between.';
  return { code: 'pickup-without-line', severity: 'error', start, end, message, fix };
}
