/** What stands between a book as it is here and the edition of its lock. Pure. */
import { compareEditions, type EditionChanges } from './compare-editions.ts';
import { type Edition, fileKey } from './edition.ts';

/** A master as far as it is compared: its files by format. */
interface MadeFiles {
  files: readonly { format: string; part?: number; digest: string }[];
  ffmpeg?: string;
}

/** What differs: in manifest and texts (then nothing else was looked at), or in the store. */
export interface LockDifference {
  in: 'book' | 'store' | 'nothing';
  changes: EditionChanges;
  /** Takes that the store does not have, or has with other sound. */
  takes: { chapter: number; title: string; text: string; problem: 'missing' | 'other sound' }[];
}

/**
 * Compares the lock with the book as it is here. `now` is made from the manifest alone: it knows no sound.
 *
 * @param takes take key → digest of its sound, as the store has it
 */
export function lockDifference(lock: Edition, now: Edition, takes: ReadonlyMap<string, string>): LockDifference {
  const changes = compareEditions(lock, now);
  if (!changes.equal) return { in: 'book', changes, takes: [] };
  const differing = lock.chapters.flatMap(({ title, segments }, index) =>
    segments.flatMap(({ take, sound, text }): LockDifference['takes'] => {
      const stored = takes.get(take);
      if (stored === sound) return [];
      return [{ chapter: index + 1, title, text, problem: stored === undefined ? 'missing' : 'other sound' }];
    }),
  );
  return { in: differing.length > 0 ? 'store' : 'nothing', changes, takes: differing };
}

/** Why a chapter's files are not those of the lock, in a sentence; undefined when they are, or when there is no lock. */
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
  return `Its ${other.map(([format]) => format.toUpperCase()).join(' and ')} has other bytes than the lock says, ${reasonForDifference(chapter?.ffmpeg ?? null, master.ffmpeg)}.`;
}

function reasonForDifference(lockFfmpeg: string | null, ffmpeg: string | undefined): string {
  if (lockFfmpeg !== null && ffmpeg !== undefined && lockFfmpeg !== ffmpeg)
    return `because the lock's was made by ffmpeg ${lockFfmpeg} and this one by ${ffmpeg}; set FFMPEG_PATH to that version`;
  return 'although the same takes went in: it was made by another version of the program or of ffmpeg';
}

/** Why the book file is not that of the lock, in a sentence; undefined when it is, or when there is no lock. */
export function bookDifference(locked: Edition | undefined, digest: string): string | undefined {
  if (locked === undefined || locked.book === digest) return undefined;
  return 'The M4B has other bytes than the lock says, although its chapters are the same: it was made by another version of the program or of ffmpeg.';
}
