/** Files that are no manuscripts this program reads: what each is, and the way on. Known by what is in them. Pure. */

import type { ImportProblem } from './imported.ts';
import { protectedPdf, scannedPdf } from './pdf/refusals.ts';
import { binaryKindOf, isMarkup, notationOf } from './sniff.ts';
import type { Archive } from './zip/archive.ts';

type Other = Pick<ImportProblem, 'message' | 'fix'>;

const TO_DOCX = 'Save it as .docx.';
const TO_EPUB = 'Convert it to EPUB, for example with Calibre.';
const KFX = 'This is a Kindle book (KFX).';
const FROM_KFX = 'Ask the publisher for the EPUB, or convert it with Calibre.';
const DRM = 'Ask the publisher for a copy without protection.';

/** What begins with these characters (one for each byte), and the way on. */
const STARTS: readonly (readonly [start: string, message: string, fix: string])[] = [
  ['{\\rtf', 'This is an RTF document.', TO_DOCX],
  ['\u00eaDRMION', 'This Kindle book is protected by DRM: its text is encrypted.', DRM],
  ['TPZ', 'This is a Kindle book (Topaz), which holds pictures of words.', 'Ask the publisher for the EPUB.'],
  ['CONT\u0002\0', KFX, FROM_KFX],
  ['ITOLITLS', 'This is a Microsoft Reader book (.lit).', TO_EPUB],
  ['L\0R\0F\0', 'This is a Sony book (.lrf).', TO_EPUB],
  ['\u00ffWPC', 'This is a WordPerfect document.', 'Save it as .docx in LibreOffice or WordPerfect.'],
  [
    'AT&TFORM',
    'This is a DjVu file: pictures of pages.',
    'Use the EPUB, or run text recognition (OCR) and save it as .docx.',
  ],
  ['%!PS', 'This is a PostScript file, which has pages but no paragraphs.', 'Use the EPUB, or save it as .docx.'],
  ['ITSF', 'This is a Windows help file (.chm).', TO_EPUB],
];

/** What a binary file is instead of a manuscript; undefined when it may be text. */
export function otherFormatOf(bytes: Uint8Array): Other | undefined {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  const start = STARTS.find(([text]) => head.startsWith(text));
  if (start) return { message: start[1], fix: start[2] };
  if (isPdf(bytes)) return pdf(bytes);
  if (head.startsWith('\u00d0\u00cf\u0011\u00e0')) return compoundFile(bytes);
  const kindle = palmBook(bytes);
  if (kindle) return kindle;
  const kind = binaryKindOf(bytes);
  return kind === undefined
    ? undefined
    : { message: `This is ${kind}, not a manuscript.`, fix: 'Name the manuscript file.' };
}

/** Whether it is a PDF that the optional package can be asked to read: nothing in it says that it is in vain. */
export function isReadablePdf(bytes: Uint8Array): boolean {
  return isPdf(bytes) && [ANY_PDF, LOCKED_PDF].includes(pdf(bytes));
}

/** Some programs write a few bytes before it (PDF 1.7, appendix H, note 13). */
function isPdf(bytes: Uint8Array): boolean {
  return /%PDF-\d/.test(Buffer.from(bytes.subarray(0, 1024)).toString('latin1'));
}

/** It may open without a password all the same. */
const LOCKED_PDF: Other = protectedPdf('password');

const ANY_PDF: Other = {
  message: 'This is a PDF, which has pages but no paragraphs.',
  fix: 'Use the EPUB or the manuscript of the author. If there is none: open it in Word, correct the result, and save it as .docx.',
};

function pdf(bytes: Uint8Array): Other {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (/\/Filter\s*\/(?:EBX_HANDLER|FOPN_\w+|Adobe\.APS)/.test(all.subarray(-MOST_OF_END).toString('latin1')))
    return protectedPdf('drm');
  if (all.includes('/Encrypt') && /\/Encrypt\s+\d+\s+\d+\s+R/.test(all.subarray(-4096).toString('latin1')))
    return LOCKED_PDF;
  const hasFonts = all.includes('/Font') || all.includes('/ObjStm');
  return !hasFonts && all.includes('/Image') ? scannedPdf() : ANY_PDF;
}

/** The encryption dictionary is a plain object, usually near the end, in bytes. */
const MOST_OF_END = 1024 * 1024;

/** Word keeps old documents, and new ones with a password, in the same container. */
function compoundFile(bytes: Uint8Array): Other {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (name: string): boolean => all.includes(Buffer.from(name, 'utf16le'));
  if (has('EncryptedPackage'))
    return {
      message: 'This document is protected by a password.',
      fix: 'Open it in Word and save it without the password.',
    };
  if (has('Workbook') || has('PowerPoint Document'))
    return { message: 'This is a spreadsheet or a presentation.', fix: 'Copy its text into a .docx document.' };
  return { message: 'This is an old Word document (.doc).', fix: TO_DOCX };
}

/** Books for Palm and Kindle share a container; the first record of a Kindle book says whether it is encrypted (MobileRead wiki, MOBI). */
function palmBook(bytes: Uint8Array): Other | undefined {
  const kind = Buffer.from(bytes.subarray(60, 68)).toString('latin1');
  if (/^PNRd|^Data/.test(kind)) return { message: 'This is an eReader book (.pdb).', fix: TO_EPUB };
  if (kind !== 'BOOKMOBI' && kind !== 'TEXtREAd') return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const record = bytes.length >= 82 ? view.getUint32(78) : bytes.length;
  const isEncrypted = record + 14 <= bytes.length && view.getUint16(record + 12) !== 0;
  if (isEncrypted) return { message: 'This Kindle book is protected by DRM: its text is encrypted.', fix: DRM };
  return { message: 'This is a Kindle book.', fix: TO_EPUB };
}

/** What a text is instead of prose: its marks would be read aloud. Undefined for prose. */
export function otherTextOf(text: string): Other | undefined {
  const start = text
    .slice(0, 4000)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (/^\{\\(?:rtf|pard|fonttbl|colortbl|stylesheet|info)(?![a-z])/.test(start) || /^\{\\rtf\d/.test(start))
    return { message: 'This is an RTF document.', fix: TO_DOCX };
  const timed = timedText(start);
  if (timed) return timed;
  const root = isMarkup(start) ? rootOf(start) : undefined;
  if (root !== undefined) return XML[root.replace(/^\w+:/, '')] ?? unknownXml(root);
  if (/^\\(?:documentclass|documentstyle|begin\{document\})/m.test(start))
    return { message: 'This is a LaTeX document.', fix: 'Convert it to .docx or EPUB, for example with Pandoc.' };
  const notation = notationOf(text);
  if (notation === 'JSON data' && /"encryption"\s*:\s*\{[\s\S]*readium\.org\/lcp/.test(text))
    return { message: 'This is a license for a book that is protected by DRM (Readium LCP), not the book.', fix: DRM };
  return notation === undefined
    ? undefined
    : { message: `This is ${notation}, not prose.`, fix: 'Name the manuscript file.' };
}

const TO_SRT = 'Convert it to .srt or .vtt, for example with Subtitle Edit.';

/** Subtitles and lyrics of other kinds than SubRip and WebVTT. */
function timedText(start: string): Other | undefined {
  if (/^\[Script Info\]/i.test(start))
    return { message: 'This is a file of SubStation subtitles (.ass).', fix: TO_SRT };
  if (/^\{\d+\}\{\d+\}/.test(start)) return { message: 'This is a file of MicroDVD subtitles (.sub).', fix: TO_SRT };
  if (/^\d+:\d\d:\d\d\.\d{3},\d+:\d\d:\d\d\.\d{3}\s*$/m.test(start.slice(0, 40)))
    return { message: 'This is a file of YouTube subtitles (.sbv).', fix: TO_SRT };
  const timed = start.split(/\r\n|\n|\r/).filter((line) => /^\[\d{1,2}:\d{2}(?:[.:]\d{1,3})?\]/.test(line)).length;
  return timed >= 2 || /^\[(?:ti|ar|al):/i.test(start)
    ? { message: 'This is a file of lyrics with times (.lrc).', fix: 'Save its words alone as a text file.' }
    : undefined;
}

const XML: Readonly<Record<string, Other>> = {
  fictionbook: { message: 'This is a FictionBook (.fb2).', fix: TO_EPUB },
  tt: { message: 'This is a file of subtitles (TTML).', fix: TO_SRT },
  fulfillmenttoken: {
    message: 'This is a ticket for a book that is protected by DRM (.acsm), not the book.',
    fix: DRM,
  },
  html: { message: 'This is an HTML page.', fix: 'Save it as .docx, or convert it to EPUB.' },
  worddocument: { message: 'This is a Word document of 2003 (XML).', fix: TO_DOCX },
  package: {
    message: 'This is a Word document as one XML file, or the list of an unpacked EPUB.',
    fix: 'Save it as .docx, or name the EPUB file.',
  },
  container: { message: 'This is a part of an unpacked EPUB.', fix: 'Name the EPUB file.' },
  ncx: { message: 'This is the table of contents of an unpacked EPUB.', fix: 'Name the EPUB file.' },
  book: { message: 'This is a DocBook document.', fix: 'Convert it to EPUB or .docx, for example with Pandoc.' },
  dtbook: { message: 'This is a DAISY book (DTBook).', fix: 'Convert it to EPUB, for example with DAISY Pipeline.' },
};

function unknownXml(root: string): Other {
  return { message: `This is XML ("${root}"), not prose.`, fix: 'Convert it to EPUB or .docx.' };
}

/** The first element; undefined for a text that only begins with one of Markdown's tags, such as `<br>` or `<p>`. */
function rootOf(start: string): string | undefined {
  const declared = /^(?:<\?xml|<!doctype)/i.test(start);
  const root = /<([A-Za-z][\w:.-]*)/
    .exec(start.replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<![^>]*>/g, ''))?.[1]
    ?.toLowerCase();
  const isKnown = root !== undefined && Object.hasOwn(XML, root.replace(/^\w+:/, ''));
  return declared || (isKnown && root !== 'book') ? (root ?? 'markup') : undefined;
}

/** What an archive is that holds neither an EPUB nor a document. */
export function otherArchiveOf(archive: Pick<Archive, 'names'>): Other {
  const { names } = archive;
  const some = (pattern: RegExp): string | undefined => names.find((name) => pattern.test(name));
  if (some(/^(?:Index\/Document\.iwa|index\.xml(?:\.gz)?|Index\.zip)$/i))
    return { message: 'This is a Pages document.', fix: 'Export it as Word or EPUB in Pages.' };
  if (some(/^(?:xl\/workbook|ppt\/presentation)\.xml$/))
    return { message: 'This is a spreadsheet or a presentation.', fix: 'Copy its text into a .docx document.' };
  // `.kfx-zip`: a book, its pictures and its metadata apart.
  if (some(/\.(?:kfx|kdf|kpf|azw\d?)(?:\.\w{1,5})?$/i)) return { message: KFX, fix: FROM_KFX };
  const files = names.filter((name) => !name.endsWith('/') && !/(?:^|\/)(?:\.|__MACOSX\/|thumbs\.db$)/i.test(name));
  const pictures = files.filter((name) => /\.(?:jpe?g|png|gif|webp|avif)$/i.test(name)).length;
  if (pictures > 0 && pictures >= files.length - 2)
    return { message: 'This is a comic (.cbz): its pages are pictures.', fix: 'Write its words into a text file.' };
  const inside = files.find((name) => /\.(?:epub|docx|odt|fb2|txt|md|html?|srt|vtt)$/i.test(name));
  if (inside && /\.fb2$/i.test(inside)) return { message: 'This is a packed FictionBook (.fb2.zip).', fix: TO_EPUB };
  return {
    message: 'This archive is neither an EPUB nor a document.',
    fix: inside === undefined ? 'Name the manuscript file.' : 'Unpack it and import the book inside.',
  };
}
