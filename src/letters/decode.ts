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
  // Node 20 and 22 decode windows-1252 as ISO-8859-1; its letters in 0x80–0x9F are these alone.
  if (decoder.encoding !== 'windows-1252') return decoder.decode(bytes);
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\x83\x8a\x8c\x8e\x9a\x9c\x9e\x9f\x88]/g, (one) => WINDOWS_LETTERS[one]!);
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
