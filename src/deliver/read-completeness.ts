/** Reads completeness.json back as the edition that it describes. */
import * as z from 'zod';
import { REALMS } from '../account.ts';
import type { Edition } from '../plan/edition.ts';

/** Reads the file's bytes. Returns a problem for a damaged or foreign file; never throws. */
export function readCompleteness(bytes: Uint8Array): { edition: Edition } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return { problem: `is damaged (${error instanceof Error ? error.message.slice(0, 200) : 'no JSON'}).` };
  }
  const read = mapSchema.safeParse(value);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    return {
      problem: `is not a completeness file of this version at ${path.length === 0 ? 'the top level' : path.join('.')}: ${message}.`,
    };
  }
  const { chapters, book, partial, ...head } = read.data;
  if (partial !== undefined)
    return {
      problem: `is of a run for some chapters only (--chapter ${partial.chapters.join(',')}), so it is no edition. Run the book without --chapter first.`,
    };
  const edition: Edition = {
    ...head,
    chapters: chapters.map(({ files, segments, ...chapter }) => ({
      ...chapter,
      files: Object.fromEntries(files.map(({ format, digest, unmarked }) => [format, unmarked ?? digest])),
      segments: segments.map(({ take, ...segment }) => ({
        ...segment,
        take: take.key,
        sound: take.digest ?? null,
      })),
    })),
    book: book?.unmarked ?? book?.digest ?? null,
  };
  return { edition };
}

const mapSchema = z.object({
  format: z.literal('narration-completeness'),
  version: z.literal(1),
  title: z.string(),
  author: z.string(),
  partial: z.object({ chapters: z.array(z.number()) }).optional(),
  manifest: z.string(),
  simulated: z.boolean(),
  realm: z.enum(REALMS),
  engine: z.enum(['openai-speech']).optional(),
  model: z.string(),
  models: z.record(z.string(), z.string()).optional(),
  language: z.string(),
  voices: z.record(
    z.string(),
    z.union([z.object({ voice: z.string(), sample: z.string() }), z.object({ id: z.string() })]),
  ),
  words: z.string().nullable(),
  settings: z.record(z.string(), z.unknown()),
  chapters: z.array(
    z.object({
      title: z.string(),
      source: z.object({ file: z.string(), digest: z.string() }).nullable(),
      master: z.string(),
      ffmpeg: z.string().nullable(),
      files: z.array(z.object({ format: z.string(), digest: z.string(), unmarked: z.string().optional() })),
      segments: z.array(
        z.object({
          character: z.string(),
          text: z.string(),
          written: z.string().optional(),
          direction: z.string().optional(),
          retake: z.number().optional(),
          goesOn: z.literal(true).optional(),
          pauseMs: z.number(),
          take: z.object({ key: z.string(), digest: z.string().optional() }),
        }),
      ),
    }),
  ),
  book: z.object({ digest: z.string(), unmarked: z.string().optional() }).nullable(),
});
