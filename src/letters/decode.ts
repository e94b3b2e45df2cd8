/** Decodes a file of text or markup as it declares itself. Pure, and not the importer's decoder. */
import { isUtf8 } from 'node:buffer';

/** Byte order mark first, then the XML declaration or a `meta` in the first 1,024 bytes, then UTF-8. */
export function decode(bytes: Uint8Array): string {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (first === 0xef && second === 0xbb && third === 0xbf) return new TextDecoder('utf-8').decode(bytes);
  if (first === 0x3c && second === 0 && third !== 0 && fourth === 0) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0 && second === 0x3c && third === 0) return new TextDecoder('utf-16be').decode(bytes);
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)|<meta[^>]+?charset\s*=\s*["']?([\w.:-]+)/i.exec(
    head,
  );
  return decodeAs(declared?.[1] ?? declared?.[2] ?? ofText(bytes) ?? 'utf-8', bytes);
}

/** What a text file says of itself: with escapes of ISO-2022-JP, or, where it is not UTF-8, in a line at its beginning. */
function ofText(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 8000)).toString('latin1');
  if (head.includes('\u001b$B') || head.includes('\u001b$@')) return 'iso-2022-jp';
  const [, named, coded] =
    /(?:^|\n)character set encoding:[ \t]*([\w -]{3,30})|-\*-[^\n]{0,80}?\bcoding:[ \t]*([\w.-]{3,30})/i.exec(head) ??
    [];
  const label = (named ?? coded)?.trim();
  if (label === undefined || isUtf8(bytes)) return undefined;
  return /^iso.?latin.?1$/i.test(label) ? 'latin1' : label;
}

function decodeAs(label: string, bytes: Uint8Array): string {
  const decoder = decoderFor(label);
  if (/^utf-16/.test(decoder.encoding)) return new TextDecoder('utf-8').decode(bytes);
  if (decoder.encoding === 'gbk') return new TextDecoder('gb18030').decode(bytes);
  if (decoder.encoding === 'euc-kr') return decodeUnified(bytes);
  // Node 20 and 22 decode windows-1252 as ISO-8859-1; its letters in 0x80–0x9F are these alone.
  if (decoder.encoding !== 'windows-1252') return decoder.decode(bytes);
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\x83\x8a\x8c\x8e\x9a\x9c\x9e\x9f\x88]/g, (one) => WINDOWS_LETTERS[one]!);
}

/**
 * Unified Hangul Code. Its rows above and left of KS X 1001 hold the syllables that KS X 1001 has not: 178 of them in each row up to
 * 0xA0, 84 in each row behind it.
 */
function decodeUnified(bytes: Uint8Array): string {
  const plain = new TextDecoder('euc-kr');
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [row, cell] = [bytes[at]!, bytes[at + 1] ?? 0];
    const isFree = row >= 0x81 && row <= 0xc6 && (row <= 0xa0 || cell <= 0xa0);
    const column = !isFree ? -1 : cell >= 0x81 ? cell - 0x4d : cell >= 0x61 ? cell - 0x47 : cell - 0x41;
    const isCell = (cell >= 0x41 && cell <= 0x5a) || (cell >= 0x61 && cell <= 0x7a) || (cell >= 0x81 && cell <= 0xfe);
    const place = row <= 0xa0 ? (row - 0x81) * 178 + column : 32 * 178 + (row - 0xa1) * 84 + column;
    const syllable = isFree && isCell ? otherSyllables()[place] : undefined;
    const length = row < 0x80 || cell < 0x41 ? 1 : 2;
    parts.push(syllable ?? plain.decode(bytes.subarray(at, at + length)));
    at += length;
  }
  return parts.join('');
}

let others: string[] | undefined;

function otherSyllables(): string[] {
  if (others !== undefined) return others;
  let standard = '';
  for (let row = 0xb0; row <= 0xc8; row++)
    for (let cell = 0xa1; cell <= 0xfe; cell++) standard += new TextDecoder('euc-kr').decode(Uint8Array.of(row, cell));
  const has = new Set(standard);
  others = [];
  for (let code = 0xac00; code <= 0xd7a3; code++)
    if (!has.has(String.fromCharCode(code))) others.push(String.fromCharCode(code));
  return others;
}

function decoderFor(label: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder('utf-8');
  }
}

const WINDOWS_LETTERS: Readonly<Record<string, string>> = {
  '\x83': 'ƒ',
  '\x88': 'ˆ',
  '\x8a': 'Š',
  '\x8c': 'Œ',
  '\x8e': 'Ž',
  '\x9a': 'š',
  '\x9c': 'œ',
  '\x9e': 'ž',
  '\x9f': 'Ÿ',
};
