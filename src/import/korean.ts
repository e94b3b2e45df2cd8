/**
 * Korean text as the Encoding Standard has it (`euc-kr`, 14.1): Windows code page 949. Node's decoder has only the 2,350 syllables of
 * KS X 1001; the other 8,822 stand, in the order of Unicode, in the places that it leaves free. Pure.
 */

const [FIRST_SYLLABLE, LAST_SYLLABLE] = [0xac00, 0xd7a3];
/** Second bytes of the free places; from the first byte 0xA1 on, those of KS X 1001 begin at 0xA1. */
const TRAILS = [...range(0x41, 0x5a), ...range(0x61, 0x7a), ...range(0x81, 0xfe)];
const FIRST_SHARED = 0xa1;

/** Decodes; a byte that the encoding does not have becomes U+FFFD. */
export function decodeKorean(bytes: Uint8Array): string {
  const decoder = new TextDecoder('euc-kr');
  let text = '';
  let from = 0;
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at]!;
    if (lead < 0x80) continue;
    const syllable = at + 1 < bytes.length ? others().get((lead << 8) | bytes[at + 1]!) : undefined;
    if (syllable !== undefined) {
      text += decoder.decode(bytes.subarray(from, at)) + syllable;
      from = at + 2;
      at++;
    } else if (lead >= FIRST_SHARED && (bytes[at + 1] ?? 0) >= FIRST_SHARED) at++;
  }
  return text + decoder.decode(bytes.subarray(from));
}

let table: Map<number, string> | undefined;

/** The syllables that KS X 1001 lacks, by their two bytes. */
function others(): Map<number, string> {
  if (table !== undefined) return table;
  const known = new Set(
    new TextDecoder('euc-kr').decode(
      Uint8Array.from(range(0xb0, 0xc8).flatMap((lead) => range(0xa1, 0xfe).flatMap((trail) => [lead, trail]))),
    ),
  );
  const syllables = range(FIRST_SYLLABLE, LAST_SYLLABLE)
    .map((code) => String.fromCharCode(code))
    .filter((syllable) => !known.has(syllable));
  const places = range(0x81, 0xc6).flatMap((lead) =>
    TRAILS.filter((trail) => lead < FIRST_SHARED || trail < FIRST_SHARED).map((trail) => (lead << 8) | trail),
  );
  table = new Map(syllables.map((syllable, index) => [places[index]!, syllable]));
  // Two signs that were added to KS X 1001 later.
  table.set(0xa2e6, '€').set(0xa2e7, '®');
  return table;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
