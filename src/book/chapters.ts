import { basename, join } from 'node:path';
import { decodeText } from '../manifest/decode.ts';
import { hasErrors } from '../manifest/diagnostic.ts';
import type { ChapterSource, Manifest } from '../manifest/manifest.ts';
import { NARRATOR, nameKey } from '../manifest/names.ts';
import { sourceOffset } from '../manifest/offsets.ts';
import { type LineIndex, lineIndex, type Position } from '../manifest/position.ts';
import { billedUnits, MODELS } from '../models.ts';
import { type Coverage, proveCoverage } from '../script/coverage.ts';
import { pronounceSegments } from '../script/pronounce.ts';
import { readScript, type Script } from '../script/read.ts';
import { cutSegments, type Segment } from '../script/segments.ts';
import type { SourceText } from '../script/source.ts';
import type { Speaker } from '../script/tags.ts';
import { type FileProblem, readAuthorFile } from './author-file.ts';
import { complain, type Desk, requestFor } from './desk.ts';
import type { PickupRef } from './pickups.ts';
import { loadPronunciations, type Pronunciations } from './pronunciations.ts';

/** A chapter's segments in the order they are heard; never empty. */
export interface BookChapter {
  /** 1-based. */
  number: number;
  title: string;
  segments: Segment[];
  /** Characters of all segments together (Unicode code points, spaces too). */
  spokenCharacters: number;
  /** Proof that nothing of the text is lost. */
  coverage: Coverage;
  source: SourceText;
  /** Its lines with a recording of the author's own. */
  pickupRefs: PickupRef[];
}

const CHAPTER_BYTES = 8 * 1024 * 1024;
/** All chapter files of one book together. A 20-hour book has 1.2 MB. */
const BOOK_BYTES = 64 * 1024 * 1024;

/** What `loadChapters` read. */
export interface LoadedChapters {
  chapters: BookChapter[];
  /** Of the word lists; undefined when there are none. */
  wordsDigest?: string;
}

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
}): Promise<LoadedChapters> {
  const spent: Spent = { bytes: 0 };
  const texts = await Promise.all(
    manifest.chapters.map((chapter) => desk.limit(() => readChapterText({ desk, chapter, manifestLines, spent }))),
  );
  if (spent.bytes > BOOK_BYTES) {
    const message = `The chapters have more than ${BOOK_BYTES / 1024 / 1024} MB of text together.`;
    const fix = 'Divide the book into several manifests.';
    complain(desk, manifest.chapters[0]!.at, { code: 'book-too-long', message, fix });
    return { chapters: [] };
  }
  const words = await loadPronunciations(desk, manifest);
  const narrator = speakers.find(({ name }) => nameKey(name) === NARRATOR)?.name;
  const said: Said = { narratorMissed: false, directionIgnored: false };
  const chapters = manifest.chapters.flatMap((chapter, index): BookChapter[] => {
    const read = texts[index];
    if (!read) return [];
    const script = readScript({ ...read, characters: speakers, narrator });
    report({ desk, chapter, script, read, said });
    return [cutChapter({ desk, manifest, chapter, read, script, words, said })];
  });
  if (!hasErrors(desk.diagnostics)) words.warnOfUnused();
  return { chapters, ...(words.digest !== undefined && { wordsDigest: words.digest }) };
}

/** What is said once for all chapters, because one fix mends them all. */
interface Said {
  narratorMissed: boolean;
  directionIgnored: boolean;
}

function report({
  desk,
  chapter,
  script: { lines, diagnostics },
  read,
  said,
}: {
  desk: Desk;
  chapter: ChapterSource;
  script: Script;
  read: ChapterInput;
  said: Said;
}): void {
  desk.diagnostics.push(...diagnostics.filter(({ code }) => code !== 'no-narrator' || !said.narratorMissed));
  said.narratorMissed ||= diagnostics.some(({ code }) => code === 'no-narrator');
  if (diagnostics.length > 0) desk.sources.set(read.file, desk.sources.get(read.file) ?? read.text);
  if (lines.length === 0 && !hasErrors(diagnostics)) complain(desk, chapter.at, nothingToSpeak(chapter));
}

function cutChapter({
  desk,
  manifest,
  chapter,
  read,
  script: { lines, exclusions, diagnostics },
  words,
  said,
}: {
  desk: Desk;
  manifest: Manifest;
  chapter: ChapterSource;
  read: ChapterInput;
  script: Script;
  words: Pronunciations;
  said: Said;
}): BookChapter {
  const model = MODELS[manifest.model]!;
  const limit = { maxUnits: model.maxSegmentUnits, units: billedUnits, language: manifest.language };
  const cut = cutSegments(lines, limit);
  const { pronouncerOf, found } = words;
  const segments = pronounceSegments({ segments: cut, lines, pronouncerOf, limit, used: found });
  const proof = proveCoverage({ text: read.text, segments, exclusions });
  // A text that is refused anyway (a control character) needs no proof.
  if ('uncovered' in proof && !hasErrors(diagnostics)) {
    const start = read.locate(proof.uncovered.start);
    const message = 'Internal error: this text would not be spoken exactly once. Nothing was sent.';
    const fix = 'Please report it with this chapter; writing the paragraph another way may help until then.';
    desk.diagnostics.push({ code: 'text-unaccounted', severity: 'error', file: read.file, message, fix, start });
  }
  const directed = lines.find(({ direction }) => direction !== undefined);
  if (directed && !model.takesDirections && !said.directionIgnored) {
    said.directionIgnored = true;
    const message = `The model ${model.id} takes no directions; those in tags ([name: direction]) change nothing.`;
    const fix = 'Say it in the text, or leave them for a later model.';
    const start = read.locate(directed.start);
    desk.diagnostics.push({ code: 'direction-ignored', severity: 'warning', file: read.file, message, fix, start });
    desk.sources.set(read.file, desk.sources.get(read.file) ?? read.text);
  }
  warnOfLength({ desk, chapter, segments });
  const spokenCharacters = segments.reduce((sum, { text }) => sum + [...text].length, 0);
  const pickupRefs = lines.flatMap(({ pickup, text }): PickupRef[] => {
    if (pickup === undefined) return [];
    const at = { start: read.locate(pickup.start), end: read.locate(pickup.end) };
    return [{ path: pickup.path, file: read.file, at, text, source: read.text }];
  });
  const { number, title } = chapter;
  const { coverage, ranges } =
    'coverage' in proof
      ? proof
      : { coverage: { sourceCharacters: read.text.length, spoken: 0, excluded: {} }, ranges: [] };
  const source: SourceText = { file: read.path, kind: read.kind, text: read.text, ranges };
  return { number, title, segments, spokenCharacters, coverage, source, pickupRefs };
}

/** Shops take no longer files (ACX: 120 minutes), and listeners lose their place. */
const LONGEST_CHAPTER_SECONDS = 120 * 60;
/** How fast narrators speak: Chinese, Japanese and Korean signs a second, and other characters. */
const SIGNS_PER_SECOND = 4.5;
const LETTERS_PER_SECOND = 15;

function warnOfLength({
  desk,
  chapter,
  segments,
}: {
  desk: Desk;
  chapter: ChapterSource;
  segments: readonly Segment[];
}): void {
  let signs = 0;
  let letters = 0;
  for (const { text } of segments) {
    const found = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
    signs += found;
    letters += text.length - found;
  }
  const seconds = signs / SIGNS_PER_SECOND + letters / LETTERS_PER_SECOND;
  if (seconds <= LONGEST_CHAPTER_SECONDS) return;
  const message = `The chapter "${chapter.title}" will last about ${Math.round(seconds / 60)} minutes; shops take up to 120.`;
  complain(desk, chapter.at, { code: 'long-chapter', message, fix: 'Divide it into several chapters.' }, 'warning');
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
  /** As diagnostics name it. */
  file: string;
  /** From the manifest's folder. */
  path: string;
  kind: SourceText['kind'];
  text: string;
  markdown: boolean;
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
    const path = basename(desk.manifestPath);
    return { file: desk.manifestPath, path, kind: 'manifest', text: source.text, markdown: false, locate };
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
  const { path } = source.ref;
  return { file, path, kind: 'file', text: decoded.text, markdown: /\.(?:md|markdown)$/i.test(path), locate };
}
