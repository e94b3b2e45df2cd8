import type { SourceSpan } from '../tape.ts';
import { countLetters } from '../tape.ts';

/** Finds places of a text file as the account and as people count them. Pure. */
export interface TextPlaces {
  /** The letters between two offsets. */
  span(start: number, end: number): SourceSpan;
  /** `line 12`. */
  line(offset: number): string;
}

/** The places of a text. */
export function textPlaces(text: string): TextPlaces {
  const letters = counter(text, countLetters);
  const breaks = counter(text, (piece) => piece.match(/\r\n|\n|\r/g)?.length ?? 0);
  return {
    span: (start, end) => ({ part: '', start: letters(start), end: letters(end) }),
    line: (offset) => `line ${breaks(offset) + 1}`,
  };
}

/** How many there are before an offset, remembered at every few dozen characters, so that no text is counted often. */
function counter(text: string, count: (piece: string) => number): (offset: number) => number {
  const before = [0];
  // Neither a character nor a line break is cut in two.
  const whole = (offset: number): number =>
    /[\udc00-\udfff]|\n/.test(text[offset] ?? '') && /[\ud800-\udbff]|\r/.test(text[offset - 1] ?? '')
      ? offset - 1
      : offset;
  return (offset) => {
    const step = Math.floor(Math.min(offset, text.length) / STEP);
    while (before.length <= step) {
      const from = (before.length - 1) * STEP;
      before.push(before.at(-1)! + count(text.slice(whole(from), whole(from + STEP))));
    }
    return before[step]! + count(text.slice(whole(step * STEP), whole(offset)));
  };
}

const STEP = 64;
