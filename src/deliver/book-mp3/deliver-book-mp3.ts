/** Delivers the whole book as one MP3 with chapter marks, from the chapters in the store. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { partTitle } from '../../plan/names.ts';
import { type Plan, spokenChapters } from '../../plan/plan.ts';
import { writeAll } from '../../store/blob-writer.ts';
import type { BookRecord } from '../../store/books.ts';
import { type MasterFile, partsOf } from '../../store/masters.ts';
import type { Store } from '../../store/store.ts';
import { deliverWritten, isDelivered } from '../files.ts';
import { bookTags } from '../marks/book-tags.ts';
import { proveMarks } from '../marks/deliver-marked.ts';
import { markedSound } from '../marks/marked-sound.ts';
import type { FinishedChapter } from '../shops/package.ts';
import { joinMp3 } from './join-mp3.ts';

/** A chapter, or a part of a long one, as it is joined. */
interface JoinedChapter {
  title: string;
  file: MasterFile;
}

/** What is joined, in order and without the retail sample; undefined when a chapter has no MP3. */
export function chaptersToJoin(plan: Plan, chapters: readonly FinishedChapter[]): JoinedChapter[] | undefined {
  const spoken = new Set(spokenChapters(plan).map(({ number }) => number));
  const all = chapters
    .filter(({ chapter }) => spoken.has(chapter.number))
    .flatMap(({ chapter, master }) =>
      partsOf(master).map((part, _index, parts) => ({
        title: part.number === 0 ? chapter.title : partTitle(chapter.title, { number: part.number, of: parts.length }),
        file: part.files.find(({ format }) => format === 'mp3'),
      })),
    );
  return all.every((one): one is JoinedChapter => one.file !== undefined) ? all : undefined;
}

/**
 * Writes the MP3 with the marks and tags of the book file, unless the same is there. Returns whether it was written. Equal chapters
 * give equal bytes. Fails like `joinMp3` and `deliverWritten`.
 */
export async function deliverBookMp3(of: {
  store: Store;
  plan: Plan;
  chapters: readonly JoinedChapter[];
  simulated: boolean;
  path: string;
}): Promise<boolean> {
  const { store, plan, chapters, simulated, path } = of;
  const hash = createHash('sha256');
  for (const { file } of chapters) hash.update(file.digest);
  const book = { file: { digest: hash.digest('hex') }, simulated } as BookRecord;
  const { tags } = bookTags({ plan, book });
  const sources = chapters.map(({ title, file: { digest, byteLength } }) => ({
    title,
    byteLength,
    open: () => store.openBlob(digest, { reuse: true }),
  }));
  const sum = createHash('sha256');
  let byteLength = 0;
  const write = async (temporary: string): Promise<void> => {
    const file = await open(temporary, 'wx');
    try {
      const joined = joinMp3(plan.title, sources);
      for await (const piece of markedSound(joined, { format: 'mp3', byteLength: Number.MAX_SAFE_INTEGER, tags })) {
        sum.update(piece);
        byteLength += piece.length;
        await writeAll(file, piece);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await proveMarks(temporary, { name: basename(path), format: 'mp3', tags });
  };
  return deliverWritten({
    ...{ folder: dirname(path), path, madeAt: NO_TIME, write },
    isNeeded: async () =>
      !(await isDelivered({ path, file: { digest: sum.digest('hex'), byteLength }, madeAt: new Date(0) })),
  });
}

/** The time of no clock: the same book is the same file. */
const NO_TIME = new Date('1980-01-01T00:00:00Z');
