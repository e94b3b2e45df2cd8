/** Binds chapters into one M4B by copying their AAC: nothing is encoded again, so it costs little more than the copy. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PipelineError } from '../errors.ts';
import type { BookTags } from '../plan/step.ts';
import { AAC_FRAME_SAMPLES, type AdtsCount, createAdtsCounter } from './adts.ts';
import { chapterMetadata } from './chapter-metadata.ts';
import { marksIn } from './decode.ts';
import { type Cover, coverInput, coverOptions } from './encode.ts';
import { runFfmpeg } from './ffmpeg.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';
import { bookMetadataOptions } from './tags.ts';

/** A book to bind. */
export interface BindRequest {
  ffmpeg: Ffmpeg;
  /** In order. `open` puts the chapter's M4A somewhere and gives its path; `close` is called when it was copied. */
  chapters: readonly { title: string; open(): Promise<string>; close(path: string): Promise<void> }[];
  /** An empty folder for intermediate files; as much space as the book is needed. */
  folder: string;
  /** The M4B to write. */
  output: string;
  tags: BookTags;
  cover?: Cover;
  signal?: AbortSignal;
}

/** Where a chapter lies in the book. Exact: a whole number of frames. */
export interface BoundChapter {
  title: string;
  startSeconds: number;
  endSeconds: number;
}

/** A bound book. */
export interface BoundBook {
  durationSeconds: number;
  chapters: BoundChapter[];
}

/**
 * Writes the M4B and proves it: read back, its sound is that of the chapters, byte for byte, and its marks are where they
 * belong. Marks are counted in frames of 1024 samples, not summed up from rounded durations, so they do not drift however
 * long the book is. Each chapter begins with the 23 ms of silence that its encoder put before it.
 *
 * Errors: those of `runFfmpeg`; `store-damaged` when a chapter's file is not what it should be; `ffmpeg-failed` when the
 * written book does not read back as it was meant.
 */
export async function bindBook(request: BindRequest): Promise<BoundBook> {
  const { ffmpeg, folder, output, signal } = request;
  const sound = join(folder, 'book.aac');
  const { counts, digest } = await joinChapters(request, sound);
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
  await prove({ ffmpeg, output, digest, chapters, signal });
  return book;
}

async function joinChapters(request: BindRequest, sound: string): Promise<{ counts: AdtsCount[]; digest: string }> {
  const { ffmpeg, chapters, signal } = request;
  const counts: AdtsCount[] = [];
  const hash = createHash('sha256');
  for (const chapter of chapters) {
    const path = await chapter.open();
    const counter = createAdtsCounter();
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        counter.push(chunk);
        hash.update(chunk);
        done(null, chunk);
      },
    });
    const into = createWriteStream(sound, { flags: counts.length === 0 ? 'w' : 'a' });
    await copyAdts({ ffmpeg, path, doing: `copying chapter "${chapter.title}" into the book`, signal }, [count, into]);
    await chapter.close(path);
    counts.push(checked(counter.finish(), counts[0], chapter.title));
  }
  return { counts, digest: hash.digest('hex') };
}

function checked(count: AdtsCount, first: AdtsCount | undefined, title: string): AdtsCount {
  const like = first ?? count;
  if (count.isWhole && count.sampleRateHz === like.sampleRateHz && count.channels === like.channels) return count;
  const message = `The stored M4A of chapter "${title}" can not be put into the book: it is broken, or not like the others.`;
  throw new PipelineError({ code: 'store-damaged', message, retry: 'never' });
}

/** Copies a file's AAC out as ADTS, without decoding; answers with what ffmpeg said of the file. */
async function copyAdts(
  of: { ffmpeg: Ffmpeg; path: string; doing: string; signal: AbortSignal | undefined },
  to: [Transform, ...NodeJS.WritableStream[]],
): Promise<string> {
  const out = new PassThrough({ emitClose: false, highWaterMark: 1 << 18 });
  const running = runFfmpeg({
    ffmpeg: of.ffmpeg,
    doing: of.doing,
    inputs: [{ from: of.path, options: ['-f', 'mov'] }],
    outputs: [{ to: out, options: ['-map', '0:a:0', '-c', 'copy', '-f', 'adts'] }],
    signal: of.signal,
  });
  const [ran, copied] = await Promise.allSettled([running, pipeline([out, ...to])]);
  if (ran.status === 'rejected') throw ran.reason;
  if (copied.status === 'rejected') throw copied.reason;
  return ran.value.said;
}

async function mux(
  request: BindRequest,
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

/** Containers keep marks in milliseconds. */
const MARK_TOLERANCE_SECONDS = 0.002;
const SHOWN_CHARACTERS = 100;

async function prove(of: {
  ffmpeg: Ffmpeg;
  output: string;
  digest: string;
  chapters: BoundChapter[];
  signal: AbortSignal | undefined;
}): Promise<void> {
  const hash = createHash('sha256');
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done();
    },
  });
  const said = await copyAdts({ ...of, path: of.output, doing: 'reading the finished book back' }, [counting]);
  const marks = marksIn(said);
  const inPlace = of.chapters.every(({ title, startSeconds }, index) => {
    const mark = marks[index];
    // ffmpeg cuts long lines short and shows line breaks in its own way: the first line's start tells enough.
    const shown = title.split(/[\r\n]/, 1)[0]!.slice(0, SHOWN_CHARACTERS);
    return (
      mark !== undefined &&
      Math.abs(mark.startSeconds - startSeconds) <= MARK_TOLERANCE_SECONDS &&
      mark.title.startsWith(shown)
    );
  });
  if (hash.digest('hex') === of.digest && inPlace) return;
  const what = inPlace ? 'sound is not that of the chapters' : 'chapter marks are not where they belong';
  const message = `The M4B was written, but read back its ${what}. Try another ffmpeg (FFMPEG_PATH).`;
  throw new PipelineError({ code: 'ffmpeg-failed', message, retry: 'never' });
}
