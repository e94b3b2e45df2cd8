import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import type { Publication } from '../manifest/fields/publication.ts';
import type { Omission, SourceSpan } from './tape.ts';

/** An imported manuscript: plain paragraphs by chapter, what was left out, and notes. */
export interface ImportedBook {
  /** Empty when the manuscript has none. */
  title: string;
  author?: string;
  /** As in the manuscript, such as `en-GB`. */
  language?: string;
  /** Absent: the manuscript does not say. */
  publication?: Publication;
  cover?: { bytes: Uint8Array; extension: 'png' | 'jpg' };
  /** Not empty; each has something to speak. */
  chapters: ImportedChapter[];
  /** What was changed or could not be known, each a sentence for the editor. */
  notes: string[];
  /** What was left out, in the order of the source. Absent: the book is not from a manuscript. */
  omissions?: Omission[];
}

/** A chapter of a manuscript. */
export interface ImportedChapter {
  title: string;
  blocks: Block[];
}

/** A paragraph, a heading or a scene break. */
export interface Block {
  kind: 'text' | 'heading' | 'scene';
  /** Line breaks are those of the print (verse); empty for a scene break. */
  text: string;
  /** Level of a heading, from 1. */
  level?: number;
  /** The letters of the source that it stands for, besides those in there that are left out. Absent: none. */
  source?: readonly SourceSpan[];
  /** It is read elsewhere than in the source, as notes are at the end of a paragraph. */
  isMoved?: boolean;
  /** Who says it, where the manuscript itself names its speakers, as subtitles do. */
  speaker?: string;
  /** The manuscript names speakers, but not this one's: a person should check it. */
  isOpen?: boolean;
}

/** Why a manuscript cannot be read; a value, never thrown. */
export type ImportProblem = Pick<Diagnostic, 'code' | 'message' | 'fix'>;

/** The result of reading a manuscript. */
export type ImportReading = { book: ImportedBook } | { problem: ImportProblem };

/** Whether a block has a letter or digit of any script. */
export function isSpoken(block: Block): boolean {
  // What could not be decoded may be a letter; read.ts refuses it.
  return block.kind !== 'scene' && /[\p{L}\p{N}\ufffd]/u.test(block.text);
}

/** What of a manuscript is read. */
export interface TextOptions {
  /** Keep front and back matter (title page, dedication, index, …). */
  keepMatter?: boolean;
  /** `leave` leaves notes out; `end` reads each at the end of the paragraph with its mark. */
  notes?: 'leave' | 'end';
  /** What of ruby is read: the characters, or their reading above them. */
  ruby?: 'base' | 'reading';
}
