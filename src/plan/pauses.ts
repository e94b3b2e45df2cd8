/** Pauses between segments, by the boundary between them. Changing a pause needs a new master and no new speech. */

import type { Boundary } from '../script/cut/cut-segments.ts';

/**
 * Milliseconds of silence after a segment. Takes are trimmed first, so this is nearly the whole pause. The delivery
 * profile sets the chapter's tail.
 */
export const PAUSE_MS: Readonly<Record<Boundary, number>> = {
  clause: 120,
  sentence: 350,
  paragraph: 750,
  speaker: 500,
  scene: 2000,
  chapter: 0,
};
