/** A process of its own that decides about one line: `node decide.mjs MANIFEST 3:37 2`. */
import { updateReviewFile } from '../../src/book/review-file.ts';
import { decision } from './decisions.ts';

const [, , manifestPath = '', at = '', take = ''] = process.argv;
await updateReviewFile(manifestPath, (review) => ({
  ...review,
  lines: [...review.lines, decision(at, { take: Number(take) })],
}));
