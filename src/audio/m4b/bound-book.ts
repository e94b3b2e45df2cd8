/** What is known of a bound book beside its bytes. */

/** Position of a chapter in the book: where a player that follows its mark begins. */
export interface BoundChapter {
  title: string;
  startSeconds: number;
  endSeconds: number;
}

/** A bound book. */
export interface BoundBook {
  durationSeconds: number;
  chapters: BoundChapter[];
}
