import { z } from 'zod';
import { AUDIO_FORMATS, CAPTION_UNITS, EXTRAS, PROFILE_NAMES, SUBTITLE_FORMATS } from './manifest.ts';

import { customSchema } from './mastering.ts';

/**
 * The manifest's fields, types and bounds, before defaults and before anything is compared with anything else (that is
 * parse.ts). Unknown fields are errors everywhere: a mistyped field must not be a silently missing one.
 */

const text = (most: number) => z.string().trim().min(1).max(most);

/** Most characters in one manifest; far above any real book. */
export const MOST_CHARACTERS = 200;
/** Most chapters in one manifest. */
export const MOST_CHAPTERS = 2000;
/** Longest title, in UTF-16 code units. */
export const LONGEST_TITLE = 300;

/** The group `book`: what the book says of itself. */
export const bookSchema = z.strictObject({
  title: text(LONGEST_TITLE).describe("The book's title, as listeners see it."),
  author: text(LONGEST_TITLE).optional().describe('Who wrote it.'),
  language: text(35).optional().describe('ISO code of the language, such as en or zh. Default: en.'),
  cover: text(1024).optional().describe('A PNG or JPEG file, relative to the manifest.'),
});

/** One character: a sample to clone, or an enrolled voice; which of the two is checked in characters.ts. */
export const characterSchema = z.strictObject({
  sample: text(2048).optional().describe('A recording to clone: a file relative to the manifest, or an https address.'),
  transcript: text(4000).optional().describe('What is said in the recording.'),
  voice: text(200).optional().describe('The id of a voice that is enrolled already, instead of a sample.'),
  aliases: z.array(text(200)).max(20).optional().describe('Other names that tags in the text may use.'),
});

/** One chapter: a file, or the text itself; which of the two is checked in chapters.ts. */
export const chapterSchema = z.strictObject({
  title: text(LONGEST_TITLE).describe("The chapter's title; no two chapters share one."),
  file: text(1024).optional().describe('A UTF-8 text file, relative to the manifest.'),
  text: z.string().optional().describe('The text itself, instead of a file.'),
});

/** The group `output`: what is delivered. */
export const outputSchema = z.strictObject({
  formats: z
    .array(z.enum(AUDIO_FORMATS))
    .min(1)
    .max(20)
    .optional()
    .describe('Kinds of file: mp3, m4a, flac or wav for each chapter, m4b for the book. Default: mp3, m4a and m4b.'),
  mastering: z.enum(PROFILE_NAMES).optional().describe('Delivery profile. Default: acx.'),
  custom: customSchema.optional().describe('Numbers of the profile that are to be others.'),
  subtitles: z
    .array(z.enum(SUBTITLE_FORMATS))
    .max(20)
    .optional()
    .describe('Subtitle files for each chapter. Default: none.'),
  'subtitles-per': z.enum(CAPTION_UNITS).optional().describe('How much one subtitle holds. Default: sentence.'),
  also: z.array(z.enum(EXTRAS)).max(20).optional().describe('cue: cue sheet of the M4B; labels: for Audacity.'),
});

/** The whole manifest. */
export const manifestSchema = z.strictObject({
  book: bookSchema,
  model: text(200).optional().describe('The dated model that voices are cloned for and speak with.'),
  characters: z.record(z.string(), characterSchema),
  chapters: z.array(chapterSchema).min(1).max(MOST_CHAPTERS),
  output: outputSchema.optional(),
});
