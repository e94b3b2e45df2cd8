/** The marks between which a book of Project Gutenberg stands. Pure. */
import type { Block } from '../imported.ts';

/** The line that ends its header. */
export const GUTENBERG_START = /^\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG[^\n]*\*{3}\s*$/m;
/** The line that begins its license. */
export const GUTENBERG_END = /^\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG/m;

/** The blocks of a page that are the header or the license; none for a page of another publisher. */
export function gutenbergBlocks<B extends Block>(blocks: readonly B[]): { header: B[]; license: B[] } {
  const start = blocks.findIndex(({ text }) => GUTENBERG_START.test(text));
  const end = blocks.findIndex(({ text }, index) => index > start && GUTENBERG_END.test(text));
  return { header: blocks.slice(0, start + 1), license: end < 0 ? [] : blocks.slice(end) };
}
