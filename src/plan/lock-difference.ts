/** How a book and its results differ from the edition of its lock. Pure. */
import { formatLineName, segmentNames } from '../script/lines/line-name.ts';
import { compareEditions, type EditionChanges } from './compare-editions.ts';
import { chapterNumber, type Edition, fileKey } from './edition.ts';
import { lineIndexes } from './edition-lines.ts';

/** The parts of a master that are compared. */
interface MadeFiles {
  files: readonly { format: string; part?: number; digest: string }[];
  ffmpeg?: string;
}

/** What differs: manifest and texts (then nothing else was compared), or the store. */
export interface LockDifference {
  in: 'book' | 'store' | 'nothing';
  changes: EditionChanges;
  /** Takes that the store lacks, or has with other sound. */
  takes: { chapter: number; number: string; title: string; text: string; problem: 'missing' | 'other sound' }[];
}

/**
 * Compares the lock with the book. `now` is made from the manifest alone, so it has no sound.
 *
 * @param takes take key → digest of its sound in the store
 */
export function lockDifference(lock: Edition, now: Edition, takes: ReadonlyMap<string, string>): LockDifference {
  const changes = compareEditions(lock, now);
  if (!changes.equal) return { in: 'book', changes, takes: [] };
  const differing = lock.chapters.flatMap(({ title, segments }, index) => {
    const chapter = chapterNumber(lock, index);
    const names = segmentNames(chapter, lineIndexes(segments));
    return segments.flatMap(({ take, sound, text }, at): LockDifference['takes'] => {
      const stored = takes.get(take);
      if (stored === sound) return [];
      const number = formatLineName(names[at]!);
      return [{ chapter, number, title, text, problem: stored === undefined ? 'missing' : 'other sound' }];
    });
  });
  return { in: differing.length > 0 ? 'store' : 'nothing', changes, takes: differing };
}

/** How a chapter's files differ from the lock, in a sentence; undefined when they do not, or when there is no lock. */
export function masterDifference(of: {
  locked: Edition | undefined;
  /** 0-based place in the book. */
  at: number;
  master: MadeFiles;
}): string | undefined {
  const { locked, at, master } = of;
  if (locked === undefined) return undefined;
  const chapter = locked.chapters[at];
  const made = new Map(master.files.map((file) => [fileKey(file), file.digest]));
  const other = Object.entries(chapter?.files ?? {}).filter(([format, digest]) => made.get(format) !== digest);
  if (chapter !== undefined && other.length === 0) return undefined;
  const formats = other.map(([format]) => format.toUpperCase());
  const verb = formats.length > 1 ? 'differ' : 'differs';
  return `Its ${formats.join(' and ')} ${verb} from the lock, ${reasonForDifference(chapter?.ffmpeg ?? null, master.ffmpeg)}.`;
}

function reasonForDifference(lockFfmpeg: string | null, ffmpeg: string | undefined): string {
  if (lockFfmpeg !== null && ffmpeg !== undefined && lockFfmpeg !== ffmpeg)
    return `because the lock's was made by ffmpeg ${lockFfmpeg} and this one by ffmpeg ${ffmpeg}. Set FFMPEG_PATH to ffmpeg ${lockFfmpeg}`;
  return 'although it has the same takes: it was made by another version of the program or of ffmpeg';
}

/** How the book file differs from the lock, in a sentence; undefined when it does not, or when there is no lock. */
export function bookDifference(locked: Edition | undefined, digest: string): string | undefined {
  if (locked === undefined || locked.book === digest) return undefined;
  return 'The M4B differs from the lock, although its chapters are the same: it was made by another version of the program or of ffmpeg.';
}
