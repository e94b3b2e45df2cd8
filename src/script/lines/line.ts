import type { OffsetMap } from '../../manifest/yaml/offsets.ts';

/** Text that one speaker says without interruption: a paragraph, or part of one. Offsets are in UTF-16 code units of the source. */
export interface Line {
  /** The character's name, never an alias. */
  character: string;
  /** The spoken text: no tag, whitespace folded to single spaces, `\[` unescaped. */
  text: string;
  /** Offset of the first spoken character, after the tag. */
  start: number;
  /** Just after the last one. */
  end: number;
  /** 0-based number of its paragraph, counting all paragraphs of the text. */
  paragraph: number;
  /** A scene break follows. */
  sceneAfter: boolean;
  /** The author's pause after it. Absent: the default for its boundary. */
  pauseAfterMs?: number;
  /** How to speak it, in the author's words (`[mara: whispering]`). */
  direction?: string;
  /** Number of the take to use (`[take 2]`), from 2. Absent: the first. */
  retake?: number;
  /** The text itself says which take to use, even if it is the first. */
  hasTakeTag?: true;
  /** What is spoken instead of `text`, by a person's decision. Pronunciations are not applied to it. */
  say?: string;
  /** The author's own recording to use instead: its path, and the range of the path in the source. */
  pickup?: { path: string; start: number; end: number };
  /** Maps each character of `text` to the source. */
  offsets: OffsetMap;
}

/**
 * Source text that is in no line, and why: a tag (speaker, pause, scene), a scene break, symbols without a letter or digit,
 * the rest of an HTML entity after its character, or a part of Markdown: its markup, code, an image, a footnote.
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
