import { nameKey, nameProblem } from '../manifest/names.ts';
import { type Attribution, attributeQuotations, splitAtQuotations } from './attribution.ts';

/** A part of a paragraph and its speaker. */
export interface CastPart {
  /** The character's name; `undefined` for the narrator. */
  character: string | undefined;
  /** Dialogue without a known speaker: the narrator reads it, marked for review. */
  review: boolean;
  text: string;
}

/** The speakers of a book. */
export interface Cast {
  /** By chapter, by paragraph. */
  chapters: CastPart[][][];
  /** Names with their numbers of quotations, most first. */
  characters: { name: string; quotations: number }[];
  /** All quotations, and those without a known speaker, which import marks `[?]`. */
  quotations: number;
  toReview: number;
}

/** The narrator speaks for characters with fewer quotations in the book: one line is not worth recording a voice. */
const FEWEST_QUOTATIONS = 2;

/**
 * Assigns each quotation to the speaker that the text names next to it ("…," said Mrs. Medley; 「…」と田中は言った;
 * “…”老王说); "I said" means the narrator. Turn-taking and pronouns are not used. The narrator reads all other quotations,
 * marked for review. Pure and linear.
 */
export function castBook(chapters: readonly (readonly string[])[]): Cast {
  const attributed = chapters.map((paragraphs) =>
    paragraphs.map((text) => attributeQuotations(splitAtQuotations(text))),
  );
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
        if (character === undefined && !part.byNarrator) toReview++;
        return character;
      }),
    ),
  );
  const characters = [...known.values()].sort((a, b) => b.quotations - a.quotations);
  return { chapters: cast, characters, quotations, toReview };
}

/**
 * Joins adjacent parts of one speaker: fewer requests, and no pause where the print has none. The narrator's quotations join
 * the text around them, with one review mark.
 */
function partsOf(parts: readonly Attribution[], characterOf: (part: Attribution) => string | undefined): CastPart[] {
  const out: CastPart[] = [];
  for (const part of parts) {
    const character = part.isSpeech ? characterOf(part) : undefined;
    const review = part.isSpeech && character === undefined && !part.byNarrator;
    const last = out.at(-1);
    if (last && last.character === character) {
      last.text += part.text;
      last.review ||= review;
    } else out.push({ character, review, text: part.text });
  }
  return out.map((part) => ({ ...part, text: part.text.trim() })).filter(({ text }) => text !== '');
}
