import type { Block, ImportReading, TextOptions } from '../imported.ts';
import { leaveOutBlocks } from '../left-out.ts';
import { wholeXml } from '../markup/damage.ts';
import { elementsOf, parseMarkup } from '../markup/markup.ts';
import type { Archive } from '../zip/archive.ts';
import { chaptersOfBlocks } from './chapters-of-blocks.ts';
import { looksOf } from './look.ts';
import { officeFacts } from './office-facts.ts';
import { hasSeveralHeadings } from './one-heading.ts';
import { wordLooks } from './word-looks.ts';
import { readWordNotes } from './word-notes.ts';
import { wordPartsOf } from './word-parts.ts';
import { contentsStyles, headingLevels, numberedStyles } from './word-styles.ts';
import { blockOf, readWordText, type WordParagraph } from './word-text.ts';

/**
 * Reads a Word document: paragraphs with their heading levels, with tracked changes accepted. Chapters begin at headings;
 * notes, comments, images, fields and Word's own table of contents are left out and reported.
 */
export function readDocx(
  archive: Archive,
  { notes = 'leave', keepMatter = false, ruby }: TextOptions = {},
): ImportReading {
  const parts = wordPartsOf(archive);
  if (parts === undefined) {
    const message = 'This archive contains no Word document.';
    return { problem: { code: 'not-a-docx', message, fix: 'Save it again as .docx in the word processor.' } };
  }
  const styles = parts.styles === undefined ? '' : (archive.text(parts.styles) ?? '');
  const levels = headingLevels(styles);
  const contents = contentsStyles(styles);
  const numbered = numberedStyles(styles);
  const { children } = parseMarkup(wholeXml(archive.text(parts.main) ?? '', parts.main));
  if (elementsOf({ children }, 'w:altchunk').next().done === false) {
    const message = 'This document has another document inside that Word has not joined with it yet (altChunk).';
    return { problem: { code: 'text-elsewhere', message, fix: 'Open it in Word and save it again.' } };
  }
  const { paragraphs, omissions } = readWordText(children, parts.main, ruby);
  const ofNotes = readWordNotes(archive, parts, notes);
  const listed: Block[] = [];
  const joined = withDropCaps(withoutDeletedEnds(paragraphs));
  const all = joined.map((paragraph): Block[] => {
    const isListed =
      paragraph.listedBy?.isClosed || contents.has(paragraph.style) || /^toc(?:heading|\d)$/i.test(paragraph.style);
    const level = isListed ? undefined : levelOf(paragraph, levels);
    const isCounted = level !== undefined && (paragraph.isNumbered || numbered.has(paragraph.style));
    const block = blockOf(paragraph, level) ?? (isCounted ? { kind: 'heading', level, text: '' } : undefined);
    if (block && isListed) listed.push(block);
    if (block === undefined || isListed) return [];
    return [block, ...paragraph.notes.flatMap((mark) => ofNotes.take(mark))];
  });
  const blocks = all.flat();
  const looks = hasSeveralHeadings(blocks)
    ? undefined
    : looksOf(
        all,
        wordLooks(
          joined.map(({ element }) => element),
          styles,
        ),
      );
  const facts = officeFacts(archive);
  const withoutContents = leaveOutBlocks(omissions, listed, { reason: 'line in the table of contents' });
  const reading = chaptersOfBlocks({
    blocks,
    omissions: withoutContents,
    facts,
    keepMatter,
    subject: 'document',
    ...(looks && { looks }),
  });
  if ('book' in reading) reading.book.omissions = [...(reading.book.omissions ?? []), ...ofNotes.leftOver()];
  return reading;
}

function levelOf({ style, outline }: WordParagraph, levels: ReadonlyMap<string, number>): number | undefined {
  const level =
    levels.get(style) ?? Number(/^heading([1-9])$/i.exec(style)?.[1] ?? (outline === undefined ? 0 : outline + 1));
  return level >= 1 && level <= 9 ? level : undefined;
}

/** Joins a paragraph whose end has been deleted to the next one, whose style it takes. */
function withoutDeletedEnds(paragraphs: readonly WordParagraph[]): WordParagraph[] {
  const out: WordParagraph[] = [];
  for (const paragraph of paragraphs) {
    const before = out.at(-1);
    if (!before?.isUnended || before.isMoved || paragraph.isMoved) out.push(paragraph);
    else {
      const text = before.text + paragraph.text;
      const source = [...before.source, ...paragraph.source];
      out[out.length - 1] = { ...paragraph, text, source, notes: [...before.notes, ...paragraph.notes] };
    }
  }
  return out;
}

/** Joins a drawn first letter, which Word keeps in a frame of its own, to the paragraph that it begins. */
function withDropCaps(paragraphs: readonly WordParagraph[]): WordParagraph[] {
  const out: WordParagraph[] = [];
  let initial: WordParagraph | undefined;
  for (const paragraph of paragraphs) {
    if (initial) {
      const text = initial.text.trim() + paragraph.text;
      out.push({ ...paragraph, text, source: [...initial.source, ...paragraph.source] });
      initial = undefined;
    } else if (paragraph.isDropCap && paragraph.text.trim().length <= 3) initial = paragraph;
    else out.push(paragraph);
  }
  return initial ? [...out, initial] : out;
}
