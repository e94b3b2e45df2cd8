import type { Paragraph } from './paragraphs.ts';
import { emptyPickup, type PickupTag, pickupTagOf, unfitPickup } from './pickup-tags.ts';
import { badRetake, type RetakeTag, retakeTagOf, unfitRetake } from './retake-tags.ts';
import type { Trouble } from './troubles.ts';

/** Tags before a line's own `[name]`, in any order: what is to be heard in the place of what would be spoken. */
export interface LineTags {
  pickup?: PickupTag;
  retake?: RetakeTag;
  /** Just behind the last of them; the paragraph's start when there is none. */
  end: number;
}

/** Reads such tags at the start of a paragraph. `source` is the author's text, without masks. */
export function lineTagsOf(source: string, { start, end }: Paragraph): LineTags {
  const tags: LineTags = { end: start };
  for (let at = start; at < end; ) {
    const rest = { start: at, end };
    const pickup = tags.pickup === undefined ? pickupTagOf(source, rest) : undefined;
    const retake = tags.retake === undefined ? retakeTagOf(source, rest) : undefined;
    if (pickup) tags.pickup = pickup;
    else if (retake) tags.retake = retake;
    else break;
    tags.end = pickup?.behind ?? retake?.end ?? end;
    at = tags.end + (/^\s*/.exec(source.slice(tags.end, end))?.[0].length ?? 0);
  }
  return tags;
}

/** What is wrong with them, before these words. */
export function lineTagTroubles(
  { pickup, retake }: LineTags,
  { hasWords, hasPauses }: { hasWords: boolean; hasPauses: boolean },
): Trouble[] {
  const troubles: Trouble[] = [];
  if (pickup && !hasWords) troubles.push(unfitPickup(pickup, 'no-words'));
  else if (pickup && hasPauses) troubles.push(unfitPickup(pickup, 'pause'));
  else if (pickup?.path === '') troubles.push(emptyPickup(pickup));
  if (retake?.number === 'unclear') troubles.push(badRetake(retake));
  else if (retake && pickup) troubles.push(unfitRetake(retake, 'recorded'));
  else if (retake && !hasWords) troubles.push(unfitRetake(retake, 'no-words'));
  return troubles;
}

/** What a line takes from them. */
export function lineFieldsOf({ pickup, retake }: LineTags): {
  pickup?: { path: string; start: number; end: number };
  retake?: number;
} {
  const number = retake?.number;
  return {
    ...(pickup && { pickup: { path: pickup.path, start: pickup.start, end: pickup.end } }),
    ...(typeof number === 'number' && number > 1 && { retake: number }),
  };
}
