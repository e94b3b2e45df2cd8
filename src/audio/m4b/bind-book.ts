/** Binds chapters into one M4B: their packets as they are stored, in a container of our own. No program runs, nothing is decoded. */
import pLimit from 'p-limit';
import { interrupted, PipelineError } from '../../errors.ts';
import type { BookTags } from '../../plan/step.ts';
import { AAC_FRAME_SAMPLES } from '../mp4/adts.ts';
import { type BookLayout, bookHead, playedSamples } from './book-head.ts';
import type { BookCover } from './book-items.ts';
import type { BoundBook } from './bound-book.ts';
import { proveHead } from './prove-head.ts';
import { type ChapterIndex, packetBytes, readChapterIndex } from './stored-chapter.ts';
import { bytesOf } from './track-boxes.ts';

/** A book to bind. */
export interface BindRequest {
  /**
   * In order. `open` reads the chapter's M4A from its start; it is called twice, and the second time read to its end. A piece is not
   * used after the next one is asked for.
   */
  chapters: readonly { title: string; open(): AsyncIterable<Buffer> }[];
  tags: BookTags;
  cover?: BookCover;
  /** Takes the bytes of the M4B, in order. */
  write(piece: Buffer): Promise<void>;
  signal?: AbortSignal;
  /** Called with the finished share of the book, 0 to 1; often. */
  onProgress?(share: number): void;
  /** Called with the index of a chapter whose M4A is damaged, before `store-damaged` is thrown for it. */
  onDamaged?(chapter: number): void;
}

/** Indexes that are read at once: enough to hide a network's latency. */
const INDEXES_AT_ONCE = 8;

/**
 * Writes the M4B, index first. A mark is at the first sample of its chapter, to the sample. Memory: the sizes of all packets, and
 * one piece of a chapter.
 *
 * Proof: the index is read back by the reader for foreign files before anything is written (`proveHead`), then each chapter's
 * packets must have the sizes that it names.
 *
 * Errors: those of `open` and `write`; `store-damaged` for a chapter whose M4A is damaged or unlike the others; `interrupted`.
 */
export async function bindBook(request: BindRequest): Promise<BoundBook> {
  const indexes = await readIndexes(request);
  const layout = layOut(request, indexes);
  const head = bookHead(layout);
  proveHead(head, layout);
  await request.write(head);
  let written = 0;
  const total = bytesOf(layout.sizes);
  for (const [at, index] of indexes.entries()) {
    written += await copyChapter(request, { at, index });
    request.onProgress?.(written / total);
  }
  const { sampleRateHz, chapters } = layout;
  const seconds = (samples: number): number => samples / sampleRateHz;
  const end = playedSamples(layout);
  return {
    durationSeconds: seconds(end),
    chapters: chapters.map(({ title, startSample }, i) => ({
      title,
      startSeconds: seconds(startSample),
      endSeconds: seconds(chapters[i + 1]?.startSample ?? end),
    })),
  };
}

async function readIndexes(request: BindRequest): Promise<ChapterIndex[]> {
  const { chapters, signal } = request;
  const indexes = await pLimit(INDEXES_AT_ONCE).map(chapters, async (chapter, at) => {
    if (signal?.aborted) throw interrupted(`reading chapter "${chapter.title}" for the book`);
    return watched(request, at, () => readChapterIndex(chapter.open()));
  });
  const like = indexes.find((index) => index !== undefined);
  return indexes.map((index, at) => {
    if (index !== undefined && isAlike(index, like)) return index;
    request.onDamaged?.(at);
    throw damagedChapter(chapters[at]!.title, 'it is damaged or differs from the others');
  });
}

function isAlike(index: ChapterIndex, other: ChapterIndex | undefined): boolean {
  return other !== undefined && index.config.equals(other.config);
}

function layOut({ chapters, tags, cover }: BindRequest, indexes: readonly ChapterIndex[]): BookLayout {
  const [first] = indexes;
  if (first === undefined) throw new Error('Internal error: a book without chapters.');
  const { sampleRateHz, channels, config, primingSamples } = first;
  const sizes = new Uint32Array(indexes.reduce((sum, index) => sum + index.sizes.length, 0));
  let packets = 0;
  const marks = indexes.map((index, at) => {
    // The packets before it, and what the encoder put before its own sound; of the first chapter, that is not played.
    const startSample = packets * AAC_FRAME_SAMPLES + index.primingSamples - primingSamples;
    sizes.set(index.sizes, packets);
    packets += index.sizes.length;
    return { title: chapters[at]!.title, startSample };
  });
  const { lastPacketSamples } = indexes.at(-1)!;
  const sound = { sampleRateHz, channels, config, sizes, primingSamples, lastPacketSamples };
  return { ...sound, chapters: marks, tags, ...(cover && { cover }) };
}

/** Returns the number of bytes. */
async function copyChapter(request: BindRequest, { at, index }: { at: number; index: ChapterIndex }): Promise<number> {
  const { title, open } = request.chapters[at]!;
  return watched(request, at, async () => {
    let bytes = 0;
    for await (const piece of packetBytes(open(), index)) {
      if (request.signal?.aborted) throw interrupted(`copying chapter "${title}" into the book`);
      await request.write(piece);
      bytes += piece.length;
    }
    if (bytes === bytesOf(index.sizes)) return bytes;
    throw damagedChapter(title, 'it is cut off');
  });
}

/** Tells which chapter is damaged. */
async function watched<T>({ onDamaged }: BindRequest, at: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'store-damaged') onDamaged?.(at);
    throw error;
  }
}

function damagedChapter(title: string, why: string): PipelineError {
  const message = `The stored M4A of chapter "${title}" cannot be added to the book: ${why}. Run again to make the chapter again.`;
  return new PipelineError({ code: 'store-damaged', message, retry: 'never' });
}
