/** The chapters of a book as they can be heard now, laid out once for each moment of the book. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TakeMeasures } from '../../audio/measure/measures.ts';
import type { BookChapter } from '../../book/chapters.ts';
import { inlineText } from '../../book/edit/edit-inline-text.ts';
import { type ChapterTimeline, chapterTimeline, measuresOf, type ReadMeasures } from '../../lines/chapter-timeline.ts';
import { decodeText } from '../../manifest/yaml/decode.ts';
import { sourceOffset } from '../../manifest/yaml/offsets.ts';
import { type LineIndex, lineIndex } from '../../manifest/yaml/position.ts';
import type { BookLine } from '../../plan/book-lines.ts';
import type { PlannedChapter } from '../../plan/plan.ts';
import { HEAD_LINE } from '../../script/lines/line-name.ts';
import { LEAST_KEPT_BLOBS, putChapterBlobs, readChapterBlobs, withBlobs } from '../../store/chapter-blobs.ts';
import type { Store } from '../../store/store.ts';
import { readTakeWords, type TakeWord } from '../../store/take-words.ts';
import type { TakeRecord } from '../../store/takes.ts';
import type { Moment } from '../book/moment.ts';

/** A chapter that can be heard. */
export interface HeardChapter extends ChapterTimeline {
  planned: PlannedChapter;
  totalSamples: number;
  /** The words of each take, where the service told them. */
  words: (TakeWord[] | undefined)[];
  /** Where the author's words are; absent for credits. */
  text?: ChapterFile;
}

/** A chapter's text in a file of its own, or in the manifest. */
export interface ChapterFile {
  /** Relative to the manifest. */
  name: string;
  /** Names the state of the text. */
  version: string;
  lines: LineIndex;
  /** Where each segment begins in the file; undefined for a head, which is in none. */
  starts: readonly (number | undefined)[];
}

/** Chapters by their numbers, and measures of takes. */
export interface ChapterSounds {
  /** Undefined when the book has no such chapter. */
  of(moment: Moment, chapter: number): Promise<HeardChapter | undefined>;
  readMeasures: ReadMeasures;
}

/** Chapters that stay laid out. */
const MOST_CHAPTERS = 24;
/** Blocks of 10 ms whose measures stay in memory: 12 hours of speech, 60 MB. */
const MOST_BLOCKS = 4_500_000;

const NO_BLOBS: ReadonlyMap<string, Uint8Array> = new Map();

/** Reads what a chapter's layout needs, and keeps it. */
export function openChapterSounds(): ChapterSounds {
  const laidOut = new Map<string, Promise<HeardChapter>>();
  const measures = new Map<string, Promise<TakeMeasures>>();
  const words = new Map<string, Promise<TakeWord[] | undefined>>();
  const wereRead = new Set<number>();
  let blocks = 0;
  const readMeasures: ReadMeasures = (take, store) => {
    const known = measures.get(take.pcm.digest);
    if (known !== undefined) return known;
    if (blocks > MOST_BLOCKS) {
      measures.clear();
      wereRead.clear();
      blocks = 0;
    }
    const read = measuresOf(take, store);
    measures.set(take.pcm.digest, read);
    read.then(
      ({ power }) => {
        blocks += power.length;
      },
      () => measures.delete(take.pcm.digest),
    );
    return read;
  };
  const readWords = (take: TakeRecord | undefined, store: Store): Promise<TakeWord[] | undefined> => {
    const digest = take?.words?.digest;
    if (take === undefined || digest === undefined) return Promise.resolve(undefined);
    const known = words.get(digest) ?? readTakeWords(store, take);
    words.set(digest, known);
    known.catch(() => words.delete(digest));
    return known;
  };
  const layOut = async (moment: Moment, planned: PlannedChapter): Promise<HeardChapter> => {
    const { step } = planned.master;
    // Once for a chapter: afterwards, what a change brings is little.
    const kept = wereRead.has(planned.number) ? NO_BLOBS : await readChapterBlobs(moment.store, step.key);
    wereRead.add(planned.number);
    const { store, read } = withBlobs(moment.store, kept);
    // Words beside measures, and not after them: on S3, each is an answer to wait for.
    const readBoth: ReadMeasures = (take) => {
      readWords(take, store).catch(() => undefined);
      return readMeasures(take, store);
    };
    const timeline = await chapterTimeline({ store: moment.store, step, readMeasures: readBoth });
    const heard = await Promise.all(timeline.takes.map((take) => readWords(take, store)));
    // For the next start; nothing waits for it, and a store that cannot be written is read all the same.
    if (read.size >= LEAST_KEPT_BLOBS)
      putChapterBlobs(moment.store, step.key, new Map([...kept, ...read])).catch(() => undefined);
    const text = await fileOf(moment, planned);
    const { totalSamples } = timeline.sound.arrangement;
    return { ...timeline, planned, totalSamples, words: heard, ...(text && { text }) };
  };
  return {
    readMeasures,
    of: async (moment, number) => {
      const planned = chapterOf(moment, number);
      if (planned === undefined) return undefined;
      const key = `${moment.version} ${number}`;
      const known = laidOut.get(key) ?? layOut(moment, planned);
      laidOut.delete(key);
      laidOut.set(key, known);
      known.catch(() => laidOut.delete(key));
      for (const old of [...laidOut.keys()].slice(0, -MOST_CHAPTERS)) laidOut.delete(old);
      return known;
    },
  };
}

/** The chapter of that number; credits have numbers of their own, and the retail sample only repeats another chapter. */
export function chapterOf({ plan }: Pick<Moment, 'plan'>, number: number): PlannedChapter | undefined {
  return plan.chapters.find((chapter) => chapter.number === number && chapter.role !== 'retail-sample');
}

async function fileOf({ book }: Moment, { number, role }: PlannedChapter): Promise<ChapterFile | undefined> {
  const found = book.chapters.find((one) => one.number === number && one.role === role);
  if (found?.source === undefined) return undefined;
  const { file: name, text, kind } = found.source;
  const starts = found.segments.map(({ start, lineIndex }) => (lineIndex === HEAD_LINE ? undefined : start));
  const version = versionOfText(text);
  if (kind === 'file') return { name, version, lines: lineIndex(text), starts };
  // The manifest may have been saved since it was read: then the book is about to be read again.
  const bytes = await readFile(book.manifestPath).catch(() => undefined);
  const decoded = bytes && decodeText({ file: name, bytes });
  const inline = bytes && inlineText({ file: book.manifestPath, bytes, chapter: number });
  if (decoded === undefined || !('text' in decoded) || inline?.text !== text) return undefined;
  const { offsets } = inline;
  const inManifest = starts.map((start) => (start === undefined ? undefined : sourceOffset(offsets, start)));
  return { name, version, lines: lineIndex(decoded.text), starts: inManifest };
}

/** Names a chapter's text among those of the book: several may be in the manifest. */
export function textName({ number, source }: BookChapter): string {
  return source?.kind === 'manifest' ? `${source.file} ${number}` : (source?.file ?? '');
}

/** Names the state of a text. */
export function versionOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Where a line begins and ends in the chapter's sound, in samples. */
export function placeOfLine(
  { sound }: Pick<ChapterTimeline, 'sound'>,
  { first, segments }: BookLine,
): { from: number; to: number } {
  const { placements } = sound.arrangement;
  const [begin, last] = [placements[first]!, placements[first + segments.length - 1]!];
  return { from: begin.startSample, to: last.startSample + last.samples };
}
