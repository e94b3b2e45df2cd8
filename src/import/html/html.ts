import type { Block, ImportReading, TextOptions } from '../imported.ts';
import { leaveOutBlocks } from '../left-out.ts';
import { type Element, parseMarkup } from '../markup/markup.ts';
import { chaptersOfBlocks } from '../office/chapters-of-blocks.ts';
import { htmlFacts } from './html-facts.ts';
import { findNotes } from './notes.ts';
import { type PageBlock, readXhtml } from './page-text.ts';
import { styleOf } from './style-sheets.ts';

/**
 * Reads a web page that is a whole manuscript, as a word processor or a converter saves it: by the same rules as a page of an
 * EPUB. Chapters begin at its headings.
 */
export function readHtml(text: string, options: TextOptions = {}): ImportReading {
  const { children, openEnd } = parseMarkup(text);
  const notes = findNotes([{ path: '', children }]);
  const style = styleOf({ archive: NO_FILES, path: '', children });
  const read = readXhtml(children, { ...options, notes, openEnd, readNotes: options.notes === 'end', style });
  const blocks = withNotes(read.blocks, read.notes);
  const unread = [...read.notes.values()].flat();
  const omissions = leaveOutBlocks(read.omissions, unread, { reason: 'note' });
  const facts = htmlFacts(children);
  return chaptersOfBlocks({ blocks, omissions, facts, keepMatter: options.keepMatter === true, subject: 'page' });
}

/** The style sheets beside a page are not read. */
const NO_FILES = { names: [], bytes: () => undefined, text: () => undefined, find: () => undefined };

/** Puts each note after the first paragraph that has a mark for it, and takes it from the map. */
function withNotes(blocks: readonly PageBlock[], notes: Map<Element, PageBlock[]>): Block[] {
  return blocks.flatMap((block) => [
    block,
    ...(block.notes ?? []).flatMap((element) => {
      const note = notes.get(element) ?? [];
      notes.delete(element);
      return note.map((one): Block => ({ ...one, kind: one.kind === 'heading' ? 'text' : one.kind, isMoved: true }));
    }),
  ]);
}
