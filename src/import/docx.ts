import type { Archive } from './archive.ts';
import { chaptersByHeadings } from './headings.ts';
import type { Block, ImportReading } from './imported.ts';
import { leaveOutBlocks } from './left-out.ts';
import { elementsOf, parseMarkup, textOf } from './markup.ts';
import { type Omission, sampleOf } from './tape.ts';
import { type WordParts, wordPartsOf } from './word-parts.ts';
import { headingLevels } from './word-styles.ts';
import { blockOf, readWordText, type WordParagraph } from './word-text.ts';

/**
 * Reads a Word document: paragraphs with their heading levels, with tracked changes accepted. Chapters begin at headings;
 * notes, comments, images and fields are left out and reported.
 */
export function readDocx(archive: Archive): ImportReading {
  const parts = wordPartsOf(archive);
  if (parts === undefined) {
    const message = 'This archive contains no Word document.';
    return { problem: { code: 'not-a-docx', message, fix: 'Save it again as .docx in the word processor.' } };
  }
  const levels = headingLevels(parts.styles === undefined ? '' : (archive.text(parts.styles) ?? ''));
  const { paragraphs, omissions } = readWordText(parseMarkup(archive.text(parts.main) ?? '').children, parts.main);
  const blocks = paragraphs.flatMap((paragraph): Block[] => {
    const block = blockOf(paragraph, levelOf(paragraph, levels));
    return block ? [block] : [];
  });
  const { chapters, bare } = chaptersByHeadings(blocks);
  if (chapters.length === 0) {
    const message = 'This document has no text to read aloud.';
    return { problem: { code: 'no-text', message, fix: 'Check that it is the right file.' } };
  }
  const core = parseMarkup(archive.text('docProps/core.xml') ?? '');
  const property = (name: string): string => [...elementsOf(core, name)].map((element) => textOf(element))[0] ?? '';
  const author = property('dc:creator');
  const language = property('dc:language');
  return {
    book: {
      title: property('dc:title'),
      ...(author && { author }),
      ...(language && { language }),
      chapters,
      notes: [],
      omissions: [
        ...leaveOutBlocks(omissions, bare, { reason: 'heading without text' }),
        ...otherParts(archive, parts),
      ],
    },
  };
}

function levelOf({ style, outline }: WordParagraph, levels: ReadonlyMap<string, number>): number | undefined {
  const level =
    levels.get(style) ?? Number(/^heading([1-9])$/i.exec(style)?.[1] ?? (outline === undefined ? 0 : outline + 1));
  return level >= 1 && level <= 9 ? level : undefined;
}

/** Notes, comments, headers and footers, paragraph by paragraph. */
function otherParts(archive: Archive, { footnotes, endnotes, others }: WordParts): Omission[] {
  const notes = [...footnotes, ...endnotes].map((name) => ({ name, reason: 'note' }));
  return [...notes, ...others].flatMap(({ name, reason }) => {
    const { paragraphs, letters } = readWordText(parseMarkup(archive.text(name) ?? '').children, name);
    if (letters === 0) return [];
    const sample = sampleOf(paragraphs.find(({ text }) => text.trim() !== '')?.text ?? '');
    return [{ part: name, start: 0, end: letters, reason, where: name, sample }];
  });
}
