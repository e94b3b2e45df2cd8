import * as z from 'zod';
import { displayText } from './diagnostics/display-text.ts';
import { chapterHeadFields, chapterHeadsSchema } from './fields/chapter-heads.ts';
import { creditsSchema, retailSampleSchema } from './fields/credits-schema.ts';
import { disclosureSchema } from './fields/disclosure.ts';
import { customSchema } from './fields/mastering.ts';
import { MOST_ALIASES } from './fields/names.ts';
import { publicationFields } from './fields/publication-schema.ts';
import { SPELL_CLASSES } from './fields/spell-classes.ts';
import { MOST_TAKES } from './fields/take-number.ts';
import {
  AUDIO_FORMATS,
  CAPTION_UNITS,
  EXTRAS,
  LINE_FORMATS,
  OWN_ENGINES,
  PROFILE_NAMES,
  SUBTITLE_FORMATS,
  WORD_CHECKS,
} from './manifest.ts';
import { MOST_PATTERNS, MOST_PRONUNCIATIONS } from './pronunciation/pronunciation.ts';

/**
 * The manifest's fields, types and bounds; parse.ts adds defaults and checks that compare fields. Unknown fields are errors
 * everywhere: a mistyped field must not silently be a missing one.
 */

const text = (most: number) => z.string().trim().min(1).max(most);

/** Most chapters in one manifest. */
export const MOST_CHAPTERS = 2000;
/** Longest title, in UTF-16 code units. */
export const LONGEST_TITLE = 300;

/** An entry of a word list with more than the pronunciation. */
const pronunciationSchema = z.strictObject({
  say: z.string().trim().min(1).max(200).optional().describe('How it is spoken. Default: as it is written.'),
  anyCase: z.boolean().optional().describe('Upper and lower case are the same. Default: false.'),
  pattern: z
    .boolean()
    .optional()
    .describe('One * in the word stands for up to 20 letters, such as Ukridge* for Ukridges. Default: false.'),
  reviewed: z
    .boolean()
    .optional()
    .describe('A person has settled this word; `pipeline words` says so. Default: false.'),
});

/** Word → pronunciation; pronunciations.ts checks keys and values. */
const pronunciations = z
  .record(z.string(), z.union([z.string().trim().min(1).max(200), pronunciationSchema]))
  .refine(
    (words) => Object.keys(words).length <= MOST_PRONUNCIATIONS,
    `There are more than ${MOST_PRONUNCIATIONS} words here. Remove some.`,
  )
  .refine(
    (words) =>
      Object.values(words).filter((entry) => typeof entry === 'object' && entry.pattern).length <= MOST_PATTERNS,
    `There are more than ${MOST_PATTERNS} patterns here. Remove some.`,
  );

/** A pronunciation file: the same list in a separate file. */
export const pronunciationFileSchema = pronunciations;

/** The group `book`: title, author and other facts about the book. */
export const bookSchema = z.strictObject({
  title: displayText(LONGEST_TITLE).describe("The book's title as listeners see it."),
  author: displayText(LONGEST_TITLE).optional().describe('Who wrote it.'),
  narrator: displayText(LONGEST_TITLE)
    .optional()
    .describe('Who is credited as the narrator. Default: a synthetic voice.'),
  year: z.number().int().min(1000).max(9999).optional().describe('Year of this edition, for the tags.'),
  genre: displayText(100).optional().describe('Genre, for the tags. Default: Audiobook.'),
  language: text(35).optional().describe('ISO code of the language, such as en or zh. Default: en.'),
  cover: text(1024).optional().describe('A PNG or JPEG file, relative to the manifest.'),
  pronunciations: pronunciations
    .optional()
    .describe(
      'How words are pronounced in the whole book; matches whole words, case-sensitive. Example: {Ukridge: YOO-kridge}.',
    ),
  pronunciationFile: text(1024)
    .optional()
    .describe(
      'A YAML file of "word: pronunciation" lines, or a PLS lexicon (.pls), relative to the manifest; a series can share one.',
    ),
  varyRepeats: z
    .boolean()
    .optional()
    .describe('Speak a repeated line again each time instead of reusing its take. Default: false.'),
  ...publicationFields,
});

/** Who agreed that a voice is cloned. */
export const consentSchema = z.strictObject({
  by: text(200).describe('The person who agreed.'),
  on: z
    .string()
    .trim()
    .refine(isDay, 'This is not a valid date; write it as 2026-03-01.')
    .describe('The date, such as 2026-03-01.'),
  recording: text(1024)
    .optional()
    .describe('Where the consent is recorded: a file name or a reference number; it is not opened.'),
  scope: text(500)
    .optional()
    .describe(
      'What the voice may be used for, in words. With it, the person is named as "Name (Authorized Voice Replica)".',
    ),
  until: z
    .string()
    .trim()
    .refine(isDay, 'This is not a valid date; write it as 2026-03-01.')
    .optional()
    .describe('The last day of the consent, such as 2028-12-31. Afterwards the voice is not cloned again.'),
});

/** Whether a text is a valid calendar date, `yyyy-mm-dd`. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** One character: a sample to clone or an enrolled voice; characters.ts checks that there is exactly one. */
export const characterSchema = z.strictObject({
  sample: text(2048).optional().describe('A recording to clone: a file relative to the manifest, or an https address.'),
  transcript: text(4000).optional().describe('What is said in the recording.'),
  voice: text(200).optional().describe('The ID of an enrolled voice, instead of a sample.'),
  model: text(200).optional().describe("The model that clones and speaks this character. Default: the book's."),
  aliases: z.array(text(200)).max(MOST_ALIASES).optional().describe('Other names that tags in the text may use.'),
  pronunciations: pronunciations
    .optional()
    .describe("How this character pronounces words; takes precedence over the book's."),
  consent: consentSchema.optional().describe('Who agreed to the cloning of this voice, and when; shown in the report.'),
});

/** An item of `lines`: a character's name and its text; lines.ts checks `take`. */
const itemSchema = z
  .object({
    take: z
      .unknown()
      .meta({ type: ['string', 'integer'], minimum: 1, maximum: MOST_TAKES })
      .optional()
      .describe('Which take of the line is spoken, from 2; each is another recording. Default: 1.'),
  })
  .catchall(z.string());

/** One chapter: a file or the text itself; chapters.ts checks that there is exactly one. */
export const chapterSchema = z.strictObject({
  title: displayText(LONGEST_TITLE).describe("The chapter's title; it must be unique."),
  file: text(1024).optional().describe('A UTF-8 text (.txt) or Markdown (.md) file, relative to the manifest.'),
  text: z.string().optional().describe('The text itself, instead of a file.'),
  lines: z
    .array(z.union([z.string(), itemSchema]))
    .min(1)
    .max(20_000)
    .optional()
    .describe(
      'The text as a list of "character: text" items, instead of a file; the narrator speaks plain items. "audio: path" in an item uses that recording instead; "take: 2" speaks another take.',
    ),
  ...chapterHeadFields,
});

/** The group `output`: what is delivered. */
export const outputSchema = z.strictObject({
  formats: z
    .array(z.enum(AUDIO_FORMATS))
    .min(1)
    .max(20)
    .optional()
    .describe('File formats: mp3, m4a, flac or wav for each chapter, m4b for the book. Default: mp3, m4a and m4b.'),
  mastering: z.enum(PROFILE_NAMES).optional().describe('Delivery profile. Default: acx.'),
  custom: customSchema.optional().describe('Values that replace those of the profile.'),
  subtitles: z
    .array(z.enum(SUBTITLE_FORMATS))
    .max(20)
    .optional()
    .describe('Subtitle files for each chapter. Default: none.'),
  'subtitles-per': z.enum(CAPTION_UNITS).optional().describe('How much text one subtitle holds. Default: sentence.'),
  lines: z
    .enum(LINE_FORMATS)
    .optional()
    .describe('A separate file for each line, in a folder for each chapter. Default: none.'),
  also: z
    .array(z.enum(EXTRAS))
    .max(20)
    .optional()
    .describe(
      'cue: a cue sheet for the M4B; labels: label tracks for Audacity; epub: an EPUB 3 with synchronized audio.',
    ),
});

const seconds = z.number().min(0).max(60);

/** The group `pauses`, in seconds; missing fields keep their defaults. */
export const pausesSchema = z.strictObject({
  clause: seconds.optional().describe('Where a sentence that is too long for one request is split. Default: 0.12.'),
  sentence: seconds.optional().describe('Between two sentences where a long paragraph is split. Default: 0.35.'),
  paragraph: seconds.optional().describe('Between two paragraphs of the same speaker. Default: 0.75.'),
  speaker: seconds.optional().describe('Where the speaker changes. Default: 0.5.'),
  scene: seconds.optional().describe('Between two scenes. Default: 2.'),
  head: seconds.optional().describe("Before a chapter's first word. Default: the mastering profile's, 0.75 for acx."),
  tail: seconds.optional().describe("After a chapter's last word. Default: the mastering profile's, 2 for acx."),
});

/** The whole manifest. */
export const manifestSchema = z.strictObject({
  book: bookSchema.describe('Title, author and other facts about the book.'),
  model: text(200).optional().describe('The dated model that clones the voices and speaks.'),
  engine: z
    .enum(OWN_ENGINES)
    .optional()
    .describe('openai-speech: your own server speaks (PIPELINE_SPEECH_URL), with the model of any name that it has.'),
  characters: z
    .record(z.string(), characterSchema)
    .describe('Who speaks: a name, with its sample or voice below it. "narrator" reads all text without a tag.'),
  chapters: z.array(chapterSchema).min(1).max(MOST_CHAPTERS).describe('The chapters in listening order.'),
  spell: z
    .array(z.enum(SPELL_CLASSES))
    .max(20)
    .optional()
    .describe(
      'What is spoken in words instead of being left to the engine, such as [years, money]; `pipeline check` lists the places. Default: nothing.',
    ),
  chapterHeads: chapterHeadsSchema,
  pauses: pausesSchema.optional().describe('The lengths of pauses, in seconds.'),
  credits: creditsSchema.optional().describe('Spoken before the first and after the last chapter, in separate files.'),
  retailSample: retailSampleSchema
    .optional()
    .describe('A sample for the shop, made from the takes of a chapter: true, or which part and how long.'),
  output: outputSchema.optional().describe('What is delivered.'),
  disclosure: disclosureSchema
    .optional()
    .describe(
      'cn: also the label AIGC of the Chinese standard GB 45438-2025. Every file says without it that a machine speaks.',
    ),
  requireConsent: z.boolean().optional().describe('Clone no voice without a consent. Default: false.'),
  checks: z
    .strictObject({
      words: z
        .enum(WORD_CHECKS)
        .optional()
        .describe(
          'Takes whose words a recogniser hears: suspects (those that the free checks doubt), all or off. Default: suspects where a recogniser is set up (PIPELINE_HEARING_MODEL or PIPELINE_HEARING_URL).',
        ),
    })
    .optional()
    .describe('How takes are checked.'),
  budget: z
    .union([z.number(), z.string()])
    .optional()
    .describe(
      "The most that a run may spend, such as 5.00 or '5.00 CNY'. Nothing is sent beyond it. Default: no limit.",
    ),
});
