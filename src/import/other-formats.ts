/** Files that are no manuscripts this program reads: what each is, and the way on. Known by what is in them. Pure. */
import type { ImportProblem } from './imported.ts';
import { binaryKindOf, isMarkup, notationOf } from './sniff.ts';

type Other = Pick<ImportProblem, 'message' | 'fix'>;

/** A document of LibreOffice or OpenOffice. */
export const OPEN_DOCUMENT: Other = {
  message: 'This is an OpenDocument file (.odt).',
  fix: 'Save it as .docx in LibreOffice or OpenOffice.',
};

const DOCX = 'Save it as .docx.';

/** What a binary file is instead of a manuscript; undefined when it may be text. */
export function otherFormatOf(bytes: Uint8Array): Other | undefined {
  const head = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (head.startsWith('%PDF'))
    return { message: 'This is a PDF, which has pages but no paragraphs.', fix: 'Use the EPUB, or save it as .docx.' };
  if (head.startsWith('\u00d0\u00cf\u0011\u00e0')) return compoundFile(bytes);
  if (head.startsWith('{\\rtf')) return { message: 'This is an RTF document.', fix: DOCX };
  const kindle = Buffer.from(bytes.subarray(60, 68)).toString('latin1');
  if (kindle === 'BOOKMOBI' || kindle === 'TEXtREAd' || head.startsWith('\u00eaDRMION'))
    return { message: 'This is a Kindle book.', fix: 'Convert it to EPUB, for example with Calibre.' };
  const kind = binaryKindOf(bytes);
  return kind === undefined
    ? undefined
    : { message: `This is ${kind}, not a manuscript.`, fix: 'Name the manuscript file.' };
}

/** Word keeps old documents, and new ones with a password, in the same container. */
function compoundFile(bytes: Uint8Array): Other {
  const encrypted = Buffer.from('EncryptedPackage', 'utf16le');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(encrypted)
    ? { message: 'This document is protected by a password.', fix: 'Open it in Word and save it without the password.' }
    : { message: 'This is an old Word document (.doc).', fix: DOCX };
}

/** What a text is instead of prose: its marks would be read aloud. Undefined for prose. */
export function otherTextOf(text: string): Other | undefined {
  const start = text.slice(0, 4000).trimStart();
  if (/^(?:WEBVTT\b|(?:\d+\s*\r?\n)?\d{1,2}:\d\d(?::\d\d)?[,.]\d{1,3} *-->)/.test(start))
    return {
      message: 'This is a file of subtitles, with a time before each line.',
      fix: 'Save its words as a text file.',
    };
  const root = isMarkup(start) ? rootOf(start) : undefined;
  if (root === 'fictionbook')
    return { message: 'This is a FictionBook (.fb2).', fix: 'Convert it to EPUB, for example with Calibre.' };
  if (root === 'html' || root === 'body' || root === 'head')
    return { message: 'This is an HTML page.', fix: 'Save it as .docx, or convert it to EPUB.' };
  if (root !== undefined)
    return { message: `This is XML ("${root}"), not prose.`, fix: 'Convert it to EPUB or .docx.' };
  const notation = notationOf(text);
  return notation === undefined
    ? undefined
    : { message: `This is ${notation}, not prose.`, fix: 'Name the manuscript file.' };
}

/** The first element; undefined for a text that only begins with one of Markdown's tags, such as `<br>` or `<p>`. */
function rootOf(start: string): string | undefined {
  const declared = /^(?:<\?xml|<!doctype)/i.test(start);
  const root = /<([A-Za-z][\w:.-]*)/
    .exec(start.replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<![^>]*>/g, ''))?.[1]
    ?.toLowerCase();
  return declared || root === 'html' || root === 'fictionbook' ? (root ?? 'markup') : undefined;
}
