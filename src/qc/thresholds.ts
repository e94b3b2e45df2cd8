/**
 * The limits of the checks that listen (scores.ts). `npm run bench ears` chooses them on recordings of people, prints the
 * hash of this file, and with `EARS_FIT=1` writes it. No limit is set elsewhere.
 */
export const THRESHOLDS: Thresholds = {
  'too-short new': 10.08,
  'too-long new': 9.31,
  repeated: 0.26,
  'noise-burst': -12.94,
  noise: -25.18,
  'level-dip': 12.21,
  click: 6.84,
  'too-short known': 3.65,
  'too-long known': 4.1,
  'cut-off known': 15.16,
  'start-cut': 11.09,
};

/** The limit of each score; a take with more is doubted. A score without a limit doubts nothing. */
export type Thresholds = Readonly<Record<string, number>>;
