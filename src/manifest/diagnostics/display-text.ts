/** Schemas of short texts in a manifest. */
import * as z from 'zod';

/** Text of at most `most` UTF-16 code units that players, lists and terminals show unchanged; it may contain a line break. */
export const displayText = (most: number): z.ZodString =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine(
      (words) => !/[^\P{Cc}\n\r\t]|\p{Cs}/u.test(words),
      'This contains a control character; type it again with plain characters.',
    );
