import { basename, join } from 'node:path';
import { creditTitles } from '../manifest/credit-words.ts';
import { decodeText } from '../manifest/decode.ts';
import { hasErrors } from '../manifest/diagnostic.ts';
import type { ChapterRole, ChapterSource, Credit, Manifest } from '../manifest/manifest.ts';
import { NARRATOR, nameKey } from '../manifest/names.ts';
import { emptyOffsetMap, sourceOffset } from '../manifest/offsets.ts';
import { type LineIndex, lineIndex, type Position } from '../manifest/position.ts';
import { billedUnits, modelOf } from '../models.ts';
import { profileOf } from '../qc/profiles.ts';
import { type Coverage, proveCoverage } from '../script/coverage.ts';
import { creditLines } from '../script/credit-lines.ts';
import { cutSegments, type Segment } from '../script/cut-segments.ts';
import { estimatedSeconds } from '../script/estimate.ts';
import { pronounceSegments } from '../script/pronounce.ts';
import { readScript, type Script } from '../script/read.ts';
import type { SourceText } from '../script/source.ts';
import type { Speaker } from '../script/tags.ts';
import { type FileProblem, readAuthorFile } from './author-file.ts';
import type { PickupRef } from './pickups.ts';
import { loadPronunciations, type Pronunciations } from './pronunciations.ts';
import { addDiagnostic, type ReadingContext, requestFor } from './reading-context.ts';

/** A chapter's segments in listening order; never empty. */
export interface BookChapter {
  /** 1-based; opening credits have 0, closing credits the number after the last chapter. */
  number: number;
  title: string;
  /** Absent: a chapter of the text. */
  role?: ChapterRole;
  segments: Segment[];
  /** The sections below the headings of a Markdown chapter, with their first segments. Absent: none. */
  sections?: { title: string; firstSegment: number }[];
  /** Total length of all segments, in Unicode code points, with spaces. */
  spokenCharacters: number;
  /** How much of the text is spoken and left out. */
  coverage: Coverage;
  /** Absent for credits. */
  source?: SourceText;
  /** Its lines with a pickup. */
  pickupRefs: PickupRef[];
}

const CHAPTER_BYTES = 8 * 1024 * 1024;
/** Limit for all chapter files of one book. A 20-hour book has 1.2 MB. */
const BOOK_BYTES = 64 * 1024 * 1024;

/** The result of `loadChapters`. */
export interface LoadedChapters {
  chapters: BookChapter[];
  /** SHA-256 of the pronunciations. Absent: none. */
  wordsDigest?: string;
}

/** Reads and cuts the texts of all chapters. Leaves out unreadable chapters and reports why in the context. */
export async function loadChapters({
  context,
  manifest,
  speakers,
  manifestLines,
}: {
  context: ReadingContext;
  manifest: Manifest;
  speakers: readonly Speaker[];
  manifestLines: LineIndex;
}): Promise<LoadedChapters> {
  const total: ReadTotal = { bytes: 0 };
  const texts = await Promise.all(
    manifest.chapters.map((chapter) =>
      context.limit(() => readChapterText({ context, chapter, manifestLines, total })),
    ),
  );
  if (total.bytes > BOOK_BYTES) {
    const message = `The chapters have more than ${BOOK_BYTES / 1024 / 1024} MB of text together.`;
    const fix = 'Divide the book into several manifests.';
    addDiagnostic(context, manifest.chapters[0]!.at, { code: 'book-too-long', message, fix });
    return { chapters: [] };
  }
  const pronunciations = await loadPronunciations(context, manifest);
  const narrator = speakers.find(({ name }) => nameKey(name) === NARRATOR)?.name;
  const reported: ReportedOnce = { missingNarrator: false, ignoredDirection: false };
  const chapters = manifest.chapters.flatMap((chapter, index): BookChapter[] => {
    const read = texts[index];
    if (!read) return [];
    const script = readScript({ ...read, characters: speakers, narrator });
    reportScript({ context, chapter, script, read, reported });
    return [cutChapter({ context, manifest, chapter, read, script, pronunciations, reported })];
  });
  const credits = creditChapters({ context, manifest, pronunciations, reported });
  if (!hasErrors(context.diagnostics)) pronunciations.warnUnused();
  const all = [...credits.opening, ...chapters, ...credits.closing];
  return { chapters: all, ...(pronunciations.digest !== undefined && { wordsDigest: pronunciations.digest }) };
}

/** Credits as separate chapters, cut like the others. */
function creditChapters(of: {
  context: ReadingContext;
  manifest: Manifest;
  pronunciations: Pronunciations;
  reported: ReportedOnce;
}): {
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
    const file = of.context.manifestPath;
    const read: ChapterInput = { file, path: basename(file), kind: 'manifest', text, markdown: false, locate };
    const chapter: ChapterSource = { number, title, source: { kind: 'text', text, offsets: emptyOffsetMap() }, at };
    // The default credits are not in the author's text, so there is no source to check.
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

/** Problems that are reported once for all chapters, because one fix solves them all. */
interface ReportedOnce {
  missingNarrator: boolean;
  ignoredDirection: boolean;
}

function reportScript({
  context,
  chapter,
  script: { lines, diagnostics },
  read,
  reported,
}: {
  context: ReadingContext;
  chapter: ChapterSource;
  script: Script;
  read: ChapterInput;
  reported: ReportedOnce;
}): void {
  context.diagnostics.push(...diagnostics.filter(({ code }) => code !== 'no-narrator' || !reported.missingNarrator));
  reported.missingNarrator ||= diagnostics.some(({ code }) => code === 'no-narrator');
  if (diagnostics.length > 0) context.sources.set(read.file, context.sources.get(read.file) ?? read.text);
  if (lines.length === 0 && !hasErrors(diagnostics)) addDiagnostic(context, chapter.at, nothingToSpeak(chapter));
}

function cutChapter({
  context,
  manifest,
  chapter,
  read,
  script: { lines, exclusions, diagnostics, headings = [] },
  pronunciations,
  reported,
}: {
  context: ReadingContext;
  manifest: Manifest;
  chapter: ChapterSource;
  read: ChapterInput;
  script: Script;
  pronunciations: Pronunciations;
  reported: ReportedOnce;
}): BookChapter {
  const model = modelOf(manifest)!;
  const limit = { maxUnits: model.maxSegmentUnits, units: billedUnits, language: manifest.language };
  const cut = cutSegments(lines, limit);
  const { pronouncerOf, found } = pronunciations;
  const segments = pronounceSegments({ segments: cut, lines, pronouncerOf, limit, used: found });
  const proof = proveCoverage({ text: read.text, segments, exclusions });
  // A text that is refused anyway (a control character) is not checked.
  if ('uncovered' in proof && !hasErrors(diagnostics)) {
    const start = read.locate(proof.uncovered.start);
    const message = 'Internal error: this text would be spoken twice or not at all. Nothing was sent.';
    const fix = 'Please report it with this chapter; until it is fixed, rewriting the paragraph may help.';
    context.diagnostics.push({ code: 'text-unaccounted', severity: 'error', file: read.file, message, fix, start });
  }
  const directed = lines.find(({ direction }) => direction !== undefined);
  if (directed && !model.takesDirections && !reported.ignoredDirection) {
    reported.ignoredDirection = true;
    const message = `The model ${model.id} does not support directions; those in tags ([name: direction]) have no effect.`;
    const fix = 'Express it in the text, or keep them for a later model.';
    const start = read.locate(directed.start);
    context.diagnostics.push({ code: 'direction-ignored', severity: 'warning', file: read.file, message, fix, start });
    context.sources.set(read.file, context.sources.get(read.file) ?? read.text);
  }
  warnLongChapter({ context, manifest, chapter, segments });
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

/** Longest file that shops accept (ACX: 120 minutes). */
const SHOP_LIMIT_SECONDS = 120 * 60;

function warnLongChapter({
  context,
  manifest,
  chapter,
  segments,
}: {
  context: ReadingContext;
  manifest: Manifest;
  chapter: ChapterSource;
  segments: readonly Segment[];
}): void {
  const { mastering: profile, custom } = manifest;
  const most = profileOf({ profile, ...(custom && { custom }) }).rules.durationSeconds?.most ?? SHOP_LIMIT_SECONDS;
  const seconds = estimatedSeconds(segments);
  if (seconds <= most) return;
  const minutes = (of: number): string => String(Math.round(of / 60));
  const message = `The chapter "${chapter.title}" will last about ${minutes(seconds)} minutes; shops accept up to ${minutes(most)}.`;
  const fix =
    profile === 'none'
      ? 'Divide it into several chapters.'
      : 'It will be delivered in parts that end at a scene or paragraph. To choose the places yourself, divide it into several chapters.';
  addDiagnostic(context, chapter.at, { code: 'long-chapter', message, fix }, 'warning');
}

function nothingToSpeak({ title }: ChapterSource): FileProblem {
  const message = `The chapter "${title}" has nothing to speak.`;
  return { code: 'empty-chapter', message, fix: 'Write its text, or remove the chapter.' };
}

/** Bytes read from chapter files so far. */
interface ReadTotal {
  bytes: number;
}

interface ChapterInput {
  /** The file's name in diagnostics. */
  file: string;
  /** Relative to the manifest's folder. */
  path: string;
  kind: SourceText['kind'];
  text: string;
  markdown: boolean;
  locate: (offset: number) => Position;
}

async function readChapterText({
  context,
  chapter: { source },
  manifestLines,
  total,
}: {
  context: ReadingContext;
  chapter: ChapterSource;
  manifestLines: LineIndex;
  total: ReadTotal;
}): Promise<ChapterInput | undefined> {
  if (source.kind === 'text') {
    const locate = (offset: number): Position => manifestLines.position(sourceOffset(source.offsets, offset));
    const path = basename(context.manifestPath);
    return { file: context.manifestPath, path, kind: 'manifest', text: source.text, markdown: false, locate };
  }
  if (total.bytes > BOOK_BYTES) return undefined;
  const content = await readAuthorFile(requestFor(context, source.ref.path, CHAPTER_BYTES));
  if ('problem' in content) {
    addDiagnostic(context, source.ref.at, content.problem);
    return undefined;
  }
  total.bytes += content.bytes.length;
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
