/** What a file is, by its first bytes and never by its name. Pure. */

const STARTS: readonly (readonly [start: string, kind: string])[] = [
  ['\u0089PNG', 'a PNG picture'],
  ['\u00ff\u00d8\u00ff', 'a JPEG picture'],
  ['GIF8', 'a GIF picture'],
  ['BM', 'a bitmap picture'],
  ['II*\0', 'a TIFF picture'],
  ['MM\0*', 'a TIFF picture'],
  ['OTTO', 'a font'],
  ['\0\u0001\0\0', 'a font'],
  ['ttcf', 'a font'],
  ['wOFF', 'a font'],
  ['wOF2', 'a font'],
  ['true', 'a font'],
  ['ID3', 'an audio file'],
  ['OggS', 'an audio file'],
  ['fLaC', 'an audio file'],
  ['\u00ff\u00fb', 'an audio file'],
  ['\u001a\u0045\u00df\u00a3', 'a video'],
  ['%PDF', 'a PDF'],
  ['PK\u0003\u0004', 'an archive'],
  ['\u001f\u008b', 'an archive'],
  ['7z\u00bc\u00af', 'an archive'],
  ['Rar!', 'an archive'],
];

/** The kind of a binary file, such as "a PNG picture"; undefined when it may be text. */
export function binaryKindOf(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  const riff = head.startsWith('RIFF') ? head.slice(8, 12) : '';
  if (riff === 'WEBP') return 'a WebP picture';
  if (riff === 'WAVE') return 'an audio file';
  if (head.slice(4, 8) === 'ftyp') return /^(?:avif|heic|mif1)/.test(head.slice(8)) ? 'a picture' : 'a video';
  const start = STARTS.find(([text]) => head.startsWith(text));
  // `BM` and `true` are words, too.
  return start && (/[^\x20-\x7e\s]/.test(head) || /^(?:%PDF|ID3|OggS|Rar!|GIF8|PK)/.test(head)) ? start[1] : undefined;
}

/** The kind of a text that is no prose, such as "a style sheet"; undefined when it may be prose. */
export function notationOf(text: string): string | undefined {
  const start = text.slice(0, 4000).trimStart();
  if (/^(?:\{\s*["}]|\[\s*(?:[\]{"[]|-?\d+\s*[,\]]))/.test(start) && isJson(text)) return 'JSON data';
  if (
    /^(?:\/\*[\s\S]*?\*\/\s*)?(?:@(?:charset|import|font-face|media|page|namespace)\b|[\w.#:*\s,>-]{1,200}\{\s*[\w-]+\s*:)/.test(
      start,
    )
  )
    return 'a style sheet';
  if (
    /^(?:\/[/*].*\s*)?(?:["']use strict["']|(?:var|let|const)\s+\w+\s*=|function\s+\w+\s*\(|\(function|import\s+(?:[\w{}*, ]+\s+from\s+)?['"])/.test(
      start,
    ) &&
    /[;{}]/.test(start)
  )
    return 'a script';
  return undefined;
}

/** Whether markup begins here: a tag, a declaration or a comment. */
export function isMarkup(text: string): boolean {
  return /^[\s\ufeff]*</.test(text) && !text.slice(0, 1000).includes('\0');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
