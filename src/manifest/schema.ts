import { z } from 'zod';
import { creditsSchema, retailSampleSchema } from './credits-schema.ts';
import { AUDIO_FORMATS, CAPTION_UNITS, EXTRAS, LINE_FORMATS, PROFILE_NAMES, SUBTITLE_FORMATS } from './manifest.ts';
import { customSchema } from './mastering.ts';
import { MOST_PRONUNCIATIONS } from './pronunciation.ts';
import { MOST_TAKES } from './take-number.ts';

/**
 * The manifest's fields, types and bounds, before defaults and before anything is compared with anything else (that is
 * parse.ts). Unknown fields are errors everywhere: a mistyped field must not be a silently missing one.
 */

const text = (most: number) => z.string().trim().min(1).max(most);

/** Text that is shown as it is, in players and lists, and on terminals; it may have a line break. */
const displayText = (most: number) =>
  text(most).refine(
    (words) => !/[^\P{Cc}\n\r\t]|\p{Cs}/u.test(words),
    'This has a control character in it; type it again with plain characters.',
  );

/** Most characters in one manifest; far above any real book. */
export const MOST_CHARACTERS = 200;
/** Most chapters in one manifest. */
export const MOST_CHAPTERS = 2000;
/** Longest title, in UTF-16 code units. */
export const LONGEST_TITLE = 300;

/** Word → how it is said; keys and values are checked in words.ts. */
const pronunciations = z
  .record(z.string(), z.string().trim().min(1).max(200))
  .refine(
    (words) => Object.keys(words).length <= MOST_PRONUNCIATIONS,
    `There are more than ${MOST_PRONUNCIATIONS} words here.`,
  );

/** A word file: the same list in a file of its own. */
export const pronunciationFileSchema = pronunciations;

/** The group `book`: what the book says of itself. */
export const bookSchema = z.strictObject({
  title: displayText(LONGEST_TITLE).describe("The book's title, as listeners see it."),
  author: displayText(LONGEST_TITLE).optional().describe('Who wrote it.'),
  narrator: displayText(LONGEST_TITLE)
    .optional()
    .describe('Who is named as the narrator. Default: nobody, a synthetic voice.'),
  year: z.number().int().min(1000).max(9999).optional().describe('Year of this edition, for the tags.'),
  genre: displayText(100).optional().describe('Genre, for the tags. Default: Audiobook.'),
  language: text(35).optional().describe('ISO code of the language, such as en or zh. Default: en.'),
  cover: text(1024).optional().describe('A PNG or JPEG file, relative to the manifest.'),
  pronunciations: pronunciations
    .optional()
    .describe(
      'Words and how they are said, for the whole book: whole words, case as given. Example: {Ukridge: YOO-kridge}.',
    ),
  pronunciationFile: text(1024)
    .optional()
    .describe('A YAML file of "word: how it is said" lines, relative to the manifest; a series can share one.'),
  varyRepeats: z
    .boolean()
    .optional()
    .describe('Speak a line that a character repeats anew each time, instead of reusing its take. Default: false.'),
});

/** Who agreed that a voice is cloned. */
export const consentSchema = z.strictObject({
  by: text(200).describe('The person who agreed.'),
  on: z
    .string()
    .trim()
    .refine(isDay, 'This is not a day of the calendar; write it as 2026-03-01.')
    .describe('The day, such as 2026-03-01.'),
  recording: text(1024).optional().describe('Where the consent is recorded: a file or a number; it is not opened.'),
});

/** A day that the calendar has, written `yyyy-mm-dd`. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** One character: a sample to clone, or an enrolled voice; which of the two is checked in characters.ts. */
export const characterSchema = z.strictObject({
  sample: text(2048).optional().describe('A recording to clone: a file relative to the manifest, or an https address.'),
  transcript: text(4000).optional().describe('What is said in the recording.'),
  voice: text(200).optional().describe('The id of a voice that is enrolled already, instead of a sample.'),
  aliases: z.array(text(200)).max(20).optional().describe('Other names that tags in the text may use.'),
  pronunciations: pronunciations
    .optional()
    .describe('As in the book, for what this character says; wins over the book.'),
  consent: consentSchema.optional().describe('Who agreed that this voice is cloned, and when; shown in the report.'),
});

/** An item of `lines`: a character's name and what it says. What `take` may be beside them, lines.ts looks at. */
const itemSchema = z
  .object({
    take: z
      .unknown()
      .meta({ type: ['string', 'integer'], minimum: 1, maximum: MOST_TAKES })
      .optional(),
  })
  .catchall(z.string());

/** One chapter: a file, or the text itself; which of the two is checked in chapters.ts. */
export const chapterSchema = z.strictObject({
  title: displayText(LONGEST_TITLE).describe("The chapter's title; no two chapters share one."),
  file: text(1024).optional().describe('A UTF-8 text (.txt) or Markdown (.md) file, relative to the manifest.'),
  text: z.string().optional().describe('The text itself, instead of a file.'),
  lines: z
    .array(z.union([z.string(), itemSchema]))
    .min(1)
    .max(20_000)
    .optional()
    .describe(
      'The text as a list of "character: text" items, instead of a file; a plain item is the narrator\'s. With "audio: path" in an item, that recording is heard instead; with "take: 2", another take.',
    ),
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
  lines: z
    .enum(LINE_FORMATS)
    .optional()
    .describe('A file of its own for each line, in a folder for each chapter. Default: none.'),
  also: z
    .array(z.enum(EXTRAS))
    .max(20)
    .optional()
    .describe('cue: cue sheet of the M4B; labels: for Audacity; epub: an EPUB 3 that is read aloud.'),
});

const seconds = z.number().min(0).max(60);

/** The group `pauses`, in seconds; what is left out keeps its default. */
export const pausesSchema = z.strictObject({
  clause: seconds.optional().describe('Where a sentence too long for one request is parted. Default: 0.12.'),
  sentence: seconds.optional().describe('Between two sentences, where a long paragraph is parted. Default: 0.35.'),
  paragraph: seconds.optional().describe('Between two paragraphs of one speaker. Default: 0.75.'),
  speaker: seconds.optional().describe('Where the speaker changes. Default: 0.5.'),
  scene: seconds.optional().describe('Between two scenes. Default: 2.'),
  head: seconds.optional().describe("Before a chapter's first word. Default: the mastering profile's, 0.75 for acx."),
  tail: seconds.optional().describe("After a chapter's last word. Default: the mastering profile's, 2 for acx."),
});

/** The whole manifest. */
export const manifestSchema = z.strictObject({
  book: bookSchema.describe('What the book says of itself.'),
  model: text(200).optional().describe('The dated model that voices are cloned for and speak with.'),
  characters: z
    .record(z.string(), characterSchema)
    .describe('Who speaks: a name, and below it its sample or voice. "narrator" reads whatever has no tag.'),
  chapters: z.array(chapterSchema).min(1).max(MOST_CHAPTERS).describe('The chapters in the order they are heard.'),
  pauses: pausesSchema.optional().describe('How long the narrator waits, in seconds.'),
  credits: creditsSchema
    .optional()
    .describe('Spoken before the first and after the last chapter, as files of their own.'),
  retailSample: retailSampleSchema
    .optional()
    .describe('A sample for the shop, cut from the takes of a chapter: true, or which part and how long.'),
  output: outputSchema.optional().describe('What is delivered.'),
  requireConsent: z.boolean().optional().describe('Clone no voice without a consent. Default: false.'),
  budget: z
    .union([z.number(), z.string()])
    .optional()
    .describe("Most that a run may spend, such as 5.00 or '5.00 CNY'. Over it nothing is sent. Default: no limit."),
});
