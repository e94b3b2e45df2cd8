/** The groups `credits` and `retailSample`: their fields and bounds. */
import { z } from 'zod';
import type { Finding } from './finding.ts';

const text = (most: number) => z.string().trim().min(1).max(most);
const credit = z.union([z.boolean(), text(2000)]).optional();

/** The group `credits`. */
export const creditsSchema = z.strictObject({
  opening: credit.describe('true: title, author and narrator in the language of the book; or the words themselves.'),
  closing: credit.describe('true: the usual words after the end; or the words themselves.'),
  speaker: text(64).optional().describe('Who speaks them. Default: narrator.'),
});

/** The fields of `retailSample`. */
export const retailSampleFieldsSchema = z.strictObject({
  chapter: text(300).optional().describe("The chapter's title. Default: the first chapter."),
  from: text(300).optional().describe('Words of the line it begins with. Default: the first line behind the heading.'),
  seconds: z.number().min(5).max(300).optional().describe('How long it should be; shops take 60 to 300. Default: 180.'),
});

/** The field `retailSample`. */
export const retailSampleSchema = z.union([z.boolean(), retailSampleFieldsSchema]);

/** What the schema could not tell in words of its own: a value that is neither of two kinds. */
export function unionFinding(path: Finding['path']): Finding | undefined {
  const [group, field] = path;
  if (group === 'credits' && (field === 'opening' || field === 'closing')) {
    const fix = 'Write "true" for the usual words, or the words themselves in quotes.';
    return { path, on: 'value', code: 'wrong-type', message: `"${field}" must be true or text of its own.`, fix };
  }
  if (group !== 'retailSample') return undefined;
  const fields = Object.keys(retailSampleFieldsSchema.shape).join(', ');
  const message = `"retailSample" must be true, or a group of the fields ${fields} (seconds: 5 to 300).`;
  return { path, on: 'key', code: 'wrong-type', message, fix: 'Write "retailSample: true", or only these fields.' };
}
