/** Inputs that several tools have. */
import * as z from 'zod';

/** The manifest of a book. */
export const MANIFEST = z.string().min(1).describe('Path of the manifest, a YAML file');

/** Some chapters. */
export const CHAPTERS = z
  .array(z.number().int().min(0))
  .min(1)
  .max(1000)
  .optional()
  .describe('Only these chapters, by their numbers from 1; default: the whole book');

/** What paid work needs. */
export const AGREEMENT = {
  plan: z.string().describe('ID that the tool plan has returned; good for one use'),
  agreed: z
    .string()
    .describe(
      'Most that may be spent, as the person has agreed to it, with its currency: "1.25 CNY". Never less than the price',
    ),
};
