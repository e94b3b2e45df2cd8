/** What a run delivered, as its events name it. */

/** A delivered chapter. */
export interface DeliveredChapter {
  /** 1-based number of the chapter; opening credits have 0; closing credits and a retail sample follow the last chapter. */
  index: number;
  title: string;
  /** Absent for a chapter of the text. */
  role?: 'opening-credits' | 'closing-credits' | 'retail-sample';
  /** Number of parts; absent when it was not split. */
  parts?: number;
  /** Paths of its files; empty when it was not delivered. */
  files: string[];
  durationSeconds: number;
  /** Integrated loudness of the finished file; null for silence, or when there is no file. */
  loudnessLufs: number | null;
  verdict: 'pass' | 'fail' | 'none';
  /** Paths of additional files: subtitles, labels, single lines. */
  extras?: string[];
}

/** The delivered book file. */
export interface DeliveredBook {
  title: string;
  /** Paths of its files; empty when it was not delivered. */
  files: string[];
  /** Paths of additional files: a cue sheet. */
  extras?: string[];
  durationSeconds: number;
  /** `fail` when one of its chapters fails. */
  verdict: 'pass' | 'fail' | 'none';
}
