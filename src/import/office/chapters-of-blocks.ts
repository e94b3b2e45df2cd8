import type { BookFacts } from '../facts/facts.ts';
import { chaptersByHeadings } from '../headings/headings.ts';
import type { Block, ImportReading } from '../imported.ts';
import { leaveOutBlocks } from '../left-out.ts';
import { withoutMatter } from '../matter/matter.ts';
import type { Omission } from '../tape.ts';
import type { Look } from './look.ts';
import { headingsShown } from './one-heading.ts';
import { titlePageOf } from './word-look.ts';

/**
 * The book of a document that is one long text: chapters at its headings, or where it has one or none, at what looks like one.
 * The title page, lists of headings, and headings without text are left out. Pure.
 */
export function chaptersOfBlocks(of: {
  blocks: readonly Block[];
  /** What was left out of them, and lines of a table of contents, are in here. */
  omissions: readonly Omission[];
  facts: BookFacts;
  keepMatter: boolean;
  /** For a message: "document", "page". */
  subject: string;
  /** How the blocks look. Absent: nothing is known about it. */
  looks?: ReadonlyMap<Block, Look>;
}): ImportReading {
  const { facts, keepMatter, subject } = of;
  const { looks, ...looked } = headingsShown(of.blocks, of.looks);
  const titlePage = keepMatter ? [] : titlePageOf(looked.blocks, looks);
  const { chapters, bare } = chaptersByHeadings(looked.blocks.filter((block) => !titlePage.includes(block)));
  if (chapters.length === 0) {
    const message = `This ${subject} has no text to read aloud.`;
    return { problem: { code: 'no-text', message, fix: 'Check that it is the right file.' } };
  }
  const withoutTitle = leaveOutBlocks(of.omissions, titlePage, { reason: 'line of the title page' });
  const withoutContents = leaveOutBlocks(withoutTitle, looked.listed, { reason: 'line in the table of contents' });
  const omissions = leaveOutBlocks(withoutContents, bare, { reason: 'heading without text' });
  const kept = withoutMatter({ ...facts, chapters, omissions, keepMatter });
  return { book: { ...facts, ...kept, notes: [] } };
}
