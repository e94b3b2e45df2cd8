/** The fields `chapterHeads`, and `head` and `number` of a chapter: how the narrator announces chapters. */
import * as z from 'zod';
import type { Context } from '../diagnostics/context.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { ChapterHead } from '../manifest.ts';
import type { FieldPath } from '../yaml/places.ts';

/** Longest head, in UTF-16 code units, as it is written. */
const LONGEST_HEAD = 300;
/** Greatest number of a chapter. */
const MOST_NUMBER = 99_999;

const words = z.union([z.boolean(), z.string().trim().min(1).max(LONGEST_HEAD)]);
/** Longest pause, in seconds. */
const LONGEST_PAUSE = 60;

const head = z
  .union([
    ...words.options,
    z.strictObject({
      words: words.optional().describe('As without a group. Default: true.'),
      speaker: z.string().trim().min(1).max(LONGEST_HEAD).optional().describe('Who speaks it. Default: the narrator.'),
      pause: z
        .number()
        .min(0)
        .max(LONGEST_PAUSE)
        .optional()
        .describe(
          'Silence after it, in seconds. Default: "pauses.paragraph", or "pauses.speaker" before another speaker.',
        ),
    }),
  ])
  .optional();

/** The field `chapterHeads`. */
export const chapterHeadsSchema = head.describe(
  'The narrator announces each chapter: true for the usual words of the language ("Chapter Three. Waterloo Station"), or your own with {number}, {number words}, {Number words} and {title}; or a group of words, speaker and pause. Default: false.',
);

/** The fields of one chapter. */
export const chapterHeadFields = {
  head: head.describe(
    'How the narrator announces this chapter: false for not at all, true for the usual words, or your own; or a group as in "chapterHeads". Default: as "chapterHeads" says.',
  ),
  number: z
    .union([z.literal(false), z.number().int().min(0).max(MOST_NUMBER)])
    .optional()
    .describe(
      'The number in its head; false: it has none, as a prologue. Default: that of its title, or one more than before.',
    ),
};

/** What a template may contain. */
export const HEAD_PLACEHOLDERS = ['{number}', '{number words}', '{Number words}', '{title}'] as const;

/** The usual heads, by language. */
const USUAL: Readonly<Record<string, string>> = {
  en: 'Chapter {Number words}. {title}',
  de: 'Kapitel {number words}. {title}',
  fr: 'Chapitre {number words}. {title}',
  es: 'Capítulo {number words}. {title}',
  it: 'Capitolo {number words}. {title}',
  pt: 'Capítulo {number words}. {title}',
  ru: 'Глава {number words}. {title}',
  id: 'Bab {number words}. {title}',
  zh: '第{number words}章。{title}',
  ja: '第{number words}章。{title}',
  ko: '제{number words}장. {title}',
};

/** The usual template of a language, by its ISO code; undefined for a language without one. */
export function usualHead(language: string): string | undefined {
  const primary = language.split('-')[0] ?? language;
  return Object.hasOwn(USUAL, primary) ? USUAL[primary] : undefined;
}

/** Reads `chapterHeads`. */
export function readChapterHeads(raw: unknown, context: Context): { chapterHeads?: ChapterHead } {
  const head = readHead(raw, ['chapterHeads'], context);
  return head === undefined || head.words === false ? {} : { chapterHeads: head };
}

/** Reads `chapterHeads` or a chapter's `head`, already checked by the schema; reports placeholders that do not exist. */
export function readHead(raw: unknown, path: FieldPath, context: Context): ChapterHead | undefined {
  const asked = head.safeParse(raw).data;
  if (asked === undefined) return undefined;
  const group = typeof asked === 'object' ? asked : { words: asked };
  const { words: wanted = true } = group;
  if (typeof wanted === 'string') {
    for (const [placeholder] of wanted.matchAll(/[{}][^{}]*\}?/g)) {
      if ((HEAD_PLACEHOLDERS as readonly string[]).includes(placeholder)) continue;
      const message = `"${placeholder}" is no placeholder of a chapter head.`;
      const fix = `Use ${HEAD_PLACEHOLDERS.join(', ')}, and no other braces.`;
      context.note({ path, on: 'value', code: 'unknown-placeholder', message, fix });
      break;
    }
  }
  const { speaker, pause } = group as Exclude<typeof asked, string | boolean>;
  return {
    words: wanted,
    ...(speaker !== undefined && { speaker: { name: speaker, at: context.places.value([...path, 'speaker']) } }),
    ...(pause !== undefined && { pauseMs: Math.round(pause * 1000) }),
    at: context.places.value(path),
  };
}

/** The problem with a value that none of its field's types accepts; undefined for other fields. */
export function headFinding(path: FieldPath): Finding | undefined {
  const [group, , field] = path;
  if (group === 'chapterHeads' || (group === 'chapters' && field === 'head' && path.length === 3)) {
    const message = `"${group === 'chapterHeads' ? group : field}" must be true, false, a text of up to ${LONGEST_HEAD} characters, or a group of words, speaker and pause (0 to ${LONGEST_PAUSE} seconds).`;
    const fix = 'Write true for the usual words, or your own, such as "Chapter {Number words}. {title}", in quotes.';
    return { path, on: 'value', code: 'wrong-type', message, fix };
  }
  if (group !== 'chapters' || field !== 'number' || path.length !== 3) return undefined;
  const message = `"number" must be false, or a whole number from 0 to ${MOST_NUMBER}.`;
  const fix = 'Write the number that is spoken, such as 3, or false for a chapter without one.';
  return { path, on: 'value', code: 'wrong-type', message, fix };
}
