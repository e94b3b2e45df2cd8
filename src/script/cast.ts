import { nameKey, nameProblem } from '../manifest/names.ts';
import { type Attribution, attribute, speechPartsOf } from './attribution.ts';

/** A paragraph of a manuscript parted into what is spoken by whom. */
export interface CastPart {
  /** A character; `undefined` is the narrator. */
  character: string | undefined;
  /** Speech that nobody could be named for: the narrator reads it, with a mark. */
  review: boolean;
  text: string;
}

/** Who speaks in a book. */
export interface Cast {
  /** By chapter, by paragraph. */
  chapters: CastPart[][][];
  /** Names with the number of quotations that are theirs, most first. */
  characters: { name: string; quotations: number }[];
  /** Quotations in all, and those that were left to the narrator for review. */
  quotations: number;
  toReview: number;
}

/** A speaker named fewer times than this in a whole book is left to the narrator: a voice for one line is not worth recording. */
const FEWEST_QUOTATIONS = 2;

/**
 * Marks each quotation with the speaker that the text itself names beside it ("…," said Mrs. Medley; 「…」と田中は言った;
 * “…”老王说); "I said" is the narrator's own speech. Nothing else is taken as certain: not whose turn it is, not a pronoun. What is not certain stays with the
 * narrator and gets a mark to review. Pure and linear.
 */
export function castBook(chapters: readonly (readonly string[])[]): Cast {
  const attributed = chapters.map((paragraphs) => paragraphs.map((text) => attribute(speechPartsOf(text))));
  const counts = new Map<string, { name: string; quotations: number }>();
  let quotations = 0;
  for (const part of attributed.flat(2)) {
    if (!part.isSpeech) continue;
    quotations++;
    if (part.speaker === undefined || nameProblem(part.speaker) !== undefined) continue;
    const key = nameKey(part.speaker);
    const entry = counts.get(key) ?? { name: part.speaker, quotations: 0 };
    entry.quotations++;
    counts.set(key, entry);
  }
  const known = new Map(
    [...counts].filter(([key, entry]) => entry.quotations >= FEWEST_QUOTATIONS && key !== 'narrator'),
  );
  let toReview = 0;
  const cast = attributed.map((paragraphs) =>
    paragraphs.map((parts) =>
      partsOf(parts, (part) => {
        const character = part.speaker === undefined ? undefined : known.get(nameKey(part.speaker))?.name;
        if (character === undefined && !part.own) toReview++;
        return character;
      }),
    ),
  );
  const characters = [...known.values()].sort((a, b) => b.quotations - a.quotations);
  return { chapters: cast, characters, quotations, toReview };
}

/**
 * Neighbours of one speaker are one part again: fewer requests, and no pause where the print has none. What the narrator
 * reads anyway stays in one piece, with one mark for all quotations in it.
 */
function partsOf(parts: readonly Attribution[], characterOf: (part: Attribution) => string | undefined): CastPart[] {
  const out: CastPart[] = [];
  for (const part of parts) {
    const character = part.isSpeech ? characterOf(part) : undefined;
    const review = part.isSpeech && character === undefined && !part.own;
    const last = out.at(-1);
    if (last && last.character === character) {
      last.text += part.text;
      last.review ||= review;
    } else out.push({ character, review, text: part.text });
  }
  return out.map((part) => ({ ...part, text: part.text.trim() })).filter(({ text }) => text !== '');
}
