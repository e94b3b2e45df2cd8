/**
 * The first binding: chapters are copied into one M4B whose container ffmpeg writes. Kept for editions that were bound so: a lock of
 * them is reproduced byte for byte.
 */
import { createHash } from 'node:crypto';
import { open as openFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interrupted, PipelineError } from '../../errors.ts';
import type { BookTags } from '../../plan/step.ts';
import { type Cover, coverInput, coverOptions } from '../ffmpeg/encode.ts';
import { runFfmpeg } from '../ffmpeg/ffmpeg.ts';
import type { Ffmpeg } from '../ffmpeg/ffmpeg-binary.ts';
import { chapterMetadata } from '../mastering/chapter-metadata.ts';
import { bookMetadataOptions } from '../mastering/tags.ts';
import { AAC_FRAME_SAMPLES, type AdtsCount } from '../mp4/adts.ts';
import { copyPackets, type Packets } from '../mp4/mp4-packets.ts';
import type { BoundBook, BoundChapter } from './bound-book.ts';

/** A book to bind, and where to. */
export interface FfmpegBindRequest {
  ffmpeg: Ffmpeg;
  /** In order. `open` provides the path of the chapter's M4A; `close` is called after copying. */
  chapters: readonly { title: string; open(): Promise<string>; close(path: string): Promise<void> }[];
  /** An empty folder for intermediate files; needs as much space as the book. */
  folder: string;
  /** The M4B to write. */
  output: string;
  tags: BookTags;
  cover?: Cover;
  signal?: AbortSignal;
  /** Called with the finished share of the book, 0 to 1; often. */
  onProgress?(share: number): void;
}

/**
 * Writes the M4B and verifies it: reads its packets back by its own index and compares them byte for byte with those of the
 * chapters, and its chapter marks. Only the container is written by ffmpeg, in one run. Marks are counted in
 * frames of 1024 samples, so they do not drift. Each chapter begins with the encoder delay, 23 ms of silence.
 *
 * Errors: those of `runFfmpeg`; `store-damaged` for a damaged chapter file; `ffmpeg-failed` when the verification fails.
 */
export async function bindWithFfmpeg(request: FfmpegBindRequest): Promise<BoundBook> {
  const { folder, output, signal } = request;
  const sound = join(folder, 'book.aac');
  const { counts, digest, bytes } = await joinChapters(request, sound);
  const { sampleRateHz } = counts[0]!;
  let frames = 0;
  const chapters = counts.map((count, index): BoundChapter => {
    const start = frames;
    frames += count.frames;
    const seconds = (of: number) => (of * AAC_FRAME_SAMPLES) / sampleRateHz;
    return { title: request.chapters[index]!.title, startSeconds: seconds(start), endSeconds: seconds(frames) };
  });
  const book = { durationSeconds: (frames * AAC_FRAME_SAMPLES) / sampleRateHz, chapters };
  await mux(request, { sound, chapters, sampleRateHz });
  request.onProgress?.(JOINED + MUXED);
  const onBytes = (read: number): void => request.onProgress?.(JOINED + MUXED + (1 - JOINED - MUXED) * (read / bytes));
  await verifyBook({ output, digest, frames, chapters, signal, onBytes });
  return book;
}

/** Shares of the time that the first two of three passes take: joining, writing the container, reading it back. */
const JOINED = 0.5;
const MUXED = 0.2;

async function joinChapters(
  request: FfmpegBindRequest,
  sound: string,
): Promise<{ counts: AdtsCount[]; digest: string; bytes: number }> {
  const { chapters, signal } = request;
  const counts: AdtsCount[] = [];
  const digest = packetDigest();
  let bytes = 0;
  const file = await openFile(sound, 'w');
  try {
    for (const chapter of chapters) {
      const path = await chapter.open();
      const count = await copyPackets(path, async (packets) => {
        if (signal?.aborted) throw interrupted(`copying chapter "${chapter.title}" into the book`);
        digest.add(packets);
        bytes += packets.bytes.length;
        await file.writeFile(packets.adts());
      });
      await chapter.close(path);
      counts.push(checkedCount(count, counts[0], chapter.title));
      request.onProgress?.((JOINED * counts.length) / chapters.length);
    }
  } finally {
    await file.close();
  }
  return { counts, digest: digest.value(), bytes };
}

/** Of packets and of their sizes, wherever the pieces that they come in end. */
function packetDigest() {
  const [sound, lengths] = [createHash('sha256'), createHash('sha256')];
  return {
    add({ bytes, sizes }: Packets): void {
      sound.update(bytes);
      lengths.update(sizes);
    },
    value: () => `${sound.digest('hex')} ${lengths.digest('hex')}`,
  };
}

function checkedCount(count: AdtsCount, first: AdtsCount | undefined, title: string): AdtsCount {
  const like = first ?? count;
  if (count.isComplete && count.sampleRateHz === like.sampleRateHz && count.channels === like.channels) return count;
  const message = `The stored M4A of chapter "${title}" cannot be added to the book: it is damaged or differs from the others. Run again to make the chapter again.`;
  throw new PipelineError({ code: 'store-damaged', message, retry: 'never' });
}

async function mux(
  request: FfmpegBindRequest,
  { sound, chapters, sampleRateHz }: { sound: string; chapters: BoundChapter[]; sampleRateHz: number },
): Promise<void> {
  const { ffmpeg, folder, output, tags, cover, signal } = request;
  const marks = join(folder, 'marks.txt');
  await writeFile(marks, chapterMetadata(chapters, sampleRateHz));
  const inputs = [
    { from: sound, options: ['-f', 'aac'] },
    { from: marks, options: ['-f', 'ffmetadata'] },
  ];
  if (cover !== undefined) inputs.push(await coverInput(cover, join(folder, 'cover')));
  await runFfmpeg({
    ffmpeg,
    doing: `binding "${tags.title}"`,
    inputs,
    outputs: [
      {
        to: output,
        options: [
          ...['-map', '0:a', '-c:a', 'copy', '-map_chapters', '1', '-map_metadata', '1'],
          ...(cover === undefined ? [] : coverOptions(2)),
          ...bookMetadataOptions(tags),
          ...['-fflags', '+bitexact', '-movflags', '+faststart', '-f', 'ipod'],
        ],
      },
    ],
    signal,
  });
}

/** Containers store marks in milliseconds. */
const MARK_TOLERANCE_SECONDS = 0.002;
const COMPARED_CHARACTERS = 100;

/** Nothing is decoded: the chapters were, when they were made. */
async function verifyBook(of: {
  output: string;
  digest: string;
  frames: number;
  chapters: BoundChapter[];
  signal: AbortSignal | undefined;
  onBytes(read: number): void;
}): Promise<void> {
  const digest = packetDigest();
  let read = 0;
  const { isComplete, frames, marks } = await copyPackets(of.output, (packets) => {
    if (of.signal?.aborted) throw interrupted('reading the finished book back');
    digest.add(packets);
    read += packets.bytes.length;
    of.onBytes(read);
  });
  const inPlace = of.chapters.every(({ title, startSeconds }, index) => {
    const mark = marks[index];
    const shown = title.split(/[\r\n]/, 1)[0]!.slice(0, COMPARED_CHARACTERS);
    return (
      mark !== undefined &&
      Math.abs(mark.startSeconds - startSeconds) <= MARK_TOLERANCE_SECONDS &&
      mark.title.startsWith(shown)
    );
  });
  const isSame = isComplete && frames === of.frames && digest.value() === of.digest;
  if (isSame && inPlace && marks.length === of.chapters.length) return;
  const what = isSame ? 'chapter marks are wrong' : 'audio differs from the chapters';
  const message = `The M4B failed its verification: its ${what}. If that happens again, try another ffmpeg (FFMPEG_PATH).`;
  throw new PipelineError({ code: 'ffmpeg-failed', message, retry: 'backoff' });
}
