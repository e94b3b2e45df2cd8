/**
 * The limits of the checks that listen (scores.ts). `npm run bench ears` chooses them on recordings of people, prints the
 * hash of this file, and with `EARS_FIT=1` writes it. No limit is set elsewhere.
 */
export const THRESHOLDS: Thresholds = {
  'too-short known': 5.2,
  'too-short new': 3.21,
  'too-long known': 4.71,
  'too-long new': 4.52,
  'too-fast': 3.2,
  'cut-off known': 18.69,
  'cut-off and short': 2.8,
  'start-cut known': 19.94,
  'start-cut new': -29.12,
  'start-cut and short': 3.23,
  repeated: 0.22,
  'noise-burst': -12.04,
  noise: -26.34,
  'level-dip': 13.93,
  'level-dip known': 4.95,
  click: 7.99,
  'click known': 1.38,
  'level-jump': 11.6,
  'other-voice of the cast': 1.3,
  'other-voice': 2.35,
};

/** The limit of each score; a take with more is doubted. A score without a limit doubts nothing. */
export type Thresholds = Readonly<Record<string, number>>;
