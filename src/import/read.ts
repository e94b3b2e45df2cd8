import { decodeText } from '../manifest/decode.ts';
import { ArchiveDamaged, openArchive } from './archive.ts';
import { readDocx } from './docx.ts';
import { readEpub } from './epub.ts';
import type { ImportReading } from './imported.ts';
import { readMarkdownText } from './markdown-text.ts';
import { MarkupRefused } from './markup.ts';
import { readPlainText } from './plain-text.ts';

/**
 * Reads a manuscript: EPUB, Word, Markdown or plain text, detected by content; Markdown by its name. Returns a book, or a
 * problem worded for an editor. Never throws; bounds its time and memory for any input.
 */
export function readManuscript({
  name,
  bytes,
  keepMatter = false,
}: {
  /** The file's name, for its extension and for messages. */
  name: string;
  bytes: Uint8Array;
  /** Keep front and back matter of an EPUB. */
  keepMatter?: boolean;
}): ImportReading {
  try {
    if (bytes.length === 0) return refuse('empty-file', 'This file is empty.', 'Check that it was copied completely.');
    const head = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
    if (head.startsWith('PK')) return readArchive(bytes, keepMatter);
    const other = OTHER_KINDS.find(({ start }) => head.startsWith(start));
    if (other) return refuse('unknown-format', other.message, other.fix);
    const decoded = decodeText({ file: name, bytes });
    if ('diagnostic' in decoded) return { problem: decoded.diagnostic };
    return /\.(?:md|markdown)$/i.test(name) ? readMarkdownText(decoded.text) : readPlainText(decoded.text);
  } catch (error) {
    if (error instanceof ArchiveDamaged)
      return refuse('archive-damaged', error.message, 'Copy or download the file again.');
    if (error instanceof MarkupRefused)
      return refuse('markup-refused', error.message, 'Export the book again with another program.');
    throw error;
  }
}

const OTHER_KINDS = [
  {
    start: '%PDF',
    message: 'This is a PDF, which has pages but no paragraphs.',
    fix: 'Use the EPUB, or save it as .docx.',
  },
  { start: '\u00d0\u00cf\u0011\u00e0', message: 'This is an old Word document (.doc).', fix: 'Save it as .docx.' },
  { start: '{\\rtf', message: 'This is an RTF document.', fix: 'Save it as .docx.' },
] as const;

function readArchive(bytes: Uint8Array, keepMatter: boolean): ImportReading {
  const archive = openArchive(bytes);
  if ('problem' in archive) return archive;
  const has = (name: string): boolean => archive.names.includes(name);
  if (has('META-INF/container.xml')) return readEpub(archive, { keepMatter });
  if (has('word/document.xml')) return readDocx(archive);
  return refuse(
    'unknown-format',
    'This archive is neither an EPUB nor a Word document.',
    'Unpack it and import the book inside.',
  );
}

function refuse(code: string, message: string, fix: string): ImportReading {
  return { problem: { code, message, fix } };
}
