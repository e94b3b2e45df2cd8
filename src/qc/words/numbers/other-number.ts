/** Numbers in figures in whose place another number is heard: the letters of the two may be alike. Pure. */
import type { Alignment } from '../align.ts';
import { ANYTHING, type HeardLetters } from '../letters.ts';

/** A number of the text, and the one that is heard in its place, as they are written. */
export interface OtherNumber {
  words: string;
  heard: string;
  letters: number;
  /** The word that is heard. */
  word: number;
}

/** A recogniser that hears less than this of the rest may have the number wrong. */
const LEAST_AGREEMENT = 0.9;
/** Share of a number that is in the place of the other. */
const LEAST_SHARED = 0.5;

/** Only numbers that the text has in figures: an engine reads those as it likes, and words as they are. */
export function otherNumbers(wanted: HeardLetters, got: HeardLetters, { heardFor, textFor }: Alignment): OtherNumber[] {
  const [figures, heard] = [(wanted.numbers ?? []).filter(({ isFigure }) => isFigure), got.numbers ?? []];
  if (figures.length === 0 || heard.length === 0 || !isHeardWell(wanted, got, heardFor)) return [];
  return figures.flatMap((figure) => {
    const other = heard.find(
      (one) =>
        !one.digits.some((digits) => figure.digits.includes(digits)) &&
        Math.max(shared(heardFor, figure, one), shared(textFor, one, figure)) >= LEAST_SHARED,
    );
    if (other === undefined) return [];
    const { words, text } = wanted;
    const place = words[wanted.wordOf[figure.from]!]!;
    const [first, last] = [got.wordOf[other.from]!, got.wordOf[other.to - 1]!];
    return [
      {
        words: text.slice(place.from, place.to),
        heard: got.text.slice(got.words[first]!.from, got.words[last]!.to),
        letters: figure.to - figure.from,
        word: first,
      },
    ];
  });
}

interface Stretch {
  from: number;
  to: number;
}

function shared(partner: Int32Array, { from, to }: Stretch, other: Stretch): number {
  let count = 0;
  for (let at = from; at < to; at++) if (partner[at]! >= other.from && partner[at]! < other.to) count += 1;
  return count / (to - from);
}

/** Whether the letters outside of figures are heard as they are; a text of little else proves nothing. */
function isHeardWell(wanted: HeardLetters, got: HeardLetters, heardFor: Int32Array): boolean {
  let [same, all] = [0, 0];
  for (let at = 0; at < wanted.letters.length; at++) {
    if (wanted.numbers?.some(({ from, to }) => at >= from && at < to)) continue;
    all += 1;
    const partner = heardFor[at]!;
    if (partner < 0) continue;
    const [letter, other] = [wanted.letters[at], got.letters[partner]];
    if (letter === other || letter === ANYTHING || other === ANYTHING) same += 1;
  }
  return all > 0 && same / all >= LEAST_AGREEMENT;
}
