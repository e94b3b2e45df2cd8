/** What a run delivered, as its events name it. Pure. */

/** A delivered chapter. */
export interface DeliveredChapter {
  /** 1-based number of the chapter; opening credits have 0; closing credits and a retail sample follow the last chapter. */
  index: number;
  title: string;
  /** Absent for a chapter of the text. */
  role?: 'opening-credits' | 'closing-credits' | 'retail-sample';
  /** Number of parts; absent when it was not split. */
  parts?: number;
  /** Paths of its own files; empty when it was not delivered, or is `inBook`. */
  files: string[];
  /**
   * True for a chapter without a file of its own, because the book asks for an M4B only: it is heard in the book file. With
   * `--chapter` no book file is bound, so it is there from the next run of the whole book. Absent for every other chapter.
   */
  inBook?: true;
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

/** Whether a chapter reached the listener's folder, in files of its own or in the book file: the one answer for summaries, exit codes, reports and states of books. */
export function isDelivered({ files, inBook }: Pick<DeliveredChapter, 'files' | 'inBook'>): boolean {
  return files.length > 0 || inBook === true;
}
