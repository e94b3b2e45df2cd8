import * as z from 'zod';
import { LONGEST_CHARACTER_NAME } from '../manifest/fields/names.ts';
import { MOST_TAKES } from '../manifest/fields/take-number.ts';
import { LONGEST_TITLE } from '../manifest/schema.ts';

/**
 * The review file's fields, types and bounds. Unknown fields are allowed everywhere, because they are kept: a newer version
 * may have written them. Each message follows the field's name and "must be".
 */

/** Longest spoken text of a line, in UTF-16 code units. */
const LONGEST_SAY = 5_000;
/** Longest pause, in seconds, as in a tag. */
const LONGEST_PAUSE_SECONDS = 60;
const LONGEST_DIRECTION = 300;
const LONGEST_PATH = 1_024;
const LONGEST_COMMENT = 10_000;
/** A line may be a whole chapter without a paragraph. */
const LONGEST_WORDS = 1_000_000;
/** Most decisions about lines, and about chapters. */
const MOST_DECISIONS = 10_000;
const MOST_COMMENTS = 1_000;

const text = (most: number, what: string) => z.string({ error: what }).max(most, what);

/** Text without control characters, except line breaks and tabs. */
const plainText = (most: number, what: string) =>
  text(most, what)
    .trim()
    .min(1, what)
    .refine((words) => !/[^\P{Cc}\n\r\t]|\p{Cs}/u.test(words), what);

const group = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape, { error: 'a group of fields, indented below its name' });

const by = plainText(200, 'the name of a person, up to 200 characters').optional().describe('Who.');
const on = z
  .string({ error: 'a day such as 2026-11-29' })
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'a day such as 2026-11-29')
  .optional()
  .describe('The day, such as 2026-11-29.');

const approval = z
  .union(
    [
      z.literal(true),
      group({
        by,
        on,
        of: text(200, 'text').optional().describe('What was approved; the program writes it.'),
      }),
    ],
    { error: 'true, or a group such as {by: Ann, on: 2026-11-29}' },
  )
  .optional();

const comment = plainText(LONGEST_COMMENT, `text, up to ${LONGEST_COMMENT} characters`);
const about = plainText(2_000, 'the words that are meant, up to 2,000 characters')
  .optional()
  .describe('The words of the line that are meant. Default: all.');
const until = z
  .string({ error: 'a line such as "3:41", in quotes' })
  .regex(/^\d{1,5}:\d{1,6}$/, 'a line such as "3:41", in quotes')
  .optional()
  .describe('The last line that is meant, as it was numbered then. Default: this line alone.');
const untilId = text(200, 'text').optional().describe('The stable ID of that line; the program writes it.');
const comments = z
  .array(group({ text: comment.describe('The note.'), about, until, untilId, by, on }), {
    error: 'a list, each item with "text: …"',
  })
  .max(MOST_COMMENTS, `at most ${MOST_COMMENTS} comments`)
  .optional()
  .describe('Notes of people. Not spoken.');

const words = (what: string) => text(LONGEST_WORDS, 'text in quotes').describe(what);

/** A decision about a line. */
export const decisionSchema = group({
  id: text(200, 'text')
    .optional()
    .describe("The line's stable ID; the program writes it. Without it, the line is found by its words alone."),
  at: text(40, 'a line such as "3:37", in quotes')
    .optional()
    .describe('Chapter and line when it was decided. For people, and to sort by.'),
  words: words("The line's words when it was decided: by them and its ID the line is found again."),
  before: words('The words of the line before it.').optional(),
  after: words('The words of the line after it.').optional(),
  occurrence: text(40, 'text such as "2/3"')
    .optional()
    .describe('Which of several equal lines it is, where nothing else tells.'),
  chapterTitle: text(LONGEST_TITLE, 'a title').optional().describe("Its chapter's title."),
  take: z
    .int(`a whole number from 1 to ${MOST_TAKES}`)
    .min(1, `a whole number from 1 to ${MOST_TAKES}`)
    .max(MOST_TAKES, `a whole number from 1 to ${MOST_TAKES}`)
    .optional()
    .describe('The take to use, as [take 2] in the text. 1: the first.'),
  say: plainText(LONGEST_SAY, `text to speak, up to ${LONGEST_SAY} characters, with at least one letter or digit`)
    .refine(
      (spoken) => /[\p{L}\p{N}]/u.test(spoken),
      `text to speak, up to ${LONGEST_SAY} characters, with at least one letter or digit`,
    )
    .optional()
    .describe("What is spoken instead of the line's words. Pronunciations are not applied to it."),
  pause: z
    .number(`a number of seconds from 0 to ${LONGEST_PAUSE_SECONDS}`)
    .min(0, `a number of seconds from 0 to ${LONGEST_PAUSE_SECONDS}`)
    .max(LONGEST_PAUSE_SECONDS, `a number of seconds from 0 to ${LONGEST_PAUSE_SECONDS}`)
    .optional()
    .describe('The pause after the line, in seconds.'),
  recording: plainText(LONGEST_PATH, 'the path of a recording, relative to the manifest')
    .optional()
    .describe("The author's own recording of the line, relative to the manifest."),
  direction: plainText(LONGEST_DIRECTION, `a direction, up to ${LONGEST_DIRECTION} characters`)
    .optional()
    .describe('How to speak it, for models that accept directions.'),
  speaker: plainText(LONGEST_CHARACTER_NAME, "a character's name")
    .optional()
    .describe('The character that speaks it: a name or alias from the manifest.'),
  comment: comment.optional().describe('One note, as a short form of "comments".'),
  comments,
  approved: approval.describe('Heard and good.'),
});

/** A decision about a chapter. */
export const chapterDecisionSchema = group({
  title: plainText(LONGEST_TITLE, "the chapter's title").describe("The chapter's title in the manifest."),
  comment: comment.optional().describe('One note, as a short form of "comments".'),
  comments,
  approved: approval.describe('The chapter is heard and good.'),
});

/** The complete file. */
export const reviewSchema = group({
  version: z.literal(1, { error: '1' }).describe('Version of the format.'),
  book: plainText(LONGEST_TITLE, 'the title of the book').optional().describe('Title of the book.'),
  approved: approval.describe('The whole book is heard and good.'),
  chapters: z
    .array(chapterDecisionSchema, { error: 'a list, each item with "title: …"' })
    .max(MOST_DECISIONS, `at most ${MOST_DECISIONS} chapters`)
    .nullish()
    .describe('Decisions about chapters.'),
  lines: z
    .array(decisionSchema, { error: 'a list, each item with "id: …"' })
    .max(MOST_DECISIONS, `at most ${MOST_DECISIONS} decisions`)
    .nullish()
    .describe('Decisions about lines, in the order of the book.'),
});
