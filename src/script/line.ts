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
  /** Leads from each character of `text` to the source. */
  offsets: OffsetMap;
}

/** Source text that is in no line, and why: a speaker's tag, a scene break, or signs that nobody could pronounce. */
export interface Exclusion {
  kind: 'tag' | 'scene' | 'unspoken';
  start: number;
  end: number;
}

/** Whether a text has anything to pronounce: at least one letter or digit of any script. */
export function isSpeakable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
