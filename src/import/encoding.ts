/** Decodes files of markup and text as they declare themselves. Pure. */
import { isUtf8 } from 'node:buffer';
import { decodeKorean } from './korean.ts';

/**
 * Decodes markup as it declares itself: by its byte order mark, its XML declaration, or a `meta` of its head; otherwise as
 * UTF-8. A byte that the encoding does not have becomes U+FFFD, which the import refuses with its place. Pure.
 */
export function decodeMarkup(bytes: Uint8Array): string {
  return decodeAs(encodingOf(bytes), bytes);
}

/** As the Encoding Standard has it, where Node differs. */
function decodeAs(label: string, bytes: Uint8Array): string {
  const decoder = new TextDecoder(label);
  if (decoder.encoding === 'windows-1252') return decodeWindows1252(bytes);
  if (decoder.encoding === 'euc-kr') return decodeKorean(bytes);
  // The standard reads both alike (10.1.1); Node knows no four-byte characters in "gbk".
  if (decoder.encoding === 'gbk') return new TextDecoder('gb18030').decode(bytes);
  const text = decoder.decode(bytes);
  // Characters of Hong Kong: Node gives them codes that stand for nothing.
  return decoder.encoding === 'big5' ? text.replace(/[\ue000-\uf8ff]/g, '\ufffd') : text;
}

/** Whether bytes are plainly UTF-16: they begin with its mark, or with `<` in two bytes. */
export function isUtf16(bytes: Uint8Array): boolean {
  return markedEncoding(bytes)?.startsWith('utf-16') === true;
}

/**
 * Decodes a text file that says itself how: by the escapes of ISO-2022-JP, by a line of Project Gutenberg ("Character set encoding:
 * ISO-8859-1") or of an editor (`-*- coding: big5 -*-`). Undefined for any other, and for one that is UTF-8 anyway.
 */
export function decodeDeclaredText(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, TEXT_HEAD_BYTES)).toString('latin1');
  if (/\x1b\$[@B]/.test(head)) return new TextDecoder('iso-2022-jp').decode(bytes);
  const label = TEXT_DECLARATION.exec(head)
    ?.slice(1)
    .find((one) => one !== undefined);
  if (label === undefined || isUtf8(bytes)) return undefined;
  const name = label.trim().replace(/^ISO[ -]?Latin[ -]?1$/i, 'latin1');
  try {
    const { encoding } = new TextDecoder(name);
    if (encoding.startsWith('utf-')) return undefined;
    return decodeAs(name, bytes);
  } catch {
    return undefined;
  }
}

/** The header of Project Gutenberg is at most so long. */
const TEXT_HEAD_BYTES = 8_000;
const TEXT_DECLARATION = /^Character set encoding:[ \t]*([\w -]{3,30})|-\*-.{0,80}?\bcoding:[ \t]*([\w.-]{3,30})/im;

/** Where a declaration must be: HTML 5 looks no further either. */
const HEAD_BYTES = 1024;
const DECLARATION = /^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]{1,40})["']/i;
const META = /<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})/i;

function encodingOf(bytes: Uint8Array): string {
  const mark = markedEncoding(bytes);
  if (mark !== undefined) return mark;
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  const label = DECLARATION.exec(head)?.[1] ?? META.exec(head)?.[1];
  if (label === undefined) return 'utf-8';
  try {
    const { encoding } = new TextDecoder(label);
    // The declaration could be read byte by byte, so it is not UTF-16.
    return encoding.startsWith('utf-16') ? 'utf-8' : encoding;
  } catch {
    return 'utf-8';
  }
}

/** UTF-16 also without a mark: markup begins with `<` (XML 1.0, appendix F). */
function markedEncoding([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0x3c && second === 0 && third !== 0 && fourth === 0) return 'utf-16le';
  return first === 0 && second === 0x3c && third === 0 ? 'utf-16be' : undefined;
}

/** The bytes 0x80 to 0x9F: Node 20 and 22 decode them as control characters (nodejs/node#56542). */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (one) => WINDOWS_1252[one.charCodeAt(0) - 0x80]!);
}
