/** How the simulator answers as a recogniser, where hosts and servers differ. */
import * as z from 'zod';

/** Settings of the recognisers. */
export interface HearingSettings {
  /** The service: where the answer is. The workspace host answers at the top and in `output`, the other host in `output`. */
  shape: 'both' | 'output';
  /** The service: whether the answer has times of words. Default true. */
  words: boolean;
  /** The service: it splits words, as it does. Default true. */
  splitWords: boolean;
  /** OpenAI's shape: what a server answers to a wish for `verbose_json`. `refuse`: 400, as JSON-only models do. */
  answer: 'verbose' | 'segments' | 'json' | 'text' | 'refuse';
  /** What is heard of a sound that the simulator did not make; empty: no words. */
  says: string;
}

/** The likeliest values. */
export const HEARING_PRESETS: HearingSettings = {
  shape: 'both',
  words: true,
  splitWords: true,
  answer: 'verbose',
  says: '',
};

/** A part of the settings, as text. */
export const hearingSchema = z
  .strictObject({
    shape: z.enum(['both', 'output']),
    words: z.boolean(),
    splitWords: z.boolean(),
    answer: z.enum(['verbose', 'segments', 'json', 'text', 'refuse']),
    says: z.string(),
  } satisfies Record<keyof HearingSettings, z.ZodType>)
  .partial();
