/**
 * Finds a key in a text that has it in pieces, wrapped or in another notation: what logs, terminals, mails and dumps of memory make
 * of a text. Pure.
 */

/** A part of a text: from its first character to the one behind it. */
export type Range = readonly [from: number, to: number];

/** A shorter key is also found in ordinary words, so only the whole of it is searched. */
const SHORTEST_KEY = 16;
/** So many bytes of a key, one after the other, are a part of it and no chance. */
const PIECE_BYTES = 12;

/** Where a text has the key, or a part of at least twelve characters. None for a key that is shorter than sixteen. */
export function hiddenKey(text: string, apiKey: string): Range[] {
  if (apiKey.length < SHORTEST_KEY) return [];
  const bare = withoutGaps(text);
  const found: Range[] = [];
  for (const { pieces, length, isBase64 = false } of notationsOf(apiKey)) {
    for (let at = 0; at + length <= bare.text.length; at++) {
      if (!pieces.has(bare.text.slice(at, at + length))) continue;
      const [from, to] = [bare.places[at]!, bare.places[at + length - 1]! + 1];
      // The characters next to it hold bits of the key, too.
      const more = (place: number): number => (isBase64 && /[A-Za-z0-9+/_-]/.test(text[place] ?? '') ? 1 : 0);
      found.push([from - more(from - 1), to + more(to)]);
    }
  }
  return joined(found);
}

/** What stands between the characters of a text that was wrapped or encoded twice: no character of a usual key is lost with it. */
const GAP = new RegExp(
  [
    /[\s\p{Cc}\p{Cf}]|=(?=[\r\n])|["'](?=\s*[,+])|(?<=["'])\s*[,+]\s*["']/u,
    // Line breaks, blanks and zero bytes (of UTF-16) as pages, JSON and addresses write them.
    /<w?br\s*\/?>|\\+(?:[nrt]|0(?![0-7])|x00|u0000)|%(?:25)*(?:0[09AaDd]|20)|&(?:nbsp|#(?:0|9|10|13|32|160|[xX]0*(?:[09aAdD]|20|[aA]0)));/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'uy',
);

/** The text without gaps and in plain letters, and where each character was. */
function withoutGaps(text: string): { text: string; places: number[] } {
  const characters: string[] = [];
  const places: number[] = [];
  for (let at = 0; at < text.length; ) {
    GAP.lastIndex = at;
    const gap = GAP.exec(text)?.[0].length ?? 0;
    if (gap > 0) {
      at += gap;
      continue;
    }
    // Full-width letters, as some input methods write them.
    const plain = text[at]!.normalize('NFKC');
    characters.push(plain.length === 1 ? plain : text[at]!);
    places.push(at);
    at += 1;
  }
  return { text: characters.join(''), places };
}

/** Pieces of one notation, all of one length. */
interface Notation {
  pieces: ReadonlySet<string>;
  length: number;
  isBase64?: boolean;
}

function notationsOf(apiKey: string): Notation[] {
  const bytes = [...Buffer.from(apiKey)];
  const wide = Buffer.from(apiKey, 'utf16le');
  const once = base64Of(Buffer.from(apiKey));
  // Base64 of base64, as of a header inside a token.
  const twice = once.flatMap((text) => base64Of(Buffer.from(text)));
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  const upper = hex.map((digits) => digits.toUpperCase());
  const lists = (separate: (values: readonly (string | number)[]) => string): string[] => [hex, upper].map(separate);
  return [
    notation([apiKey], PIECE_BYTES),
    { ...notation([...once, ...twice].flatMap(inBothAlphabets), (PIECE_BYTES * 4) / 3), isBase64: true },
    notation([hex.join(''), upper.join('')], PIECE_BYTES * 2),
    // UTF-16, as of a command that PowerShell encodes, and in dumps of Windows.
    { ...notation(base64Of(wide).flatMap(inBothAlphabets), (PIECE_BYTES * 8) / 3), isBase64: true },
    notation([wide.toString('hex'), wide.toString('hex').toUpperCase()], PIECE_BYTES * 4),
    // The bytes of UTF-16 in an address or a string: `%71%00`, `\x71\x00`.
    ...['%', '\\x'].map((before) =>
      notation(
        lists((values) => values.map((value) => `${before}${value}`).join('')),
        PIECE_BYTES * (before.length + 2),
      ),
    ),
    // Dumps: `71:77`, `0x71,0x77`, `\161\167`, `%u0071`, `\u{71}`; decimal numbers.
    notation([...lists((values) => values.join(':')), bytes.join(',')], PIECE_BYTES * 2),
    notation(
      lists((values) => values.map((value) => `0x${value}`).join(',')),
      PIECE_BYTES * 4,
    ),
    notation([bytes.map((byte) => `\\${byte.toString(8)}`).join('')], PIECE_BYTES * 3),
    notation(
      lists((values) => values.map((value) => `%u00${value}`).join('')),
      PIECE_BYTES * 5,
    ),
    notation(
      lists((values) => values.map((value) => `\\u{${value}}`).join('')),
      PIECE_BYTES * 5,
    ),
  ];
}

function notation(texts: readonly string[], length: number): Notation {
  const pieces = new Set<string>();
  for (const text of texts) for (let at = 0; at + length <= text.length; at++) pieces.add(text.slice(at, at + length));
  return { pieces, length };
}

/** What base64 makes of the bytes, however many are before them; without the characters that they share with their neighbors. */
function base64Of(bytes: Buffer): string[] {
  return [0, 1, 2].map((bytesBefore) => {
    const code = Buffer.concat([Buffer.alloc(bytesBefore), bytes]).toString('base64');
    return code.slice(Math.ceil((bytesBefore * 8) / 6), Math.floor(((bytesBefore + bytes.length) * 8) / 6));
  });
}

function inBothAlphabets(code: string): string[] {
  return [code, code.replaceAll('+', '-').replaceAll('/', '_')];
}

function joined(ranges: readonly Range[]): Range[] {
  const all: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}
