/** What is measured on a take while it arrives, for the checks in take-checks.ts. */
export interface MeasuredTake {
  durationSeconds: number;
  /** Largest sample; −Infinity for digital silence. */
  peakDbfs: number;
  /** RMS of the blocks that sound; −Infinity when none does. */
  speechDbfs: number;
  /** The longest silence between the first and the last sound; `null` when there is none. */
  longestSilence: { startSeconds: number; seconds: number } | null;
  /** RMS of the last 5 ms of the recording; −Infinity for digital silence. */
  endDbfs: number;
  /** RMS of the quietest 30 ms; −Infinity for digital silence. */
  quietestDbfs: number;
  /**
   * Where the level of the speech before and after differs most, with enough speech on both sides to tell; positive when
   * it rises. `null` for a take too short for it.
   */
  levelStep: { atSeconds: number; db: number } | null;
  /** Flat tops at the recording's own ceiling. */
  clippedPeaks: number;
}
