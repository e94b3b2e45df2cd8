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
  return `${paddedNumber(number, chapters)} - ${safeName(title, 'chapter')}`;
}

/** The name of one part of a chapter: `03a - The Storm (Part 1 of 2)`. */
export function partFileStem(of: { number: number; chapters: number; title: string; part: Part }): string {
  const { number, chapters, title, part } = of;
  const which = ` (Part ${part.number} of ${part.of})`;
  return `${paddedNumber(number, chapters)}${partLetters(part)} - ${safeName(title, 'chapter')}${which}`;
}

/** Which part of how many, from 1. */
export interface Part {
  number: number;
  of: number;
}

/** The title of one part, for tags and chapter marks. */
export function partTitle(title: string, { number, of }: Part): string {
  return `${title} (Part ${number} of ${of})`;
}

/** Folder of the files of a chapter's lines: the chapter's own name. */
export function linesFolderName(stem: string): string {
  return `${stem} - lines`;
}

/** Name of a line's file without the ending: `03-0042 Anna`. */
export function lineFileStem(of: {
  chapter: number;
  chapters: number;
  line: number;
  lines: number;
  character: string;
}) {
  const { chapter, chapters, line, lines, character } = of;
  const number = String(line).padStart(Math.max(4, String(lines).length), '0');
  return `${paddedNumber(chapter, chapters)}-${number} ${safeName(character, 'speaker')}`;
}

function paddedNumber(number: number, chapters: number): string {
  return String(number).padStart(Math.max(2, String(chapters).length), '0');
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** `a`, `b`, … and with more than 26 parts `aa`, `ab`, …, so that they sort. */
function partLetters({ number, of }: Part): string {
  const last = LETTERS[(number - 1) % LETTERS.length]!;
  return of <= LETTERS.length ? last : `${LETTERS[Math.floor((number - 1) / LETTERS.length) % LETTERS.length]}${last}`;
}

/** Put behind a file's name when it fails its check, so that nobody delivers it by mistake. */
export const FAILED_MARK = ' - FAILED CHECK';

/** Name of the book's file without the ending. */
export function bookFileStem(title: string): string {
  return safeName(title, 'book');
}

function safeName(title: string, fallback: string): string {
  const clean = title
    .normalize('NFC')
    // What some system forbids or treats as structure, and everything that does not print.
    .replace(/[\\/:*?"<>|\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const fitted = fitBytes(clean, MAX_BYTES)
    // Windows drops dots and blanks at the end; a leading dot hides the file elsewhere.
    .replace(/^[. ]+|[. ]+$/gu, '');
  if (fitted === '') return fallback;
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
