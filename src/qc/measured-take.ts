/** Measurements of a take, made while it arrives, for the checks in take.ts. */
export interface MeasuredTake {
  durationSeconds: number;
  /** Largest sample; −Infinity for digital silence. */
  peakDbfs: number;
  /** RMS of the blocks that are not silent; −Infinity when all are. */
  speechDbfs: number;
  /** The longest silence between the first and the last sound; `null` for none. */
  longestSilence: { startSeconds: number; seconds: number } | null;
  /** RMS of the last 5 ms of the recording; −Infinity for digital silence. */
  endDbfs: number;
  /** RMS of the quietest 30 ms; −Infinity for digital silence. */
  quietestDbfs: number;
  /**
   * The largest change of the speech level, with enough speech on both sides to measure it; positive when the level rises.
   * `null` for a take that is too short.
   */
  levelStep: { atSeconds: number; db: number } | null;
  /** Flat tops at the recording's own maximum. */
  clippedPeaks: number;
}
