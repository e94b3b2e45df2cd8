/** How long a narrator waits, by what lies between two segments. Changing a pause re-masters and speaks nothing again. */

import type { Boundary } from '../script/segments.ts';

/**
 * Milliseconds of quiet after a segment. Takes are trimmed to a short breath before, so this is nearly all one hears.
 * The chapter's own tail belongs to the delivery profile.
 */
export const PAUSE_MS: Readonly<Record<Boundary, number>> = {
  clause: 120,
  sentence: 350,
  paragraph: 750,
  speaker: 500,
  scene: 2000,
  chapter: 0,
};
