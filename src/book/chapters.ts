import { join } from 'node:path';
import { decodeText } from '../manifest/decode.ts';
import { hasErrors } from '../manifest/diagnostic.ts';
import type { ChapterSource, Manifest } from '../manifest/manifest.ts';
import { NARRATOR, nameKey } from '../manifest/names.ts';
import { sourceOffset } from '../manifest/offsets.ts';
import { type LineIndex, lineIndex, type Position } from '../manifest/position.ts';
import { billedUnits, MODELS } from '../models.ts';
import { readScript } from '../script/read.ts';
import { cutSegments, type Segment } from '../script/segments.ts';
import type { Speaker } from '../script/tags.ts';
import { type FileProblem, readAuthorFile } from './author-file.ts';
import { complain, type Desk, requestFor } from './desk.ts';

/** A chapter's segments in the order they are heard; never empty. */
export interface BookChapter {
  /** 1-based. */
  number: number;
  title: string;
  segments: Segment[];
  /** Characters of all segments together (Unicode code points, spaces too). */
  spokenCharacters: number;
}

const CHAPTER_BYTES = 8 * 1024 * 1024;
/** All chapter files of one book together. A 20-hour book has 1.2 MB. */
const BOOK_BYTES = 64 * 1024 * 1024;

/** Reads and cuts the texts of all chapters. Chapters that could not be read are left out; why is told at the desk. */
export async function loadChapters({
  desk,
  manifest,
  speakers,
  manifestLines,
}: {
  desk: Desk;
  manifest: Manifest;
  speakers: readonly Speaker[];
  manifestLines: LineIndex;
}): Promise<BookChapter[]> {
  const spent: Spent = { bytes: 0 };
  const texts = await Promise.all(
    manifest.chapters.map((chapter) => desk.limit(() => readChapterText({ desk, chapter, manifestLines, spent }))),
  );
  if (spent.bytes > BOOK_BYTES) {
    const message = `The chapters have more than ${BOOK_BYTES / 1024 / 1024} MB of text together.`;
    const fix = 'Divide the book into several manifests.';
    complain(desk, manifest.chapters[0]!.at, { code: 'book-too-long', message, fix });
    return [];
  }
  const { maxSegmentUnits } = MODELS[manifest.model]!;
  const narrator = speakers.find(({ name }) => nameKey(name) === NARRATOR)?.name;
  let narratorMissed = false;
  return manifest.chapters.flatMap((chapter, index): BookChapter[] => {
    const read = texts[index];
    if (!read) return [];
    const { lines, diagnostics } = readScript({ ...read, characters: speakers, narrator });
    // Said once: the one fix mends all chapters.
    desk.diagnostics.push(...diagnostics.filter(({ code }) => code !== 'no-narrator' || !narratorMissed));
    narratorMissed ||= diagnostics.some(({ code }) => code === 'no-narrator');
    if (diagnostics.length > 0) desk.sources.set(read.file, desk.sources.get(read.file) ?? read.text);
    if (lines.length === 0 && !hasErrors(diagnostics)) complain(desk, chapter.at, nothingToSpeak(chapter));
    const segments = cutSegments(lines, { maxUnits: maxSegmentUnits, units: billedUnits });
    const spokenCharacters = segments.reduce((sum, { text }) => sum + [...text].length, 0);
    return [{ number: chapter.number, title: chapter.title, segments, spokenCharacters }];
  });
}

function nothingToSpeak({ title }: ChapterSource): FileProblem {
  const message = `The chapter "${title}" has nothing to speak.`;
  return { code: 'empty-chapter', message, fix: 'Write its text, or remove the chapter.' };
}

/** Bytes read from chapter files so far; beyond the bound no more are read. */
interface Spent {
  bytes: number;
}

interface ChapterInput {
  file: string;
  text: string;
  locate: (offset: number) => Position;
}

async function readChapterText({
  desk,
  chapter: { source },
  manifestLines,
  spent,
}: {
  desk: Desk;
  chapter: ChapterSource;
  manifestLines: LineIndex;
  spent: Spent;
}): Promise<ChapterInput | undefined> {
  if (source.kind === 'text') {
    const locate = (offset: number): Position => manifestLines.position(sourceOffset(source.offsets, offset));
    return { file: desk.manifestPath, text: source.text, locate };
  }
  if (spent.bytes > BOOK_BYTES) return undefined;
  const content = await readAuthorFile(requestFor(desk, source.ref.path, CHAPTER_BYTES));
  if ('problem' in content) {
    complain(desk, source.ref.at, content.problem);
    return undefined;
  }
  spent.bytes += content.bytes.length;
  const file = join(desk.shownFolder, source.ref.path);
  const decoded = decodeText({ file, bytes: content.bytes });
  if ('diagnostic' in decoded) {
    desk.diagnostics.push(decoded.diagnostic);
    return undefined;
  }
  let lines: LineIndex | undefined;
  const locate = (offset: number): Position => {
    lines ??= lineIndex(decoded.text);
    return lines.position(offset);
  };
  return { file, text: decoded.text, locate };
}
