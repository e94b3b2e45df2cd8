/**
 * One MP3 of all chapters: their frames in a row, as they are stored. No encoder runs. Each chapter's first frame needs none before it,
 * because every chapter began with an empty bit reservoir; every chapter has the same delay of the encoder, so a mark is where the frames before it end.
 */
import { mp3FrameAt, promisedFrames } from '../../audio/mp3/mp3-header.ts';
import { PipelineError } from '../../errors.ts';
import { type Frame, framesIn, id3Tag, tagBytes, textFrame } from '../marks/id3.ts';
import { chapterFrames, type Mp3Mark } from './chapter-frames.ts';
import { type ChapterInfo, joinedInfoFrame, readInfoFrame } from './info-frame.ts';

/** A chapter to join. `open` reads its MP3 from the start; it is called twice, and the second time read to its end. */
export interface Mp3Chapter {
  title: string;
  byteLength: number;
  open(): AsyncIterable<Buffer>;
}

/** Frames of the first chapter's tag that are about that chapter. */
const OF_ONE_CHAPTER = new Set(['TIT2', 'TRCK', 'TPOS', 'CHAP', 'CTOC', 'TSSE', 'TENC', 'TLEN']);

/**
 * The bytes of the book, with the tags of the first chapter, the book's title and a mark for each chapter. A piece is good until
 * the next one is asked for. Rejects like `open`, and with `store-damaged` for a chapter that is cut off or unlike the others.
 */
export async function* joinMp3(title: string, chapters: readonly Mp3Chapter[]): AsyncGenerator<Buffer> {
  const heads: ChapterHead[] = [];
  for (const chapter of chapters) heads.push(await readHead(chapter, heads[0]));
  const [first] = heads;
  if (first === undefined) throw new Error('Internal error: a book without chapters.');
  const tags = framesIn(first.tag).filter(({ id }) => !OF_ONE_CHAPTER.has(id));
  yield id3Tag([textFrame('TIT2', [title]), ...tags, ...chapterFrames(marksOf(chapters, heads))] satisfies Frame[]);
  const bytes = chapters.reduce((sum, { byteLength }, i) => sum + byteLength - heads[i]!.soundFrom, 0);
  yield joinedInfoFrame(heads, bytes);
  for (const [i, chapter] of chapters.entries()) yield* soundOf(chapter, heads[i]!);
}

interface ChapterHead extends ChapterInfo {
  tag: Buffer;
  format: string;
  /** Where its first frame of sound begins. */
  soundFrom: number;
  /** Samples and seconds of a frame. */
  frameSeconds: number;
}

async function readHead(chapter: Mp3Chapter, like: ChapterHead | undefined): Promise<ChapterHead> {
  let start = Buffer.alloc(0);
  for await (const piece of chapter.open()) {
    start = Buffer.concat([start, piece]);
    const from = tagBytes(start);
    if (start.length < from + ENOUGH_BYTES && start.length < chapter.byteLength) continue;
    const header = mp3FrameAt(start, from);
    const info = header === null ? undefined : readInfoFrame(start.subarray(from, from + header.bytes));
    if (header === null || info === undefined || (like !== undefined && like.format !== header.format)) break;
    const tag = start.subarray(0, from);
    return { ...info, tag, format: header.format, soundFrom: from + header.bytes, frameSeconds: header.seconds };
  }
  throw damaged(chapter, 'its beginning is damaged, or it differs from the others');
}

/** The longest frame is shorter. */
const ENOUGH_BYTES = 2048;

function marksOf(chapters: readonly Mp3Chapter[], heads: readonly ChapterHead[]): Mp3Mark[] {
  let frames = 0;
  const ms = (): number => Math.round(1000 * frames * heads[0]!.frameSeconds);
  return heads.map((head, i) => {
    const startMs = ms();
    frames += head.frames;
    return { title: chapters[i]!.title, startMs, endMs: ms() };
  });
}

/** All frames after the header. Goes from frame to frame: anything else among them, or another number of them, is damage. */
async function* soundOf(chapter: Mp3Chapter, { soundFrom, format, frames }: ChapterHead): AsyncGenerator<Buffer> {
  let at = 0;
  let next = soundFrom;
  let found = 0;
  let rest = Buffer.alloc(0);
  for await (const piece of chapter.open()) {
    const end = at + piece.length;
    if (end > soundFrom) yield piece.subarray(Math.max(0, soundFrom - at));
    // A header may be cut by the end of a piece.
    const window = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const base = end - window.length;
    while (next + 4 <= end) {
      const frame = mp3FrameAt(window, next - base);
      if (frame === null || frame.format !== format || isSecondHeader(window, next - base, frame.bytes))
        throw damaged(chapter, 'there is something else among its frames');
      next += frame.bytes;
      found += 1;
    }
    rest = Buffer.from(window.subarray(Math.max(0, Math.min(next, end) - base)));
    at = end;
  }
  if (next !== at || found !== frames) throw damaged(chapter, 'it is cut off');
}

function isSecondHeader(bytes: Buffer, at: number, length: number): boolean {
  return promisedFrames(bytes.subarray(at, at + length)) !== undefined;
}

function damaged({ title }: Mp3Chapter, why: string): PipelineError {
  const message = `The stored MP3 of chapter "${title}" cannot be added to the book: ${why}. Run the book again to make the chapter again.`;
  return new PipelineError({ code: 'store-damaged', message, retry: 'never' });
}
