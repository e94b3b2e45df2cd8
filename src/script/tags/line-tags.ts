import type { Paragraph } from '../text/paragraphs.ts';
import type { TextProblem } from '../text/text-problems.ts';
import { misplacedPickup, type PickupTag, pickupTagOf, pickupWithoutPath } from './pickup-tags.ts';
import { invalidTakeNumber, misplacedRetake, type RetakeTag, retakeTagOf } from './retake-tags.ts';

/** Tags before a line's `[name]`, in any order, that choose another recording or take. */
export interface LineTags {
  pickup?: PickupTag;
  retake?: RetakeTag;
  /** Just after the last of them; the paragraph's start when there is none. */
  end: number;
}

/** Reads these tags at the start of a paragraph. `source` is the author's text, not masked. */
export function lineTagsOf(source: string, { start, end }: Paragraph): LineTags {
  const tags: LineTags = { end: start };
  for (let at = start; at < end; ) {
    const rest = { start: at, end };
    const pickup = tags.pickup === undefined ? pickupTagOf(source, rest) : undefined;
    const retake = tags.retake === undefined ? retakeTagOf(source, rest) : undefined;
    if (pickup) tags.pickup = pickup;
    else if (retake) tags.retake = retake;
    else break;
    tags.end = pickup?.tagEnd ?? retake?.end ?? end;
    at = tags.end + (/^\s*/.exec(source.slice(tags.end, end))?.[0].length ?? 0);
  }
  return tags;
}

/** The problems of these tags, given what follows them. */
export function lineTagProblems(
  { pickup, retake }: LineTags,
  { hasWords, hasPauses }: { hasWords: boolean; hasPauses: boolean },
): TextProblem[] {
  const problems: TextProblem[] = [];
  if (pickup && !hasWords) problems.push(misplacedPickup(pickup, 'no-words'));
  else if (pickup && hasPauses) problems.push(misplacedPickup(pickup, 'pause'));
  else if (pickup?.path === '') problems.push(pickupWithoutPath(pickup));
  if (retake?.number === 'unclear') problems.push(invalidTakeNumber(retake));
  else if (retake && pickup) problems.push(misplacedRetake(retake, 'recorded'));
  else if (retake && !hasWords) problems.push(misplacedRetake(retake, 'no-words'));
  return problems;
}

/** The fields that a line takes from these tags. */
export function lineFieldsOf({ pickup, retake }: LineTags): {
  pickup?: { path: string; start: number; end: number };
  retake?: number;
  hasTakeTag?: true;
} {
  const number = retake?.number;
  return {
    ...(pickup && { pickup: { path: pickup.path, start: pickup.start, end: pickup.end } }),
    ...(typeof number === 'number' && { hasTakeTag: true, ...(number > 1 && { retake: number }) }),
  };
}
