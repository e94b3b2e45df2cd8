import * as z from 'zod';
import { reviewSchema } from './schema.ts';

/** The review file's JSON Schema (draft 2020-12), for editors. A test compares it with schema/review.schema.json. */
export function reviewJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(reviewSchema, { io: 'input', target: 'draft-2020-12' });
  const description = 'Decisions of people about the lines of a book: docs/reference/review.md.';
  const $id = 'https://unpkg.com/narration-pipeline/schema/review.schema.json';
  return { $schema, $id, title: 'Review file', description, ...rest };
}
