/**
 * From the words of a PDF to a book. The order of each page must be proven, by its tags or by the places of its lines; otherwise
 * the PDF is refused with the page. Pure.
 */

import { factsOf } from '../facts/facts.ts';
import { headingShape } from '../headings/heading-forms.ts';
import type { ImportProblem, ImportReading } from '../imported.ts';
import { chaptersOfBlocks } from '../office/chapters-of-blocks.ts';
import { headingsByLook } from '../office/word-look.ts';
import { countLetters, type Omission, sampleOf } from '../tape.ts';
import { type PdfDocument, pageName } from './document.ts';
import { headingLevels } from './headings.ts';
import { garbledFonts, unknownLetters } from './letters-unknown.ts';
import { type LineItem, linesOfPage, type PdfLine, type PdfOmission, spansOf, textOf } from './lines.ts';
import { footnotes, noteMarks } from './notes.ts';
import { orderFault } from './order.ts';
import { type PageShape, pageShape } from './page-shape.ts';
import { paragraphsOf, type ReadLine } from './paragraphs.ts';
import { type PageFault, rangesOf, scannedPdf, unreadablePages } from './refusals.ts';
import { runningLines } from './running-lines.ts';
import { taggedOmission, taggedOrder } from './tags.ts';

/** What of a PDF is read. */
export interface PdfOptions {
  keepMatter?: boolean;
  notes?: 'leave' | 'end';
  /** Indexes of the pages that are read; the others are left out. Default: all. */
  pages?: ReadonlySet<number> | undefined;
}

const EMPTY_PDF: ImportProblem = {
  code: 'no-text',
  message: 'This PDF has no text: its pages are empty, or drawings.',
  fix: 'Check that it is the right file.',
};

/** Reads a PDF. Never throws for what is in the file. */
export function readPdf(pdf: PdfDocument, options: PdfOptions = {}): ImportReading {
  const { pages } = pdf;
  const isRead = (index: number): boolean => options.pages?.has(index) ?? true;
  const hasLetters = pages.map(({ items }) => items.some(({ text }) => /[\p{L}\p{N}]/u.test(text)));
  if (!hasLetters.includes(true) && pages.every(({ failure }) => failure === undefined))
    return { problem: pdf.hasPictures ? scannedPdf() : EMPTY_PDF };
  const garbled = garbledFonts(pages);
  const faults: PageFault[] = pages.flatMap((page, index) => {
    if (!isRead(index)) return [];
    const failure = page.failure && `it is damaged (${sampleOf(page.failure)})`;
    const reason = failure ?? unknownLetters(page, pdf.fonts, garbled);
    return reason === undefined ? [] : [{ page: index, reason }];
  });
  const orders = pages.map(({ tags, items }) => taggedOrder(tags, items));
  let lettersBefore = 0;
  const read = pages.map((page, index) => {
    const lines = linesOfPage(page, index, { order: orders[index], lettersBefore });
    for (const { text } of page.items) lettersBefore += countLetters(text);
    return lines;
  });
  const chosen = read.map(({ lines }, index) => (isRead(index) ? lines : []));
  const sorted = sortedLines(chosen, options);
  for (const [index, lines] of sorted.text.entries()) {
    const reason = orders[index] === undefined ? orderFault(lines) : undefined;
    if (reason !== undefined) faults.push({ page: index, reason });
  }
  if (faults.length > 0)
    return {
      problem: unreadablePages(
        faults.sort((a, b) => a.page - b.page),
        pages.length,
      ),
    };
  const { levels, unfound } = headingLevels(sorted.text, { bookmarks: pdf.outline, size: sorted.shape.size });
  const blocks = paragraphsOf(linesToRead(sorted, levels), sorted.shape);
  const reading = chaptersOfBlocks({
    blocks: chosenHeadings(blocks),
    omissions: inOrder([
      ...read.flatMap(({ lines, omissions }, index) => (isRead(index) ? omissions : [unread(index, lines, omissions)])),
      ...sorted.omissions,
    ]),
    facts: factsOf(pdf.facts),
    keepMatter: options.keepMatter === true,
    subject: 'PDF',
  });
  if ('book' in reading) reading.book.notes.push(...notesOf(hasLetters, isRead, unfound));
  return reading;
}

/** The lines of the text by page, those of notes, and what is neither. */
interface SortedLines {
  text: PdfLine[][];
  /** By page, in their order. Empty when notes are left out. */
  notes: ReadonlyMap<number, PdfLine[]>;
  omissions: PdfOmission[];
  shape: PageShape;
}

function sortedLines(pages: readonly (readonly PdfLine[])[], options: PdfOptions): SortedLines {
  const omissions: PdfOmission[] = [];
  const leaveOut = (line: PdfLine, reason: string): void =>
    void omissions.push({ page: line.page, items: line.items, reason });
  const running = runningLines(pages);
  const untagged = pages.map((lines) =>
    lines.filter((line) => {
      const reason = running.get(line) ?? taggedOmission(line.tag?.role);
      if (reason !== undefined && !(reason === 'note' && options.notes === 'end')) leaveOut(line, reason);
      return reason === undefined || (reason === 'note' && options.notes === 'end');
    }),
  );
  const { size } = pageShape(untagged.flat());
  const small = footnotes(untagged, size);
  const isNote = (line: PdfLine): boolean => small.get(line.page)?.includes(line) === true || isTaggedNote(line);
  const text = untagged.map((lines) => lines.filter((line) => !isNote(line)));
  const notes = new Map(untagged.map((lines, page) => [page, lines.filter(isNote)]));
  for (const lines of notes.values()) if (options.notes !== 'end') for (const line of lines) leaveOut(line, 'note');
  for (const line of text.flat())
    for (const mark of noteMarks(line)) omissions.push({ page: line.page, items: [mark], reason: 'note mark' });
  return { text, notes: options.notes === 'end' ? notes : new Map(), omissions, shape: pageShape(text.flat()) };
}

function isTaggedNote({ tag }: PdfLine): boolean {
  return tag !== undefined && taggedOmission(tag.role) === 'note';
}

/** The lines without marks of notes; notes go behind the paragraph in which their page ends. */
function linesToRead({ text, notes }: SortedLines, levels: ReadonlyMap<PdfLine, number>): ReadLine[] {
  const reads: ReadLine[] = [];
  for (const [page, lines] of text.entries()) {
    const isMoved = !isDrawnInOrder(lines);
    for (const whole of lines) {
      const line = withoutMarks(whole);
      const level = levels.get(whole);
      if (line.items.length > 0)
        reads.push({ line, ...(level !== undefined && { level }), ...(isMoved && { isMoved }) });
    }
    for (const line of notes.get(page) ?? [])
      reads.push({
        line,
        isMoved: true,
        note: /^\W{0,2}(?:\d{1,3}\b|[*†‡§¶])/.test(line.text) ? 'begins' : 'goes on',
      });
  }
  return reads;
}

function withoutMarks(line: PdfLine): PdfLine {
  const marks = noteMarks(line);
  if (marks.length === 0) return line;
  const items = line.items.filter((item) => !marks.includes(item));
  return { ...line, items, text: textOf(items) };
}

function isDrawnInOrder(lines: readonly PdfLine[]): boolean {
  let at = 0;
  return lines.every(({ items }) =>
    items.every(({ start, end }) => {
      const isLater = start >= at;
      at = Math.max(at, end);
      return isLater;
    }),
  );
}

/** By size alone, a title page may be all that has headings: then the rules for text files count. */
function chosenHeadings(blocks: ReturnType<typeof paragraphsOf>): ReturnType<typeof paragraphsOf> {
  const isChapter = ({ kind, text }: (typeof blocks)[number]): boolean =>
    kind === 'heading' && headingShape(text)?.kind === 'chapter';
  const headings = blocks.filter(({ kind }) => kind === 'heading');
  const bare = blocks.map((block) => {
    const { level: _, ...rest } = block;
    return block.kind === 'heading' ? { ...rest, kind: 'text' as const } : block;
  });
  const looked = headingsByLook(bare).blocks.filter(isChapter).length;
  return looked > 1 && looked > headings.length ? bare : blocks;
}

function unread(page: number, lines: readonly PdfLine[], omissions: readonly PdfOmission[]): PdfOmission {
  const items = [...lines.flatMap((line) => line.items), ...omissions.flatMap((one) => one.items)];
  return { page, items: items.sort((a, b) => a.start - b.start), reason: 'page outside of --pages' };
}

function inOrder(omissions: readonly PdfOmission[]): Omission[] {
  return omissions
    .flatMap(({ page, items, reason }) => {
      const sample = sampleOf(textOf(items));
      return spansOf(items as LineItem[]).map((span) => ({
        ...span,
        page,
        reason,
        sample,
        where: pageName(page),
      }));
    })
    .sort((a, b) => a.page - b.page || a.start - b.start)
    .map(({ page: _, ...omission }) => omission);
}

function notesOf(hasLetters: readonly boolean[], isRead: (page: number) => boolean, unfound: number): string[] {
  const empty = hasLetters.flatMap((has, page) => (has || !isRead(page) ? [] : [page]));
  const notes = [];
  if (empty.length > 0) notes.push(`Pages without letters, blank or pictures: ${rangesOf(empty)}.`);
  if (unfound > 0) notes.push(`${unfound} of the bookmarks were not found on their pages.`);
  return notes;
}
