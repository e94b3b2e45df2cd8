/**
 * The limits of the checks that listen (scores.ts). `npm run bench ears` chooses them on recordings of people, prints the
 * hash of this file, and with `EARS_FIT=1` writes it. No limit is set elsewhere.
 */
export const THRESHOLDS: Thresholds = {
  'too-short known': 3.98,
  'too-short new': 3.06,
  'too-short by its sample': 3,
  'too-long known': 5.63,
  'too-long new': 4.6,
  'too-fast': 3.97,
  'too-fast by its sample': 3,
  'cut-off known': 18.69,
  'cut-off and short': 3.02,
  'cut-off new': -3.12,
  'start-cut known': 19.94,
  'start-cut new': 2.65,
  'start-cut and short': 7.65,
  'start-cut and short for its sample': 7.86,
  'start-cut new, other script': -19.41,
  'start-cut by its letters': 5,
  'start-cut by its letters and its sample': 5.89,
  'start-cut by its letters, new': 4.49,
  repeated: 0.22,
  'noise-burst': -13.3,
  noise: -26.96,
  'level-dip': 13.12,
  'level-dip known': 4.6,
  click: 34.74,
  'click by its sample': 12.53,
  'click known': 1.37,
  'level-jump': 11.53,
  'other-voice of the cast': 1.3,
  'other-voice': 2.31,
  'start-cut and short, other script': 3.79,
  'start-cut and short for its sample, other script': 3.56,
};

/** The limit of each score; a take with more is doubted. A score without a limit doubts nothing. */
export type Thresholds = Readonly<Record<string, number>>;
