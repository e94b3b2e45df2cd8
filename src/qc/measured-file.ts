/** A chapter mark as the file has it. */
export interface ChapterMark {
  title: string;
  startSeconds: number;
  endSeconds: number;
  /** There is silence within half a second of its start, as there is between two chapters. */
  atSilence: boolean;
}

/** A stretch of the file. */
export interface Stretch {
  startSeconds: number;
  seconds: number;
}

/** What was measured on one finished file, after decoding it. Levels of digital silence are −Infinity. */
export interface MeasuredFile {
  /** ffmpeg's name of the container: `mp3`, `mov,mp4,…`, `wav`, … */
  container: string;
  codec: string;
  durationSeconds: number;
  sampleRateHz: number;
  channels: number;
  /** Mean of an MP3's frames; elsewhere as the file declares it; `null` when it does not. */
  bitRateKbps: number | null;
  /** Lowest and highest bit rate of an MP3's frames; equal when it is constant. `null` for other files. */
  frameBitRatesKbps: { least: number; most: number } | null;
  rmsDbfs: number;
  loudnessLufs: number;
  samplePeakDbfs: number;
  truePeakDbtp: number;
  /** Where the highest sample is. */
  peakAtSeconds: number;
  /** RMS of the quietest 500 ms; of the whole when it is shorter. */
  noiseFloorDbfs: number;
  /** The pause with the most noise in it, by its quietest quarter second; `null` when there is no pause of half a second. */
  noisiestPause: (Stretch & { noiseDbfs: number }) | null;
  headSilenceSeconds: number;
  tailSilenceSeconds: number;
  /** Between the first and the last sound; `null` when there is none. */
  longestSilence: Stretch | null;
  /** Longest run of samples that are all zero; `null` when there is none of 10 ms. */
  longestDigitalSilence: Stretch | null;
  /** Places where three or more samples in a row are at full scale. */
  clippedRuns: number;
  /** The first of them. */
  clippedAtSeconds: number | null;
  /** Chapter marks, in the file's order; empty when it has none. */
  marks: ChapterMark[];
  /** Why the file is not whole (cut off, broken frames), as a sentence; `null` when it is. */
  damage: string | null;
  curves: Curves;
}

/** The file at a glance, for a picture: evenly spaced points over its whole length. */
export interface Curves {
  /** Highest sample of each piece, full scale 1, two decimals. */
  peaks: number[];
  /** Loudness of the 3 s around each point in LUFS, one decimal; `null` for silence. */
  loudnessLufs: (number | null)[];
}
