import { decodeText } from '../manifest/yaml/decode.ts';
import { decodeDeclaredText, decodeMarkup, isUtf16 } from './encoding.ts';
import { readEpub } from './epub/epub.ts';
import { readHtml } from './html/html.ts';
import { isHtml } from './html/html-shape.ts';
import type { ImportedBook, ImportProblem, ImportReading, TextOptions } from './imported.ts';
import { MarkupDamaged } from './markup/damage.ts';
import { MarkupRefused } from './markup/markup.ts';
import { readDocx } from './office/docx.ts';
import { readOdt } from './office/odt.ts';
import { wordPartsOf } from './office/word-parts.ts';
import { oneChapterNote } from './one-chapter.ts';
import { otherArchiveOf, otherFormatOf, otherTextOf } from './other-formats.ts';
import type { PdfDocument } from './pdf/document.ts';
import { readPdf } from './pdf/read-pdf.ts';
import { sampleOf } from './tape.ts';
import { hyphenJoiner } from './text/line-hyphens.ts';
import { readMarkdownText } from './text/markdown-text.ts';
import { readPlainText } from './text/plain-text.ts';
import { isSubtitles } from './text/subtitle-lines.ts';
import { readSubtitles } from './text/subtitles.ts';
import { ArchiveDamaged, openArchive } from './zip/archive.ts';

/** What of a manuscript is read. */
export interface ReadOptions extends TextOptions {
  /** A PDF that has been opened; its bytes are not read then. */
  pdf?: PdfDocument | undefined;
  /** Indexes of the pages of a PDF that are read; the others are left out. Default: all. */
  pages?: ReadonlySet<number> | undefined;
}

/**
 * Reads a manuscript: EPUB, Word, OpenDocument, HTML, subtitles, Markdown or plain text, detected by content; Markdown by its
 * name. Returns a book, or a
 * problem worded for an editor. Never throws; bounds its time and memory for any input.
 */
export function readManuscript({
  name,
  bytes,
  ...options
}: ReadOptions & {
  /** The file's name, for its extension and for messages. */
  name: string;
  bytes: Uint8Array;
}): ImportReading {
  try {
    if (bytes.length === 0 && options.pdf === undefined)
      return refuse('empty-file', 'This file is empty.', 'Check that it was copied completely.');
    const reading = readAny(name, bytes, options);
    return 'book' in reading ? (unreadableIn(reading.book) ?? withNote(joined(reading.book))) : reading;
  } catch (error) {
    if (error instanceof ArchiveDamaged)
      return refuse('archive-damaged', error.message, 'Copy or download the file again.');
    if (error instanceof MarkupDamaged) return refuse('markup-damaged', error.message, REPAIR);
    if (error instanceof MarkupRefused)
      return refuse('markup-refused', error.message, 'Export the book again with another program.');
    throw error;
  }
}

/** Word and LibreOffice offer it when they open the file. */
const REPAIR =
  'Copy or download it again. If it stays so, open it in LibreOffice or Calibre, let that repair it, compare the end, and save it again.';

/** The book with words joined that a break within a paragraph divides, as conversions of printed pages leave them. */
function joined(book: ImportedBook): ImportedBook {
  const blocks = book.chapters.flatMap((chapter) => chapter.blocks);
  if (!blocks.some(({ text }) => /[-‐¬]\n/u.test(text))) return book;
  const join = hyphenJoiner(blocks.map(({ text }) => text));
  const chapters = book.chapters.map((chapter) => ({
    ...chapter,
    blocks: chapter.blocks.map((block) => ({ ...block, text: join(block.text) })),
  }));
  return { ...book, chapters };
}

function withNote(book: ImportedBook): ImportReading {
  const note = oneChapterNote(book);
  return { book: note === undefined ? book : { ...book, notes: [note, ...book.notes] } };
}

function readAny(name: string, bytes: Uint8Array, options: ReadOptions): ImportReading {
  if (options.pdf !== undefined) return readPdf(options.pdf, options);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return readArchive(bytes, options);
  const other = otherFormatOf(bytes);
  if (other) return { problem: { code: 'unknown-format', ...other } };
  const isMarkdown = MARKDOWN.test(name);
  const head = Buffer.from(bytes.subarray(0, 4000)).toString('latin1').replace(/^ï»¿/, '');
  // What ends an element of a page may be far behind.
  const looked = isUtf16(bytes)
    ? decodeMarkup(bytes)
    : /^\s*</.test(head)
      ? Buffer.from(bytes).toString('latin1')
      : head;
  if (isHtml(looked.replace(/^ï»¿/, ''), isMarkdown)) return readHtml(decodeMarkup(bytes), options);
  // UTF-16 is declared by a mark, or plain to see, and some files say what they are; any other encoding would be a guess.
  const declared = isUtf16(bytes) ? decodeMarkup(bytes) : decodeDeclaredText(bytes);
  const decoded = declared !== undefined ? { text: declared } : decodeText({ file: name, bytes });
  if ('diagnostic' in decoded) return { problem: decoded.diagnostic };
  if (isSubtitles(decoded.text)) return readSubtitles(decoded.text);
  const markup = otherTextOf(decoded.text);
  if (markup) return { problem: { code: 'unknown-format', ...markup } };
  return isMarkdown ? readMarkdownText(decoded.text, options) : readPlainText(decoded.text, options);
}

const MARKDOWN = /\.(?:md|markdown)$/i;

/** Text that could not be decoded: it would be spoken wrong, or not at all. */
function unreadableIn(book: ImportedBook): { problem: ImportProblem } | undefined {
  for (const { title, blocks } of book.chapters) {
    const block = blocks.find(({ text }) => text.includes('\ufffd'));
    if (block === undefined) continue;
    const at = block.text.indexOf('\ufffd');
    const place = block.source?.[0]?.part || `chapter "${sampleOf(title)}"`;
    const message = `Some characters cannot be read (${place}: "${block.text.slice(Math.max(0, at - 20), at + 20).replace(/\s+/g, ' ')}").`;
    const fix =
      'The file is not in the encoding that it declares, or declares none and is not UTF-8: export the book again, as UTF-8.';
    return { problem: { code: 'not-decoded', message, fix } };
  }
  return undefined;
}

function readArchive(bytes: Uint8Array, options: ReadOptions): ImportReading {
  const archive = openArchive(bytes);
  if ('problem' in archive) return archive;
  const has = (name: string): boolean => archive.names.includes(name);
  if (has('META-INF/container.xml')) return readEpub(archive, options);
  if (wordPartsOf(archive)) return readDocx(archive, options);
  if (has('content.xml')) return readOdt(archive, options);
  return { problem: { code: 'unknown-format', ...otherArchiveOf(archive) } };
}

function refuse(code: string, message: string, fix: string): ImportReading {
  return { problem: { code, message, fix } };
}
