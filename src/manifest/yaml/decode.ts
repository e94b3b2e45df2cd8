import { isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/**
 * Decodes a text file and drops its byte order mark. Strict UTF-8 only, because text in a guessed encoding would be spoken
 * wrong. Any other file gives one diagnostic that says what it is and where it stops being UTF-8.
 */
export function decodeText({
  file,
  bytes,
}: {
  file: string;
  bytes: Uint8Array;
}): { text: string } | { diagnostic: Diagnostic } {
  const problem = problemOf(bytes);
  if (problem) return { diagnostic: { severity: 'error', file, ...problem } };
  return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes) };
}

type Problem = Pick<Diagnostic, 'code' | 'message' | 'fix'>;

const IMPORT = '`pipeline import` makes chapters of a document; or save it as plain text.';
const SAVE_AGAIN = 'Save it as plain text, or as .docx for `pipeline import`.';
/** Documents by their first bytes. The last is text, and would be read aloud. */
const DOCUMENTS: readonly (readonly [begins: readonly number[], what: string, fix: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a Word document, an EPUB or another archive', IMPORT],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'a PDF', IMPORT],
  [[0xd0, 0xcf, 0x11, 0xe0], 'a document of an old Word or Office', SAVE_AGAIN],
  [[0x7b, 0x5c, 0x72, 0x74, 0x66], 'an RTF document', SAVE_AGAIN],
];

const SAVE_AS_UTF8 = 'Save it as UTF-8 (in most editors: "Save with encoding", UTF-8).';

function problemOf(bytes: Uint8Array): Problem | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { code: 'not-utf8', message: 'This file is UTF-16, not UTF-8.', fix: SAVE_AS_UTF8 };
  }
  const document = DOCUMENTS.find(([begins]) => begins.every((byte, at) => bytes[at] === byte));
  if (document !== undefined) {
    const [, what, fix] = document;
    return { code: 'binary-file', message: `This is ${what}, not a text file.`, fix };
  }
  const nul = bytes.indexOf(0);
  if ((nul === 0 || nul === 1) && isUtf16WithoutMark(bytes, nul)) {
    return {
      code: 'not-utf8',
      message: 'This file is UTF-16 without a byte order mark, not UTF-8.',
      fix: SAVE_AS_UTF8,
    };
  }
  if (nul >= 0) {
    const message = `This is not a text file: byte ${nul} is a NUL (line ${lineOfByte(bytes, nul)}).`;
    return {
      code: 'binary-file',
      message,
      fix: 'Name a text file here; save a document as plain text first.',
    };
  }
  if (isUtf8(bytes)) return undefined;
  const bad = validPrefixLength(bytes);
  const hex = bytes[bad]!.toString(16).padStart(2, '0').toUpperCase();
  const message = `This file is not UTF-8: byte ${bad} is 0x${hex} (line ${lineOfByte(bytes, bad)}).`;
  return { code: 'not-utf8', message, fix: SAVE_AS_UTF8 };
}

/** Whether every second byte of the beginning, from `nul` on, is a NUL, as in Latin letters of UTF-16, and no other. */
function isUtf16WithoutMark(bytes: Uint8Array, nul: number): boolean {
  const pairs = Math.min(bytes.length, 8) >> 1;
  const isNul = (at: number): boolean => bytes[at] === 0;
  return (
    pairs > 1 &&
    Array.from({ length: pairs }, (_, pair) => 2 * pair).every((at) => isNul(at + nul) && !isNul(at + 1 - nul))
  );
}

/** Number of bytes before the first invalid one, by bisection over prefixes that end at a character. */
function validPrefixLength(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    const cut = characterStart(bytes, middle);
    if (cut <= valid) break;
    if (isUtf8(bytes.subarray(valid, cut))) valid = cut;
    else invalid = cut;
  }
  // At most two characters are left.
  while (valid < bytes.length) {
    const length = [1, 2, 3, 4].find((n) => valid + n <= bytes.length && isUtf8(bytes.subarray(valid, valid + n)));
    if (length === undefined) break;
    valid += length;
  }
  return valid;
}

/** The start of the character that `offset` is in: steps back over at most three continuation bytes (10xxxxxx). */
function characterStart(bytes: Uint8Array, offset: number): number {
  let start = offset;
  while (start > 0 && offset - start < 3 && (bytes[start]! & 0xc0) === 0x80) start--;
  return start;
}

function lineOfByte(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
  return line;
}
