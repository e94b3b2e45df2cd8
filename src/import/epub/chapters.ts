import { headingShape } from '../headings/heading-forms.ts';
import { chaptersByHeadings } from '../headings/headings.ts';
import type { XhtmlText } from '../html/page-text.ts';
import { type ImportedChapter, isSpoken } from '../imported.ts';
import type { ContentsEntry } from './contents.ts';

/** A document in the reading order. */
export interface SpineDocument extends Pick<XhtmlText, 'blocks' | 'types' | 'omittedIds'> {
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
  const hasText = textBetween(blocks);
  const listed = startsOf({ entries: contents, place, hasText, part: undefined });
  const isShort = isShortList(listed, documents, place);
  for (const start of listed) add(isShort && !hasOwnTitle(start) ? { ...start, title: '' } : start);
  for (const document of documents) {
    const chapter = document.types.some((type) => type === 'chapter');
    const isNew = starts.size === 0 || chapter || contents.length === 0 || (isShort && beginsWithHeading(document));
    if (isNew) add({ at: place(document.path, '')!, title: headingOf(document.blocks), part: undefined });
  }
  if (blocks.length > 0 && !starts.has(0)) add({ at: 0, title: headingOf(blocks), part: undefined });
  const ordered = [...starts.values()].sort((a, b) => a.at - b.at);
  const chapters = namedChapters(
    joinHeadings(
      ordered.map((start, index) => ({
        ...start,
        blocks: blocks.slice(start.at, ordered[index + 1]?.at ?? blocks.length),
      })),
    ),
  );
  return chapters.length === 1 ? byNumberedHeadings(chapters) : chapters;
}

/**
 * Whether a table of contents names only the beginning, or only parts, while documents that it does not name begin with
 * headings: these are chapters.
 */
function isShortList(listed: readonly Start[], documents: readonly SpineDocument[], place: Place): boolean {
  const isListed = new Set(listed.map(({ at }) => at));
  const others = documents.filter(
    (document) => beginsWithHeading(document) && !isListed.has(place(document.path, '') ?? -1),
  );
  if (listed.length <= 1) return others.length > 0;
  const parts = listed.filter(({ title }) => headingShape(title)?.kind === 'part').length;
  return parts * 2 >= listed.length && others.length >= parts;
}

function beginsWithHeading({ blocks }: SpineDocument): boolean {
  const first = blocks.find(isSpoken);
  return first !== undefined && (first.kind === 'heading' || isHeadline(first.text));
}

/** "CHAPTER ONE" as a paragraph, where no heading is marked. */
function isHeadline(text: string): boolean {
  const shape = text.length <= 80 ? headingShape(text) : undefined;
  return shape?.isStrict === true && (shape.kind === 'chapter' || shape.kind === 'named');
}

/** "Start" and the name of a part are no titles of a chapter. */
function hasOwnTitle({ title }: Start): boolean {
  const kind = headingShape(title)?.kind;
  return kind === 'chapter' || kind === 'named';
}

/** Chapters in one document that no table of contents names. */
function byNumberedHeadings(chapters: readonly ImportedChapter[]): ImportedChapter[] {
  const { chapters: found, bare } = chaptersByHeadings(chapters[0]!.blocks);
  const numbered = found.filter(({ title }) => headingShape(title) !== undefined);
  return bare.length === 0 && numbered.length > 1 && numbered.length * 2 >= found.length ? found : [...chapters];
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
  const omitted = new Set<string>();
  let at = 0;
  for (const { path, blocks, omittedIds } of documents) {
    for (const id of omittedIds) omitted.add(`${path}#${id}`);
    if (!places.has(path)) places.set(path, at);
    for (const [index, { ids }] of blocks.entries()) {
      for (const id of ids) if (!places.has(`${path}#${id}`)) places.set(`${path}#${id}`, at + index);
    }
    at += blocks.length;
  }
  // An unknown ID leads to the beginning of its document, as in a browser.
  return (path, fragment) => {
    if (fragment === '' || omitted.has(`${path}#${fragment}`)) return fragment === '' ? places.get(path) : undefined;
    return places.get(`${path}#${fragment}`) ?? places.get(path);
  };
}

function startsOf({
  entries,
  place,
  hasText,
  part,
}: {
  entries: readonly ContentsEntry[];
  place: Place;
  hasText: TextBetween;
  part: string | undefined;
}): Start[] {
  return entries.flatMap((entry): Start[] => {
    const at = place(entry.path, entry.fragment);
    const below = startsOf({ entries: entry.children, place, hasText, part: entry.title });
    if (below.length === 0) return at === undefined ? [] : [{ at, title: entry.title, part }];
    const first = below.reduce((least, start) => Math.min(least, start.at), Number.POSITIVE_INFINITY);
    // Nothing or only a heading before the first entry below: a part, whose heading belongs to its first chapter.
    if (at === undefined || !hasText(at, first)) {
      return at !== undefined && at < first
        ? below.map((start) => (start.at === first ? { ...start, at } : start))
        : below;
    }
    const sections = entry.children.every(({ path }) => path === entry.path);
    return sections ? [{ at, title: entry.title, part }] : [{ at, title: entry.title, part }, ...below];
  });
}

/** Whether there is text to speak, not only headings, from one block up to another. */
type TextBetween = (from: number, to: number) => boolean;

/** Counts the texts once: each of thousands of entries may lie before the whole book. */
function textBetween(blocks: SpineDocument['blocks']): TextBetween {
  const before = new Uint32Array(blocks.length + 1);
  for (const [index, block] of blocks.entries())
    before[index + 1] = before[index]! + (block.kind === 'text' && isSpoken(block) ? 1 : 0);
  return (from, to) => to > from && before[Math.min(to, blocks.length)]! > before[from]!;
}

function headingOf(blocks: SpineDocument['blocks']): string {
  const from = blocks.findIndex(isSpoken);
  const first = blocks[from];
  if (first?.kind === 'text' && isHeadline(first.text)) return first.text.replace(/\s+/g, ' ');
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
    for (const block of section.blocks) pending.push(block);
    const blocks = pending;
    const bare = !section.blocks.some((block) => block.kind === 'text' && isSpoken(block));
    if (bare && index < sections.length - 1) continue;
    pending = [];
    if (blocks.some(isSpoken)) out.push({ ...section, blocks });
  }
  return out;
}

const LONGEST_TITLE = 40;

/** The first words of a page, whole ones. */
function firstWords(blocks: SpineDocument['blocks']): string {
  const text = (blocks.find(isSpoken)?.text ?? '').replace(/\s+/g, ' ');
  if (text.length <= LONGEST_TITLE) return text;
  return `${text.slice(0, LONGEST_TITLE).replace(/\s+\S*$/u, '')} …`;
}

function namedChapters(sections: readonly Section[]): ImportedChapter[] {
  const counts = new Map<string, number>();
  for (const { title } of sections) counts.set(title, (counts.get(title) ?? 0) + 1);
  const titles = sections.map(({ title, blocks }) => title || headingOf(blocks));
  const taken = new Set(titles.map((title) => title.toLowerCase()));
  return sections.map(({ title, part, blocks }, index) => {
    const counted = `Chapter ${index + 1}`;
    // A page without a title beside chapters that count themselves: a motto, a dedication.
    const own = titles[index] || (taken.has(counted.toLowerCase()) ? firstWords(blocks) : counted);
    const twice = counts.get(title)! > 1;
    return {
      title: twice && part ? `${part}: ${own}` : own,
      blocks: blocks.map(({ ids: _ids, notes: _notes, isInitial: _isInitial, ...block }) => block),
    };
  });
}
