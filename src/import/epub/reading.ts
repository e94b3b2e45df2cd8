/** Reads the pages of an EPUB: which are left out, and what of the others is read. Pure. */

import { NOTES_TITLE } from '../html/note-shapes.ts';
import { findNotes } from '../html/notes.ts';
import { type PageBlock, readXhtml, type XhtmlOptions, type XhtmlText } from '../html/page-text.ts';
import { styleOf } from '../html/style-sheets.ts';
import { type Block, isSpoken } from '../imported.ts';
import { leaveOutBlocks } from '../left-out.ts';
import { attribute, type Element, elementsOf, type Node, parseMarkup, textOf } from '../markup/markup.ts';
import { matterByLook } from '../matter/matter-by-look.ts';
import { isReadType, omissionReason } from '../matter/matter-types.ts';
import { type Omission, sampleOf } from '../tape.ts';
import type { Archive } from '../zip/archive.ts';
import type { SpineDocument } from './chapters.ts';
import type { ContentsEntry } from './contents.ts';
import { type EpubPage, NOT_LISTED } from './pages.ts';

/** The table of contents, and what it says about pages. */
export interface Contents {
  entries: ContentsEntry[];
  /** Types by page. */
  types: ReadonlyMap<string, string[]>;
  /** The page that holds the table of contents. */
  navPath: string | undefined;
}

/** What is read. */
interface Reading {
  archive: Archive;
  pages: readonly EpubPage[];
  contents: Contents;
  /** Its title and authors, as a title page has them. */
  book: { title: string; author?: string };
  options: Pick<XhtmlOptions, 'keepMatter' | 'ruby'> & { notes?: 'leave' | 'end' };
}

/** The pages that are read, with their notes where these are wanted, and everything that is left out. */
export function readPages({ archive, pages, contents, options, book }: Reading): {
  documents: SpineDocument[];
  omissions: Omission[];
} {
  const parsed = pages.map((page) => ({ ...page, ...parseMarkup(page.text) }));
  const notes = findNotes(parsed);
  const titles = titlesIn(contents.entries);
  const documents: SpineDocument[] = [];
  const noteBlocks = new Map<Element, PageBlock[]>();
  let omissions: Omission[] = [];
  for (const { path, children, openEnd, outside } of parsed) {
    const read = readXhtml(children, {
      ...options,
      path,
      openEnd,
      notes,
      readNotes: options.notes === 'end',
      style: styleOf({ archive, path, children }),
    });
    for (const [element, blocks] of read.notes) noteBlocks.set(element, blocks);
    const title = titles.get(path) ?? read.blocks.find(({ kind }) => kind === 'heading')?.text ?? '';
    const isFirst = documents.length === 0;
    const isBefore = !documents.some(({ blocks }) => blocks.some(({ kind }) => kind === 'heading'));
    const why = outside ?? reasonFor({ path, read, title, contents, book, children, isFirst, isBefore });
    if (why === undefined || (options.keepMatter && outside !== NOT_LISTED)) {
      const heading = notesHeading(read);
      for (const one of leaveOutBlocks(read.omissions, heading, { reason: 'title of notes' })) omissions.push(one);
      documents.push({ ...read, path, blocks: read.blocks.filter((block) => !heading.includes(block)) });
    } else if (read.notes.size === 0) omissions.push(wholePage({ path, read, title, why }));
    else
      for (const one of leaveOutBlocks(read.omissions, read.blocks, { reason: why, where: path })) omissions.push(one);
  }
  for (const document of documents) document.blocks = withNotes(document.blocks, noteBlocks);
  // A note without a mark has no paragraph to be read after.
  for (const blocks of noteBlocks.values()) omissions = leaveOutBlocks(omissions, blocks, { reason: 'note' });
  return { documents, omissions };
}

function reasonFor(of: {
  path: string;
  read: XhtmlText;
  title: string;
  contents: Contents;
  book: Reading['book'];
  children: Node[];
  isFirst: boolean;
  isBefore: boolean;
}): string | undefined {
  const { path, read, title, contents, book, children, isFirst, isBefore } = of;
  const { blocks } = read;
  const hasText = blocks.some((block) => block.kind === 'text' && isSpoken(block));
  if (path === contents.navPath && !hasText) return 'table of contents';
  const types = [...read.types, ...(contents.types.get(path) ?? [])];
  // A page without headings may begin with its title as a paragraph.
  const first = blocks.find(isSpoken)?.text ?? '';
  const why = omissionReason({ types, title }) ?? omissionReason({ types, title: title || first });
  if (why !== undefined || isReadType(types)) return why;
  return matterByLook({ blocks, ...book, linkShare: linkShare(children), isFirst, isBefore });
}

/** How much of the text of a page is in links: 0 to 1. */
function linkShare(children: Node[]): number {
  const body = elementsOf({ children }, 'body').next().value;
  const all = body ? textOf(body).length : 0;
  if (body === undefined || all === 0) return 0;
  let inLinks = 0;
  for (const link of elementsOf(body, 'a')) if (attribute(link, 'href') !== '') inLinks += textOf(link).length;
  return inLinks / all;
}

function wholePage(of: { path: string; read: XhtmlText; title: string; why: string }): Omission {
  const { path, read, title, why } = of;
  const sample = sampleOf(read.blocks.find(isSpoken)?.text ?? '');
  return { part: path, start: 0, end: read.letters, reason: why, where: path, sample, page: title || path };
}

/** "Notes" at the end of a page whose notes are not read there. */
function notesHeading({ blocks, omissions, notes }: XhtmlText): PageBlock[] {
  const last = blocks.findLast(isSpoken);
  if (last === undefined || !NOTES_TITLE.test(last.text)) return [];
  return notes.size > 0 || omissions.some(({ reason }) => reason === 'note') ? [last] : [];
}

/** Puts each note after the first paragraph that has a mark for it, and takes it from the map. */
function withNotes(blocks: readonly PageBlock[], noteBlocks: Map<Element, PageBlock[]>): PageBlock[] {
  return blocks.flatMap((block) => [
    block,
    ...(block.notes ?? []).flatMap((element) => {
      const note = noteBlocks.get(element) ?? [];
      noteBlocks.delete(element);
      return note.map((one): PageBlock => ({ ...one, kind: kindOfNote(one), ids: [], isMoved: true }));
    }),
  ]);
}

function kindOfNote({ kind }: Block): Block['kind'] {
  return kind === 'heading' ? 'text' : kind;
}

/** The first title of each document, from the entry that leads to its beginning. */
function titlesIn(contents: readonly ContentsEntry[], titles = new Map<string, string>()): Map<string, string> {
  for (const { path, fragment, title, children } of contents) {
    if (fragment === '' && !titles.has(path)) titles.set(path, title);
    titlesIn(children, titles);
  }
  return titles;
}
