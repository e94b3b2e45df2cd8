/** The binding of this version: chapters stream from the store into a new blob of it. */
import { bindBook } from '../src/audio/m4b/bind-book.ts';
import { PipelineError } from '../src/errors.ts';
import type { MasterRecord } from '../src/store/masters.ts';
import { type Binding, DamagedChapter } from './book-to-bind.ts';

/** Nothing is visible in the store unless every chapter was whole. */
export const bindIntoStore: Binding = async ({ sources, tags, cover }, { attempt, context: { store }, proveUncut }) => {
  const blob = await store.createBlob();
  let damaged: MasterRecord | undefined;
  try {
    const bound = await bindBook({
      chapters: sources.map(({ title, digest }) => ({ title, open: () => store.openBlob(digest, { reuse: true }) })),
      ...{ tags, ...(cover && { cover }) },
      write: (piece) => blob.write(piece),
      signal: attempt.signal,
      onProgress: (share) => attempt.onProgress?.(share),
      onDamaged: (chapter) => {
        damaged = sources[chapter]?.master;
      },
    });
    proveUncut(bound);
    return { file: await blob.commit(), ...bound };
  } catch (error) {
    throw damaged !== undefined && error instanceof PipelineError ? new DamagedChapter(error, damaged) : error;
  } finally {
    await blob.discard();
  }
};
