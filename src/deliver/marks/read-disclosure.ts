/** Reads disclosure.json back: which files of a folder were delivered with marks. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { AUDIO_FORMATS } from '../../manifest/manifest.ts';
import type { MarkedFile } from './deliver-marked.ts';

/** The file's name in the delivery folder. */
export const DISCLOSURE = 'disclosure.json';

/** The marked files that the folder's disclosure lists; none when it is missing or damaged: its files are then marked again. */
export async function readMarkedFiles(folder: string): Promise<MarkedFile[]> {
  try {
    const read = schema.safeParse(JSON.parse(await readFile(join(folder, DISCLOSURE), 'utf8')));
    return read.success ? read.data.marks.files : [];
  } catch {
    return [];
  }
}

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.object({
  format: z.literal('narration-disclosure'),
  marks: z.object({
    files: z.array(
      z.object({
        name: z.string(),
        format: z.enum(AUDIO_FORMATS),
        spokenBy: z.enum(['machine', 'both', 'person']),
        digest,
        byteLength: z.number().int().min(0),
        unmarked: digest,
        tags: digest,
        verified: z.literal(true),
      }),
    ),
  }),
});
