/**
 * The limits of the checks that listen (scores.ts). `npm run bench ears` chooses them on recordings of people, prints the
 * hash of this file, and with `EARS_FIT=1` writes it. No limit is set elsewhere.
 */
export const THRESHOLDS: Thresholds = {
  'too-short known': 5.19,
  'too-short new': 3.21,
  'too-short by its sample': 3,
  'too-long known': 4.71,
  'too-long new': 4.5,
  'too-fast': 2.95,
  'too-fast by its sample': 3.23,
  'cut-off known': 18.69,
  'cut-off and short': 2.8,
  'cut-off new': -3.22,
  'start-cut known': 19.94,
  'start-cut new': -19.41,
  'start-cut and short': 3.23,
  'start-cut and short for its sample': 4.1,
  repeated: 0.16,
  'noise-burst': -12.04,
  noise: -26.96,
  'level-dip': 11.09,
  'level-dip known': 4.6,
  click: 31.21,
  'click by its sample': 12.4,
  'click known': 1.37,
  'level-jump': 11.53,
  'other-voice of the cast': 1.3,
  'other-voice': 2.31,
};

/** The limit of each score; a take with more is doubted. A score without a limit doubts nothing. */
export type Thresholds = Readonly<Record<string, number>>;
