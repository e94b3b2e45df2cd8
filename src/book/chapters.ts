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
  const texts = await Promise.all(
    manifest.chapters.map((chapter) => desk.limit(() => readChapterText({ desk, chapter, manifestLines }))),
  );
  const total = texts.reduce((sum, text) => sum + (text?.fileBytes ?? 0), 0);
  if (total > BOOK_BYTES) {
    const message = `The chapters have ${Math.round(total / 1024 / 1024)} MB of text together; the most is ${BOOK_BYTES / 1024 / 1024} MB.`;
    complain(desk, manifest.chapters[0]!.at, {
      code: 'book-too-long',
      message,
      fix: 'Divide the book into several manifests.',
    });
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

interface ChapterInput {
  file: string;
  text: string;
  locate: (offset: number) => Position;
  /** Bytes read from a file of its own; 0 for text inside the manifest. */
  fileBytes: number;
}

async function readChapterText({
  desk,
  chapter: { source },
  manifestLines,
}: {
  desk: Desk;
  chapter: ChapterSource;
  manifestLines: LineIndex;
}): Promise<ChapterInput | undefined> {
  if (source.kind === 'text') {
    const locate = (offset: number): Position => manifestLines.position(sourceOffset(source.offsets, offset));
    return { file: desk.manifestPath, text: source.text, locate, fileBytes: 0 };
  }
  const content = await readAuthorFile(requestFor(desk, source.ref.path, CHAPTER_BYTES));
  if ('problem' in content) {
    complain(desk, source.ref.at, content.problem);
    return undefined;
  }
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
  return { file, text: decoded.text, locate, fileBytes: content.bytes.length };
}
