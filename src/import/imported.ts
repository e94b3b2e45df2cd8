import type { Diagnostic } from '../manifest/diagnostic.ts';

/** A manuscript as it was read: plain paragraphs by chapter, and everything that was left out or changed. */
export interface ImportedBook {
  /** Empty when the manuscript does not say. */
  title: string;
  author?: string;
  /** As the manuscript says it, such as `en-GB`. */
  language?: string;
  cover?: { bytes: Uint8Array; ending: 'png' | 'jpg' };
  /** Not empty; each has something to speak. */
  chapters: ImportedChapter[];
  /** What was left out or could not be carried over, each a sentence for the editor. */
  notes: string[];
}

/** A chapter of a manuscript. */
export interface ImportedChapter {
  title: string;
  blocks: Block[];
}

/** A paragraph, a heading or a scene break. */
export interface Block {
  kind: 'text' | 'heading' | 'scene';
  /** Line ends inside are those of the print (verse); empty for a scene break. */
  text: string;
  /** Of a heading, from 1. */
  level?: number;
}

/** Why a manuscript can not be read; a value, never thrown. */
export type ImportProblem = Pick<Diagnostic, 'code' | 'message' | 'fix'>;

/** What reading a manuscript answers. */
export type ImportReading = { book: ImportedBook } | { problem: ImportProblem };

/** Whether a block has a letter or digit of any script. */
export function isSpoken(block: Block): boolean {
  return block.kind !== 'scene' && /[\p{L}\p{N}]/u.test(block.text);
}
