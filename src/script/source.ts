import type { SourceRange } from './coverage.ts';

/** The text that a chapter was cut from, and where each of its characters went. */
export interface SourceText {
  /** The file's path, from the manifest's folder; the manifest's own name where the text stands in the manifest. */
  file: string;
  /** `file`: the text is the whole file. `manifest`: it is what the manifest's `text:` or `lines:` come to. */
  kind: 'file' | 'manifest';
  /** Without a byte order mark. */
  text: string;
  /** Cover the text from its first character to its last, in order. */
  ranges: readonly SourceRange[];
}

/** 1-based line of a place in a text; a line ends at LF, CRLF or a lone CR. */
export function lineAt(text: string, offset: number): number {
  return (text.slice(0, offset).match(/\r\n|\n|\r/g)?.length ?? 0) + 1;
}
