/** Names of a chapter's files. */
import type { AudioFormat } from '../manifest/manifest.ts';
import { chapterFileStem, FAILED_MARK, type Part, partFileStem } from '../plan/names.ts';
import type { Plan, PlannedChapter } from '../plan/plan.ts';
import { type MasterFile, type MasterRecord, partsOf } from '../store/masters.ts';

/** The name of a chapter's files, or of those of one of its parts: `03 - The Storm`, `Retail Sample`. */
export function chapterStem(plan: Plan, chapter: PlannedChapter, part?: Part): string {
  const { number, title, role } = chapter;
  // It belongs to no place among the others.
  if (role === 'retail-sample') return title;
  const chapters = highestNumber(plan);
  return part === undefined
    ? chapterFileStem(number, chapters, title)
    : partFileStem({ number, chapters, title, part });
}

/** The highest number that a file's name begins with: all are padded to its width, so that they sort. */
export function highestNumber({ chapters }: Plan): number {
  return Math.max(0, ...chapters.filter(({ role }) => role !== 'retail-sample').map(({ number }) => number));
}

/** The files of a chapter that are delivered, with their names; of its parts one after the other. */
export function namedFiles(
  plan: Plan,
  chapter: PlannedChapter,
  master: MasterRecord,
): { file: MasterFile; name: string }[] {
  const parts = partsOf(master);
  return parts.flatMap((part) => {
    const which = part.number === 0 ? undefined : { number: part.number, of: parts.length };
    const stem = markedStem(chapterStem(plan, chapter, which), master);
    return part.files
      .filter(({ format }) => isWanted(format, chapter, plan))
      .map((file) => ({ file, name: `${stem}.${file.format}` }));
  });
}

/** A chapter may have files that only the book is made of; a sample has none but its own. */
function isWanted(format: AudioFormat, { role }: PlannedChapter, { delivery }: Plan): boolean {
  return role === 'retail-sample' || delivery.formats.includes(format);
}

/** A name that says so when the file fails its check. */
export function markedStem(stem: string, { verdict }: { verdict: string }): string {
  return verdict === 'fail' ? `${stem}${FAILED_MARK}` : stem;
}
