/**
 * Names of delivered files and folders: they sort, are valid on Windows, macOS, Linux and S3, and never collide.
 */

/** Most bytes of UTF-8 in a name: file systems allow 255; the rest is for a number, an extension and a temporary suffix. */
const MAX_BYTES = 120;
/** Names that Windows reserves for devices, with or without an extension, also with blanks before it. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³]) *(\..*)?$/i;

/** Folder of a book: its title as a safe name. */
export function bookFolderName(title: string): string {
  return safeName(title, 'book');
}

/**
 * Name of a chapter's files without the extension: `03 - The Storm`. The number is padded to the width of the book's last
 * one, so that the files sort. It is unique, so it keeps titles apart that give the same safe name.
 */
export function chapterFileStem(number: number, chapters: number, title: string): string {
  return `${paddedNumber(number, chapters)} - ${safeName(title, 'chapter')}`;
}

/** Name of one part of a chapter, without the extension: `03a - The Storm (Part 1 of 2)`. */
export function partFileStem(of: { number: number; chapters: number; title: string; part: Part }): string {
  const { number, chapters, title, part } = of;
  const which = ` (Part ${part.number} of ${part.of})`;
  return `${paddedNumber(number, chapters)}${partLetters(part)} - ${safeName(title, 'chapter')}${which}`;
}

/** Part `number` (from 1) of `of`. */
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

/** Name of a line's file without the extension: `03-0042 Anna`. */
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

/** Suffix of a file that fails its check, so that nobody delivers it by mistake. */
export const FAILED_MARK = ' - FAILED CHECK';

/** Name of the book's file without the extension. */
export function bookFileStem(title: string): string {
  return safeName(title, 'book');
}

function safeName(title: string, fallback: string): string {
  const clean = title
    .normalize('NFC')
    // What some system forbids or treats as structure, and nonprinting characters.
    .replace(/[\\/:*?"<>|\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const fitted = fitBytes(clean, MAX_BYTES)
    // Windows drops trailing dots and spaces; elsewhere a leading dot hides the file.
    .replace(/^[. ]+|[. ]+$/gu, '');
  if (fitted === '') return fallback;
  return RESERVED.test(fitted) ? `_${fitted}` : fitted;
}

/** The longest prefix that fits and cuts no character in two. */
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
