/** The groups `credits` and `retailSample`: their fields and bounds. */
import * as z from 'zod';
import type { Finding } from '../diagnostics/finding.ts';

const text = (most: number) => z.string().trim().min(1).max(most);
const credit = z.union([z.boolean(), text(2000)]).optional();

/** The group `credits`. */
export const creditsSchema = z.strictObject({
  opening: credit.describe('true for title, author and narrator in the language of the book; or your own text.'),
  closing: credit.describe('true for the default text after the end; or your own text.'),
  disclosure: z
    .union([z.literal(true), text(2000), z.strictObject({ omit: text(500).describe('Why it is left out.') })])
    .optional()
    .describe(
      'true: the opening credits say that cloned voices speak; or your own words for it; or {omit: why it is left out}, which stands in the report.',
    ),
  speaker: text(64).optional().describe('The character that speaks them. Default: narrator.'),
});

/** The fields of `retailSample`. */
export const retailSampleFieldsSchema = z.strictObject({
  chapter: text(300).optional().describe("The chapter's title. Default: the first chapter."),
  from: text(300).optional().describe('Words of the line it begins with. Default: the first line after the heading.'),
  seconds: z.number().min(5).max(300).optional().describe('Its target length; shops accept 60 to 300. Default: 180.'),
});

/** The field `retailSample`. */
export const retailSampleSchema = z.union([z.boolean(), retailSampleFieldsSchema]);

/** The problem with a value that is neither of the two types its field accepts; undefined for other fields. */
export function unionFinding(path: Finding['path']): Finding | undefined {
  const [group, field] = path;
  if (group === 'credits' && (field === 'opening' || field === 'closing')) {
    const fix = 'Write "true" for the default text, or your own text in quotes.';
    return { path, on: 'value', code: 'wrong-type', message: `"${field}" must be true or a text.`, fix };
  }
  if (group === 'credits' && field === 'disclosure') {
    const message = '"disclosure" must be true, a text, or {omit: why it is left out}.';
    const fix =
      'Write "disclosure: true". To leave the sentence out, say why: "disclosure: {omit: read by hand on stage}".';
    return { path, on: 'value', code: 'wrong-type', message, fix };
  }
  if (group !== 'retailSample') return undefined;
  const fields = Object.keys(retailSampleFieldsSchema.shape).join(', ');
  const message = `"retailSample" must be true, or a group of the fields ${fields} (seconds: 5 to 300).`;
  return { path, on: 'key', code: 'wrong-type', message, fix: 'Write "retailSample: true", or only these fields.' };
}
