import type { ContentsEntry } from './epub-contents.ts';
import { type ImportedChapter, isSpoken } from './imported.ts';
import type { XhtmlText } from './xhtml-text.ts';

/** A document in the reading order. */
export interface SpineDocument extends Pick<XhtmlText, 'blocks' | 'types'> {
  path: string;
}

/**
 * Splits a book into chapters at the entries of its table of contents, which may point to a document or a place in one; a
 * chapter may span several documents. Parts ("Book One") are split into their chapters; entries below a chapter stay in it.
 * A document of type `chapter` begins a chapter even if the table of contents omits it.
 */
export function chaptersOf({
  documents,
  contents,
}: {
  documents: readonly SpineDocument[];
  contents: readonly ContentsEntry[];
}): ImportedChapter[] {
  const blocks = documents.flatMap((document) => document.blocks);
  const place = placesIn(documents);
  const starts = new Map<number, Start>();
  const add = (start: Start | undefined): void => {
    if (start && !starts.has(start.at)) starts.set(start.at, start);
  };
  for (const start of startsOf({ entries: contents, place, blocks, part: undefined })) add(start);
  for (const document of documents) {
    const chapter = document.types.some((type) => type === 'chapter');
    const isNew = starts.size === 0 || chapter || contents.length === 0;
    if (isNew) add({ at: place(document.path, '')!, title: headingOf(document.blocks), part: undefined });
  }
  if (blocks.length > 0 && !starts.has(0)) add({ at: 0, title: headingOf(blocks), part: undefined });
  const ordered = [...starts.values()].sort((a, b) => a.at - b.at);
  return namedChapters(
    joinHeadings(
      ordered.map((start, index) => ({
        ...start,
        blocks: blocks.slice(start.at, ordered[index + 1]?.at ?? blocks.length),
      })),
    ),
  );
}

/** Where a chapter begins: index of a block. */
interface Start {
  at: number;
  title: string;
  part: string | undefined;
}

type Place = (path: string, fragment: string) => number | undefined;

function placesIn(documents: readonly SpineDocument[]): Place {
  const places = new Map<string, number>();
  let at = 0;
  for (const { path, blocks } of documents) {
    if (!places.has(path)) places.set(path, at);
    for (const [index, { ids }] of blocks.entries()) {
      for (const id of ids) if (!places.has(`${path}#${id}`)) places.set(`${path}#${id}`, at + index);
    }
    at += blocks.length;
  }
  // An unknown ID leads to the beginning of its document, as in a browser.
  return (path, fragment) => (fragment === '' ? undefined : places.get(`${path}#${fragment}`)) ?? places.get(path);
}

function startsOf({
  entries,
  place,
  blocks,
  part,
}: {
  entries: readonly ContentsEntry[];
  place: Place;
  blocks: SpineDocument['blocks'];
  part: string | undefined;
}): Start[] {
  return entries.flatMap((entry): Start[] => {
    const at = place(entry.path, entry.fragment);
    const below = startsOf({ entries: entry.children, place, blocks, part: entry.title });
    if (below.length === 0) return at === undefined ? [] : [{ at, title: entry.title, part }];
    const first = Math.min(...below.map((start) => start.at));
    const own = at === undefined ? [] : blocks.slice(at, first);
    // Nothing or only a heading before the first entry below: a part, whose heading belongs to its first chapter.
    if (!own.some((block) => block.kind === 'text' && isSpoken(block))) {
      return at !== undefined && at < first
        ? below.map((start) => (start.at === first ? { ...start, at } : start))
        : below;
    }
    const sections = entry.children.every(({ path }) => path === entry.path);
    return sections ? [{ at: at!, title: entry.title, part }] : [{ at: at!, title: entry.title, part }, ...below];
  });
}

function headingOf(blocks: SpineDocument['blocks']): string {
  const from = blocks.findIndex(isSpoken);
  const headings: string[] = [];
  for (const block of from < 0 ? [] : blocks.slice(from, from + 3)) {
    if (block.kind !== 'heading') break;
    headings.push(block.text.replace(/\s+/g, ' '));
  }
  return headings.join(': ');
}

interface Section extends Start {
  blocks: SpineDocument['blocks'];
}

/** Joins a section that has only headings to the next one. */
function joinHeadings(sections: readonly Section[]): Section[] {
  const out: Section[] = [];
  let pending: SpineDocument['blocks'] = [];
  for (const [index, section] of sections.entries()) {
    const blocks = [...pending, ...section.blocks];
    const bare = !section.blocks.some((block) => block.kind === 'text' && isSpoken(block));
    pending = [];
    if (bare && index < sections.length - 1) pending = blocks;
    else if (blocks.some(isSpoken)) out.push({ ...section, blocks });
  }
  return out;
}

function namedChapters(sections: readonly Section[]): ImportedChapter[] {
  return sections.map(({ title, part, blocks }, index) => {
    const own = title || headingOf(blocks) || `Chapter ${index + 1}`;
    const twice = sections.filter((other) => other.title === title).length > 1;
    return {
      title: twice && part ? `${part}: ${own}` : own,
      blocks: blocks.map(({ ids: _ids, ...block }) => block),
    };
  });
}
