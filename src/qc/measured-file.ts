/** A chapter mark in a file. */
export interface ChapterMark {
  title: string;
  startSeconds: number;
  endSeconds: number;
  /** There is silence within half a second of its start. */
  atSilence: boolean;
}

/** A time span in the file. */
export interface TimeSpan {
  startSeconds: number;
  seconds: number;
}

/** What does not belong in one MP3. */
export interface Mp3Stream {
  /** Bytes before the first frame that are neither a tag nor zero. */
  bytesBefore: number;
  /** The same between frames. */
  bytesWithin: number;
  /** Where a second file begins: by a tag, a header or another format in the middle of the sound; `null` for none. */
  secondFileAtSeconds: number | null;
}

/** A second file behind a first or within its sound, or bytes behind it that are neither sound nor a tag. */
export interface Appended {
  kind: 'file' | 'bytes';
  /** From where it begins to the end of all. */
  bytes: number;
  /** Where the first file ends, as it says; `null` when it does not. */
  atSeconds: number | null;
}

/** Measurements of a finished file after decoding. Levels of digital silence are −Infinity. */
export interface MeasuredFile {
  /** ffmpeg's name of the container: `mp3`, `mov,mp4,…`, `wav`, … */
  container: string;
  codec: string;
  durationSeconds: number;
  sampleRateHz: number;
  channels: number;
  /** Mean of an MP3's frames; for other files as declared; `null` when not declared. */
  bitRateKbps: number | null;
  /** Lowest and highest bit rate of an MP3's frames; equal for a constant bit rate. `null` for other files. */
  frameBitRatesKbps: { least: number; most: number } | null;
  rmsDbfs: number;
  loudnessLufs: number;
  samplePeakDbfs: number;
  truePeakDbtp: number;
  /** Time of the highest sample. */
  peakAtSeconds: number;
  /** RMS of the quietest 500 ms, or of the complete file if it is shorter. */
  noiseFloorDbfs: number;
  /** The noisiest 0.8 s of the pauses, by their quietest quarter second; `null` when there is no pause of half a second. */
  noisiestPause: (TimeSpan & { noiseDbfs: number }) | null;
  /** A constant (DC) offset, which counts as noise though nobody hears it, in dBFS; absent below −70. */
  offsetDbfs?: number;
  headSilenceSeconds: number;
  tailSilenceSeconds: number;
  /** Between the first and the last sound; `null` for none. */
  longestSilence: TimeSpan | null;
  /** Longest run of zero samples; `null` when there is none of 10 ms. */
  longestDigitalSilence: TimeSpan | null;
  /** Number of runs of three or more samples at full scale. */
  clippedRuns: number;
  /** The first of them. */
  clippedAtSeconds: number | null;
  /** Chapter marks, in the file's order; empty when it has none. */
  marks: ChapterMark[];
  /** Why the file is incomplete (truncated, broken frames), as a sentence; `null` when it is complete. */
  damage: string | null;
  /** Its name's ending, and what it is instead; absent when they agree, or when nothing is known of the ending. */
  misnamed?: { ending: string; is: string };
  /** What else is in an MP3; absent for other files. */
  mp3Stream?: Mp3Stream;
  /** What follows the end of the file, of an MP3 only bytes; absent for nothing, and for formats that are not known. */
  appended?: Appended;
  curves: Curves;
}

/** The file's curves for a picture: evenly spaced points over its length. */
export interface Curves {
  /** Highest sample of each interval; full scale is 1; two decimals. */
  peaks: number[];
  /** Loudness of the 3 s around each point in LUFS, one decimal; `null` for silence. */
  loudnessLufs: (number | null)[];
}
