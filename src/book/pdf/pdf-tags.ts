/** The tags of a PDF's page as a plain value. Pure. */
import type { PdfTag } from '../../import/pdf/document.ts';

/** A node as pdfjs-dist gives it. */
interface RawTag {
  role?: string;
  children?: RawTag[];
  type?: string;
  id?: string;
}

/** The tree of a page; undefined where it has none. */
export function tagsOf(root: unknown): PdfTag | undefined {
  return root === null || root === undefined ? undefined : tagOf(root as RawTag);
}

function tagOf({ role = '', children = [], type, id = '' }: RawTag): PdfTag {
  if (type === 'content') return { content: id };
  return { role, children: children.map(tagOf) };
}
