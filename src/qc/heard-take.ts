/**
 * What listening closely to a take finds (audio/listening), beside what is measured while it arrives. Levels are relative
 * to the take's own speech, so that they mean the same in every voice.
 */
export interface HeardTake {
  /** Seconds in which something sounds: without pauses. */
  soundingSeconds: number;
  /** dB of the first 5 ms, and of the last 5, 20, 20–60 and 100 ms, above the speech. */
  startDb: number;
  endsDb: EndLevels;
  /** dB of the very first millisecond, above the speech: a recording that nobody cut begins with next to nothing. */
  onsetDb: number;
  /** How far the sound moves in 20 ms, as a distance of cepstra: more in faster speech. */
  movement: number;
  /** How often it swells: about once a syllable. */
  nuclei: number;
  /** dB of the noise under everything, above the speech. */
  noiseDb: number;
  /** dB of the loudest noise that lasts 0.25 s, above the speech. */
  burst: { db: number; atSeconds: number };
  /** The longest stretch far below the speech, be it silent or a breath. */
  lull: { seconds: number; atSeconds: number };
  /** The largest drop for 0.7 s between louder speech, in dB. */
  dip: { db: number; atSeconds: number };
  /** The sharpest peak: how often it is as high as what is around it; `apart` also compares it with the sharpest of the take. */
  click: { times: number; apart: number; atSeconds: number };
  /** Seconds of sounds that come again; undefined when all its sounds are alike, as in tones. */
  repeated?: { seconds: number; atSeconds: number };
  /**
   * By how much likelier it is that it begins with later letters of its text than with the first (letters/late-start.ts), as a
   * logarithm, at least 0; undefined when the text is not known, or in other letters than Latin and Cyrillic ones.
   */
  lateStart?: number;
  /** The print of its voice (audio/listening/print.ts); undefined when it sounds for less than two seconds. */
  print?: readonly number[];
}

/** dB of the last 5, 20, 20–60 and 100 ms of a take, above its speech. */
export type EndLevels = readonly [number, number, number, number];
