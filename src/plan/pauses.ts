/** How long a narrator waits, by what lies between two segments. Changing a pause re-masters and speaks nothing again. */

/** What ends a segment: a cut inside a sentence, its end, a paragraph's, another speaker's turn, a scene's, the chapter's. */
export type Boundary = 'clause' | 'sentence' | 'paragraph' | 'speaker' | 'scene' | 'chapter';

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
