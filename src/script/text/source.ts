import type { SourceRange } from './coverage.ts';

/** The source text of a chapter, and what became of each of its characters. */
export interface SourceText {
  /** The file's path relative to the manifest's folder; the manifest's own name for text in the manifest. */
  file: string;
  /** `file`: the text is the complete file. `manifest`: it comes from the manifest's `text:` or `lines:`. */
  kind: 'file' | 'manifest';
  /** Without a byte order mark. */
  text: string;
  /** Cover the complete text, in order. */
  ranges: readonly SourceRange[];
}

/** 1-based line of an offset; a line ends at LF, CRLF or a lone CR. */
export function lineAt(text: string, offset: number): number {
  return (text.slice(0, offset).match(/\r\n|\n|\r/g)?.length ?? 0) + 1;
}
