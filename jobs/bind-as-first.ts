/** The first binding, whose container ffmpeg writes. Only for the editions of locks that were bound so. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bindWithFfmpeg } from '../src/audio/m4b/bind-with-ffmpeg.ts';
import { PipelineError } from '../src/errors.ts';
import type { MasterRecord } from '../src/store/masters.ts';
import { type Binding, DamagedChapter } from './book-to-bind.ts';

/** Copies each chapter out of the store, has ffmpeg write the M4B, and copies that into the store. */
export const bindAsFirst: Binding = async ({ sources, tags, cover }, { attempt, context, proveUncut }) => {
  const { store, ffmpeg } = context;
  const folder = await store.workFolder();
  let reading: MasterRecord | undefined;
  try {
    const output = join(folder, 'book.m4b');
    const chapters = sources.map(({ master, title, digest }) => ({
      title,
      open: async () => {
        reading = master;
        const path = join(folder, 'chapter.m4a');
        await store.copyOut(digest, path);
        return path;
      },
      close: (path: string) => rm(path, { force: true }),
    }));
    const bound = await bindWithFfmpeg({
      ...{ ffmpeg, chapters, folder, output, tags, ...(cover && { cover }) },
      signal: attempt.signal,
      onProgress: (share) => attempt.onProgress?.(share),
    });
    proveUncut(bound);
    return { file: await store.putFile(output), ...bound };
  } catch (error) {
    const isDamage = error instanceof PipelineError && error.code === 'store-damaged';
    throw isDamage && reading !== undefined ? new DamagedChapter(error, reading) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
