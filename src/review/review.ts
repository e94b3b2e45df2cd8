/** The review file: what people decided about the lines of a book, beside its manifest. It holds no sound and no text of its own. */
import type { LineAnchor } from '../script/lines/line-identity.ts';

/** What the review file's name adds to the manifest's full name. */
export const REVIEW_ENDING = '.review';
/** Raise it when an older program can no longer read the file. */
export const REVIEW_VERSION = 1;
/** Largest review file that is read. */
export const REVIEW_BYTES = 4 * 1024 * 1024;

/** Fields that this version does not know: kept as they are. */
type Unknown = Readonly<Record<string, unknown>>;

/** A review file's content. */
export interface Review {
  /** Title of the book when the file was written; tells a file that is beside the wrong book. */
  book?: string;
  /** The approval of the whole book. */
  approved?: Approval;
  /** Chapters that someone decided about. */
  chapters: readonly ChapterDecision[];
  /** Decisions about lines, no two with the same ID. */
  lines: readonly Decision[];
  more?: Unknown;
}

/** What is decided about a chapter. */
export interface ChapterDecision {
  /** Its title, which is unique in a book. */
  title: string;
  approved?: Approval;
  comments?: readonly Comment[];
  more?: Unknown;
}

/** What is decided about a line, and enough of the line to find it again. */
export interface Decision extends LineAnchor, LineDecision {
  comments?: readonly Comment[];
  approved?: Approval;
  more?: Unknown;
}

/** The decisions that change how a line sounds. */
export interface LineDecision {
  /** Number of the take to use; 1 is the first. */
  take?: number;
  /** What is spoken instead of the line's words; no pronunciation is applied to it. */
  say?: string;
  /** Silence after the line, in seconds. */
  pause?: number;
  /** Path of a recording to use instead, relative to the manifest. */
  recording?: string;
  /** How to speak it. */
  direction?: string;
  /** Name or alias of the character that speaks it. */
  speaker?: string;
}

/** A person's note. */
export interface Comment {
  text: string;
  /** The words that are meant; absent: all of the line. */
  about?: string;
  /** Number of the last line that is meant, such as `3:41`, when it was written; absent: this line alone. */
  until?: string;
  /** Its stable ID, which follows it through edits; absent in files of earlier versions. */
  untilId?: string;
  by?: string;
  /** The day, `yyyy-mm-dd`. */
  on?: string;
  more?: Unknown;
}

/** A person's approval. */
export interface Approval {
  by?: string;
  /** The day, `yyyy-mm-dd`. */
  on?: string;
  /** What was approved, as the program that wrote it identifies it. */
  of?: string;
  more?: Unknown;
}

/** The fields of a decision that change how its line sounds, in the order of the file. */
export const SOUND_FIELDS = ['take', 'say', 'pause', 'recording', 'direction', 'speaker'] as const;
/** A field of a decision that changes how its line sounds. */
export type SoundField = (typeof SOUND_FIELDS)[number];

/** A review without decisions. */
export const EMPTY_REVIEW: Review = { chapters: [], lines: [] };

/** Path of the review file of a manifest. */
export function reviewPath(manifestPath: string): string {
  return `${manifestPath}${REVIEW_ENDING}`;
}
