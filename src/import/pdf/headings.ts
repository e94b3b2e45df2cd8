/** Which lines of a PDF are headings: by its tags, its bookmarks, or their size. Pure. */
import type { PdfBookmark } from './document.ts';
import { type PdfLine, roundedSize } from './lines.ts';
import { headingLevel } from './tags.ts';

/** Larger than the text by this much. */
const LARGER = 1.15;
const LONGEST_HEADING = 200;
/** Lines of one heading. */
const MOST_LINES = 4;

/** By line, the level of its heading, and how many bookmarks were not found on their page. */
export function headingLevels(
  pages: readonly (readonly PdfLine[])[],
  of: { bookmarks: readonly PdfBookmark[]; size: number },
): { levels: Map<PdfLine, number>; unfound: number } {
  const all = pages.flat();
  const tagged = new Map(
    all.flatMap((line): [PdfLine, number][] => {
      const level = headingLevel(line.tag?.role);
      return level === undefined ? [] : [[line, level]];
    }),
  );
  const listed = new Map<PdfLine, number>();
  let unfound = 0;
  for (const { title, level, page } of of.bookmarks) {
    const lines = matching(title, pages[page] ?? [], listed);
    for (const line of lines) listed.set(line, level);
    if (lines.length === 0) unfound++;
  }
  if (listed.size > 0 && unfound <= of.bookmarks.length * 0.4) return { levels: listed, unfound };
  return { levels: tagged.size > 0 ? tagged : bySize(all, of.size), unfound: 0 };
}

/** The lines of a page that have the words of a bookmark, or the first of which has their beginning or end. */
function matching(title: string, lines: readonly PdfLine[], taken: ReadonlyMap<PdfLine, number>): PdfLine[] {
  const wanted = fold(title);
  if (wanted === '') return [];
  for (let start = 0; start < lines.length; start++) {
    let words = '';
    for (let end = start; end < Math.min(lines.length, start + MOST_LINES); end++) {
      words += fold(lines[end]!.text);
      const found = lines.slice(start, end + 1);
      if (words === wanted && !found.some((line) => taken.has(line))) return found;
      if (!wanted.startsWith(words)) break;
    }
  }
  // "1 The Lamp" may stand as "Chapter 1" above "The Lamp", or as "The Lamp" alone.
  const part = lines.find((line) => {
    const words = fold(line.text);
    return !taken.has(line) && words.length >= 4 && (wanted.endsWith(words) || words.endsWith(wanted));
  });
  return part === undefined || part.text.length > LONGEST_HEADING ? [] : [part];
}

function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Short lines that are larger than the text; headings that stand together have the level of the largest. */
function bySize(lines: readonly PdfLine[], size: number): Map<PdfLine, number> {
  const large = (line: PdfLine): boolean => line.size >= LARGER * size && /[\p{L}\p{N}]/u.test(line.text);
  const runs: PdfLine[][] = [];
  for (const [index, line] of lines.entries()) {
    if (!large(line)) continue;
    const before = lines[index - 1];
    if (before !== undefined && large(before) && before.page === line.page) runs.at(-1)!.push(line);
    else runs.push([line]);
  }
  const heads = runs.filter((run) => run.reduce((sum, line) => sum + line.text.length, 0) <= LONGEST_HEADING);
  const largest = (run: readonly PdfLine[]): number => roundedSize(Math.max(...run.map((line) => line.size)));
  const sizes = [...new Set(heads.map(largest))].sort((a, b) => b - a);
  return new Map(heads.flatMap((run) => run.map((line): [PdfLine, number] => [line, sizes.indexOf(largest(run)) + 1])));
}
