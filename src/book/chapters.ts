import { basename, join } from 'node:path';
import { creditTitles } from '../manifest/credit-words.ts';
import { decodeText } from '../manifest/decode.ts';
import { hasErrors } from '../manifest/diagnostic.ts';
import type { ChapterRole, ChapterSource, Credit, Manifest } from '../manifest/manifest.ts';
import { NARRATOR, nameKey } from '../manifest/names.ts';
import { emptyOffsetMap, sourceOffset } from '../manifest/offsets.ts';
import { type LineIndex, lineIndex, type Position } from '../manifest/position.ts';
import { billedUnits, MODELS } from '../models.ts';
import { profileOf } from '../qc/profiles.ts';
import { type Coverage, proveCoverage } from '../script/coverage.ts';
import { creditLines } from '../script/credit-lines.ts';
import { estimatedSeconds } from '../script/estimate.ts';
import { pronounceSegments } from '../script/pronounce.ts';
import { readScript, type Script } from '../script/read.ts';
import { cutSegments, type Segment } from '../script/segments.ts';
import type { SourceText } from '../script/source.ts';
import type { Speaker } from '../script/tags.ts';
import { type FileProblem, readAuthorFile } from './author-file.ts';
import type { PickupRef } from './pickups.ts';
import { loadPronunciations, type Pronunciations } from './pronunciations.ts';
import { addDiagnostic, type ReadingContext, requestFor } from './reading-context.ts';

/** A chapter's segments in the order they are heard; never empty. */
export interface BookChapter {
  /** 1-based; opening credits have 0, closing credits the number behind the last chapter. */
  number: number;
  title: string;
  /** Credits; absent for a chapter of the text. */
  role?: ChapterRole;
  segments: Segment[];
  /** What stands under each heading of a chapter in Markdown, with its first segment; absent for none. */
  sections?: { title: string; firstSegment: number }[];
  /** Characters of all segments together (Unicode code points, spaces too). */
  spokenCharacters: number;
  /** Proof that nothing of the text is lost. */
  coverage: Coverage;
  /** Absent for credits. */
  source?: SourceText;
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
  desk: context,
  manifest,
  speakers,
  manifestLines,
}: {
  desk: ReadingContext;
  manifest: Manifest;
  speakers: readonly Speaker[];
  manifestLines: LineIndex;
}): Promise<LoadedChapters> {
  const spent: Spent = { bytes: 0 };
  const texts = await Promise.all(
    manifest.chapters.map((chapter) =>
      context.limit(() => readChapterText({ desk: context, chapter, manifestLines, spent })),
    ),
  );
  if (spent.bytes > BOOK_BYTES) {
    const message = `The chapters have more than ${BOOK_BYTES / 1024 / 1024} MB of text together.`;
    const fix = 'Divide the book into several manifests.';
    addDiagnostic(context, manifest.chapters[0]!.at, { code: 'book-too-long', message, fix });
    return { chapters: [] };
  }
  const words = await loadPronunciations(context, manifest);
  const narrator = speakers.find(({ name }) => nameKey(name) === NARRATOR)?.name;
  const said: Said = { narratorMissed: false, directionIgnored: false };
  const chapters = manifest.chapters.flatMap((chapter, index): BookChapter[] => {
    const read = texts[index];
    if (!read) return [];
    const script = readScript({ ...read, characters: speakers, narrator });
    reportScript({ desk: context, chapter, script, read, said });
    return [cutChapter({ desk: context, manifest, chapter, read, script, words, said })];
  });
  const credits = creditChapters({ desk: context, manifest, words, said });
  if (!hasErrors(context.diagnostics)) words.warnOfUnused();
  const all = [...credits.opening, ...chapters, ...credits.closing];
  return { chapters: all, ...(words.digest !== undefined && { wordsDigest: words.digest }) };
}

/** Credits as chapters of their own, cut like the others. */
function creditChapters(of: { desk: ReadingContext; manifest: Manifest; words: Pronunciations; said: Said }): {
  opening: BookChapter[];
  closing: BookChapter[];
} {
  const { opening, closing } = of.manifest.credits ?? {};
  const titles = creditTitles(of.manifest.language);
  const cut = (credit: Credit | undefined, number: number, role: ChapterRole, title: string): BookChapter[] => {
    if (credit === undefined) return [];
    const { text, speaker, at } = credit;
    const lines = creditLines(text, speaker);
    const locate = (): Position => at.start;
    const file = of.desk.manifestPath;
    const read: ChapterInput = { file, path: basename(file), kind: 'manifest', text, markdown: false, locate };
    const chapter: ChapterSource = { number, title, source: { kind: 'text', text, offsets: emptyOffsetMap() }, at };
    // The words may be ours, so there is no source of the author's to account for.
    const { source: _, ...credits } = cutChapter({
      ...of,
      chapter,
      read,
      script: { lines, exclusions: [], diagnostics: [] },
    });
    return [{ ...credits, role }];
  };
  return {
    opening: cut(opening, 0, 'opening-credits', titles.opening),
    closing: cut(closing, of.manifest.chapters.length + 1, 'closing-credits', titles.closing),
  };
}

/** What is said once for all chapters, because one fix mends them all. */
interface Said {
  narratorMissed: boolean;
  directionIgnored: boolean;
}

function reportScript({
  desk: context,
  chapter,
  script: { lines, diagnostics },
  read,
  said,
}: {
  desk: ReadingContext;
  chapter: ChapterSource;
  script: Script;
  read: ChapterInput;
  said: Said;
}): void {
  context.diagnostics.push(...diagnostics.filter(({ code }) => code !== 'no-narrator' || !said.narratorMissed));
  said.narratorMissed ||= diagnostics.some(({ code }) => code === 'no-narrator');
  if (diagnostics.length > 0) context.sources.set(read.file, context.sources.get(read.file) ?? read.text);
  if (lines.length === 0 && !hasErrors(diagnostics)) addDiagnostic(context, chapter.at, nothingToSpeak(chapter));
}

function cutChapter({
  desk: context,
  manifest,
  chapter,
  read,
  script: { lines, exclusions, diagnostics, headings = [] },
  words,
  said,
}: {
  desk: ReadingContext;
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
    context.diagnostics.push({ code: 'text-unaccounted', severity: 'error', file: read.file, message, fix, start });
  }
  const directed = lines.find(({ direction }) => direction !== undefined);
  if (directed && !model.takesDirections && !said.directionIgnored) {
    said.directionIgnored = true;
    const message = `The model ${model.id} takes no directions; those in tags ([name: direction]) change nothing.`;
    const fix = 'Say it in the text, or leave them for a later model.';
    const start = read.locate(directed.start);
    context.diagnostics.push({ code: 'direction-ignored', severity: 'warning', file: read.file, message, fix, start });
    context.sources.set(read.file, context.sources.get(read.file) ?? read.text);
  }
  warnOfLength({ desk: context, manifest, chapter, segments });
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
  const sections = headings.map((line) => ({
    title: lines[line]?.text ?? '',
    firstSegment: segments.findIndex(({ lineIndex }) => lineIndex >= line),
  }));
  const more = sections.length > 0 ? { sections } : {};
  return { number, title, segments, spokenCharacters, coverage, source, pickupRefs, ...more };
}

/** What shops take at most (ACX: 120 minutes); listeners of longer files lose their place, too. */
const SHOPS_TAKE_SECONDS = 120 * 60;

function warnOfLength({
  desk: context,
  manifest,
  chapter,
  segments,
}: {
  desk: ReadingContext;
  manifest: Manifest;
  chapter: ChapterSource;
  segments: readonly Segment[];
}): void {
  const { mastering: profile, custom } = manifest;
  const most = profileOf({ profile, ...(custom && { custom }) }).rules.durationSeconds?.most ?? SHOPS_TAKE_SECONDS;
  const seconds = estimatedSeconds(segments);
  if (seconds <= most) return;
  const minutes = (of: number): string => String(Math.round(of / 60));
  const message = `The chapter "${chapter.title}" will last about ${minutes(seconds)} minutes; shops take up to ${minutes(most)}.`;
  const fix =
    profile === 'none'
      ? 'Divide it into several chapters.'
      : 'It will be delivered in parts that end at a scene or paragraph; to choose where, divide it into several chapters.';
  addDiagnostic(context, chapter.at, { code: 'long-chapter', message, fix }, 'warning');
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
  desk: context,
  chapter: { source },
  manifestLines,
  spent,
}: {
  desk: ReadingContext;
  chapter: ChapterSource;
  manifestLines: LineIndex;
  spent: Spent;
}): Promise<ChapterInput | undefined> {
  if (source.kind === 'text') {
    const locate = (offset: number): Position => manifestLines.position(sourceOffset(source.offsets, offset));
    const path = basename(context.manifestPath);
    return { file: context.manifestPath, path, kind: 'manifest', text: source.text, markdown: false, locate };
  }
  if (spent.bytes > BOOK_BYTES) return undefined;
  const content = await readAuthorFile(requestFor(context, source.ref.path, CHAPTER_BYTES));
  if ('problem' in content) {
    addDiagnostic(context, source.ref.at, content.problem);
    return undefined;
  }
  spent.bytes += content.bytes.length;
  const file = join(context.shownFolder, source.ref.path);
  const decoded = decodeText({ file, bytes: content.bytes });
  if ('diagnostic' in decoded) {
    context.diagnostics.push(decoded.diagnostic);
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
