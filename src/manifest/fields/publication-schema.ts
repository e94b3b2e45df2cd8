/** The fields of `book` that say how the book was published: their types and bounds. They are in no key: nothing is spoken from them. */
import * as z from 'zod';
import { displayText } from '../diagnostics/display-text.ts';
import { isbnOf } from './isbn.ts';

/** Longest description, in UTF-16 code units; shops accept up to 4,000. */
export const LONGEST_DESCRIPTION = 10_000;

/** A number or a text: YAML reads an unquoted ISBN, year or number of a volume as a number. `message` may look at the value. */
const word = (isRight: (value: string) => boolean, message: string | ((value: unknown) => string)) =>
  z
    .unknown()
    .refine((value) => ['string', 'number'].includes(typeof value) && isRight(String(value).trim()), {
      error: ({ input }) => (typeof message === 'string' ? message : message(input)),
    })
    .meta({ type: ['string', 'number'] })
    .optional();

/** The group `series`. */
export const seriesSchema = z.strictObject({
  name: displayText(300).describe('The name of the series.'),
  number: word(
    (number) => /^\P{C}{1,20}$/u.test(number),
    'Write the number of the book in the series, such as 2 or "2.5".',
  ).describe('The number of the book in the series, such as 2.'),
});

/** These fields of `book`. */
export const publicationFields = {
  subtitle: displayText(300).optional().describe('The subtitle.'),
  series: seriesSchema.optional().describe('The series that the book belongs to: {name: Lighthouses, number: 2}.'),
  description: displayText(LONGEST_DESCRIPTION).optional().describe('What the book is about.'),
  publisher: displayText(300).optional().describe('Who publishes it.'),
  isbn: word((isbn) => isbnOf(isbn) !== undefined, isbnProblem).describe(
    'The ISBN, with or without hyphens. Write one; each edition has its own.',
  ),
  rights: displayText(2000).optional().describe('Copyright and rights, as a sentence.'),
  date: word(isPartOfDay, 'This is not a valid date; write it as 2026-03-01, 2026-03 or 2026.').describe(
    'When the book was published: 2026-03-01, 2026-03 or 2026.',
  ),
};

function isbnProblem(value: unknown): string {
  const several = Array.isArray(value) ? value.map(String) : String(value).split(/[,;/&|\n]|\s+(?=97[89])|\band\b/);
  const isbns = several.filter((one) => isbnOf(one) !== undefined);
  return isbns.length > 1
    ? `These are ${isbns.length} ISBNs. Each edition has its own: write the one of the audiobook.`
    : 'This is no ISBN: an ISBN has 10 or 13 digits, and its last digit must fit to the others.';
}

function isPartOfDay(text: string): boolean {
  if (!/^\d{4}(?:-\d{2}(?:-\d{2})?)?$/.test(text)) return false;
  const whole = `${text}-01-01`.slice(0, 10);
  const day = new Date(`${whole}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(whole);
}
