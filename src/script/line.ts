import type { OffsetMap } from '../manifest/offsets.ts';

/** What one speaker says in one go: a paragraph of the source text. Offsets count UTF-16 code units of that text. */
export interface Line {
  /** The character's name, never an alias. */
  character: string;
  /** What is spoken: without the tag, runs of whitespace folded to one space, `\[` unescaped. */
  text: string;
  /** First character of the source that is spoken, behind the tag. */
  start: number;
  /** Just behind the last one. */
  end: number;
  /** 0-based number of its paragraph, counting all paragraphs of the text. */
  paragraph: number;
  /** A scene break follows. */
  sceneAfter: boolean;
  /** The pause that the author wants after it, in milliseconds; undefined leaves it to the table. */
  pauseAfterMs?: number;
  /** How it is to be spoken, in the author's words (`[mara: whispering]`). */
  direction?: string;
  /** Which take of it is to be heard (`[take 2]`), from 2; absent for the first. */
  retake?: number;
  /** The author's own recording of it, which is heard instead: path and place of the path in the source. */
  pickup?: { path: string; start: number; end: number };
  /** Leads from each character of `text` to the source. */
  offsets: OffsetMap;
}

/**
 * Source text that is in no line, and why: a tag (speaker, pause, scene), a scene break, signs that nobody could pronounce,
 * what is left of an HTML entity behind the sign it stands for, or a part of Markdown: its markup, code, a picture, a footnote.
 */
export interface Exclusion {
  kind: 'tag' | 'scene' | 'unspoken' | 'entity' | 'markup' | 'code' | 'image' | 'note';
  start: number;
  end: number;
}

/** Whether a text has anything to pronounce: at least one letter or digit of any script. */
export function isSpeakable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
