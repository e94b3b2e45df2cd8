/** Names of delivered files. */
import type { AudioFormat } from '../manifest/manifest.ts';
import { chapterFileStem, FAILED_MARK, type Part, partFileStem } from '../plan/names.ts';
import type { Plan, PlannedChapter } from '../plan/plan.ts';
import { type MasterFile, type MasterPart, type MasterRecord, partsOf } from '../store/masters.ts';

/** The name of a chapter's files, or of one of its parts, without extension: `03 - The Storm`, `Retail Sample`. */
export function chapterStem(plan: Plan, chapter: PlannedChapter, part?: Part): string {
  const { number, title, role } = chapter;
  // It has no place in the order of the chapters.
  if (role === 'retail-sample') return title;
  const chapters = highestNumber(plan);
  return part === undefined
    ? chapterFileStem(number, chapters, title)
    : partFileStem({ number, chapters, title, part });
}

/** The highest number in the file names; all are padded to its width, so that they sort. */
export function highestNumber({ chapters, part }: Plan): number {
  if (part !== undefined) return part.highestNumber;
  return Math.max(0, ...chapters.filter(({ role }) => role !== 'retail-sample').map(({ number }) => number));
}

/** The delivered files of a chapter with their names, part by part. */
export function namedFiles(
  plan: Plan,
  chapter: PlannedChapter,
  master: MasterRecord,
): { file: MasterFile; name: string; part: MasterPart }[] {
  const parts = partsOf(master);
  return parts.flatMap((part) => {
    const which = part.number === 0 ? undefined : { number: part.number, of: parts.length };
    const stem = markedStem(chapterStem(plan, chapter, which), master);
    return part.files
      .filter(({ format }) => isWanted(format, chapter, plan))
      .map((file) => ({ file, name: `${stem}.${file.format}`, part }));
  });
}

/** Some files of a chapter are only used to build the book; a retail sample has no such files. */
function isWanted(format: AudioFormat, { role }: PlannedChapter, { delivery }: Plan): boolean {
  return role === 'retail-sample' || delivery.formats.includes(format);
}

/** The name, marked when the file fails its check. */
export function markedStem(stem: string, { verdict }: { verdict: string }): string {
  return verdict === 'fail' ? `${stem}${FAILED_MARK}` : stem;
}
