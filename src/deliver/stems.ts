/** Names of a chapter's files, without the ending. */
import { chapterFileStem, FAILED_MARK, type Part, partFileStem } from '../plan/names.ts';
import type { Plan, PlannedChapter } from '../plan/plan.ts';

/** The name of a chapter's files, or of those of one of its parts: `03 - The Storm`, `Retail Sample`. */
export function chapterStem(plan: Plan, chapter: PlannedChapter, part?: Part): string {
  const { number, title, role } = chapter;
  // It belongs to no place among the others.
  if (role === 'retail-sample') return 'Retail Sample';
  const chapters = highestNumber(plan);
  return part === undefined
    ? chapterFileStem(number, chapters, title)
    : partFileStem({ number, chapters, title, part });
}

/** The highest number that a file's name begins with: all are padded to its width, so that they sort. */
export function highestNumber({ chapters }: Plan): number {
  return Math.max(0, ...chapters.filter(({ role }) => role !== 'retail-sample').map(({ number }) => number));
}

/** A name that says so when the file fails its check. */
export function markedStem(stem: string, { verdict }: { verdict: string }): string {
  return verdict === 'fail' ? `${stem}${FAILED_MARK}` : stem;
}
