/**
 * Names of delivered files and folders: they sort, they are legal on Windows, macOS, Linux and S3, and they never collide.
 */

/** Most bytes of UTF-8 in a name: file systems end at 255, and room is left for a number, an ending and a temporary mark. */
const MAX_BYTES = 120;
/** Names that Windows keeps for devices, with or without an ending. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** Folder of a book: its title made safe. */
export function bookFolderName(title: string): string {
  return safeName(title, 'book');
}

/**
 * Name of a chapter's files without the ending: `03 - The Storm`. The number is padded to the width of the book's
 * last one, so that the files sort; and being unique, it keeps two titles that clean to the same name apart.
 */
export function chapterFileStem(number: number, chapters: number, title: string): string {
  const width = Math.max(2, String(chapters).length);
  return `${String(number).padStart(width, '0')} - ${safeName(title, 'chapter')}`;
}

/** Put behind a file's name when it fails its check, so that nobody delivers it by mistake. */
export const FAILED_MARK = ' - FAILED CHECK';

/** Name of the book's file without the ending. */
export function bookFileStem(title: string): string {
  return safeName(title, 'book');
}

function safeName(title: string, otherwise: string): string {
  const clean = title
    .normalize('NFC')
    // What some system forbids or treats as structure, and everything that does not print.
    .replace(/[\\/:*?"<>|\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const fitted = fitBytes(clean, MAX_BYTES)
    // Windows drops dots and blanks at the end; a leading dot hides the file elsewhere.
    .replace(/^[. ]+|[. ]+$/gu, '');
  if (fitted === '') return otherwise;
  return RESERVED.test(fitted) ? `_${fitted}` : fitted;
}

/** The longest start of whole characters that fits. */
function fitBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) return text.slice(0, end);
    end += character.length;
  }
  return text;
}
