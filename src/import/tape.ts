/** Where letters are in the source: letters `start` to `end` (UTF-16 code units, letters alone) of one of its parts. */
export interface SourceSpan {
  /** Name in the archive; empty for a text file. */
  part: string;
  start: number;
  end: number;
}

/** What the import leaves out: one element, paragraph or page. */
export interface Omission extends SourceSpan {
  /** Short, in the singular, as in "page number". */
  reason: string;
  /** For people: the file, and the line or paragraph where there is one. */
  where: string;
  /** Its beginning; empty for a picture without words. */
  sample: string;
  /** Title or name, for a page that is left out as a whole. */
  page?: string;
}

/** A part of the source while it is read from its beginning to its end: every letter is passed once, in order. */
export interface Tape {
  part: string;
  /** Letters passed so far. */
  at: number;
  omissions: Omission[];
}

/** A tape at the beginning of a part. */
export function startTape(part: string): Tape {
  return { part, at: 0, omissions: [] };
}

/** Passes letters that are read. */
export function pass(tape: Tape, text: string): void {
  tape.at += countLetters(text);
}

/** Passes a text that is left out, and says why. */
export function leaveOut(tape: Tape, reason: string, text: string, where = tape.part): void {
  const start = tape.at;
  pass(tape, text);
  tape.omissions.push({ part: tape.part, start, end: tape.at, reason, where, sample: sampleOf(text) });
}

/** Leaves out what has been read since `start`, with everything that was left out in it. */
export function leaveOutSince(tape: Tape, start: number, of: { reason: string; sample: string; where?: string }): void {
  const { reason, sample, where = tape.part } = of;
  const first = tape.omissions.findLastIndex((omission) => omission.start < start) + 1;
  tape.omissions.splice(first);
  tape.omissions.push({ part: tape.part, start, end: tape.at, reason, where, sample: sampleOf(sample) });
}

/** Length in UTF-16 code units of the letters (Unicode L and N) of a text. */
export function countLetters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) count += isAsciiLetter(code) ? 1 : 0;
    // Between these is the punctuation of print, and no letter. Any other sign is for Unicode's own table.
    else if (code < 0x2000 || code > 0x206f) return text.replace(/[^\p{L}\p{N}]+/gu, '').length;
  }
  return count;
}

function isAsciiLetter(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

const LONGEST_SAMPLE = 60;

/** The beginning of a text, for a person to recognize it by. */
export function sampleOf(text: string): string {
  const folded = text.slice(0, 1000).replace(/\s+/g, ' ').trim();
  const characters = [...folded];
  return characters.length <= LONGEST_SAMPLE ? folded : `${characters.slice(0, LONGEST_SAMPLE - 1).join('')}…`;
}
