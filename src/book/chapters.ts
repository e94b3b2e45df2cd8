import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { interrupted } from '../errors.ts';
import { hasErrors } from '../manifest/diagnostics/diagnostic.ts';
import { creditTitles } from '../manifest/fields/credit-words.ts';
import { NARRATOR, nameKey } from '../manifest/fields/names.ts';
import type { ChapterRole, ChapterSource, Credit, Manifest, PlacedPronunciation } from '../manifest/manifest.ts';
import { emptyOffsetMap } from '../manifest/yaml/offsets.ts';
import type { LineIndex, Position } from '../manifest/yaml/position.ts';
import { billedUnits, modelOf } from '../models.ts';
import type { Segment } from '../script/cut/cut-segments.ts';
import { creditLines } from '../script/lines/credit-lines.ts';
import type { Growth } from '../script/pronounce/pronounce.ts';
import type { Speaker } from '../script/speakers/speaker-names.ts';
import type { Coverage } from '../script/text/coverage.ts';
import { MOST_LINES, namesInTags, readScript, type Script } from '../script/text/read.ts';
import type { SourceText } from '../script/text/source.ts';
import { chapterHeads } from './chapter-heads.ts';
import { BOOK_BYTES, type ChapterInput, type ReadTotal, readChapterText } from './chapter-text.ts';
import { cutLines, sectionsOf } from './cut-lines.ts';
import { type BookReview, type DecidedLines, decideLines } from './decided-lines.ts';
import type { FileProblem } from './edit/author-file.ts';
import { type PickupRef, pickupRefsOf } from './pickups.ts';
import { loadPronunciations, type Pronunciations, type SpelledPlaces } from './pronunciations.ts';
import { addDiagnostic, type ReadingContext } from './reading-context.ts';
import type { ReviewFile } from './review-file.ts';
import { warnIgnoredDirections } from './warnings/ignored-directions.ts';
import { warnLongChapter } from './warnings/long-chapter.ts';
import { collectMarks } from './warnings/spoken-marks.ts';

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

/** By how many characters pronunciations may lengthen a book: an entry for one letter can be 200 characters long. */
const MOST_GROWTH = 10_000_000;

/** The result of `loadChapters`. */
export interface LoadedChapters {
  chapters: BookChapter[];
  /** The pronunciations of the book and its file. Absent: the book is refused. */
  wordList?: readonly PlacedPronunciation[];
  /** SHA-256 of the pronunciations. Absent: none. */
  wordsDigest?: string;
  /** What the manifest's `spell` changes, by class. Absent: it has none. */
  spelled?: SpelledPlaces;
  /** What the review file decides; absent without one. */
  review?: BookReview;
}

/** Reads and cuts the texts of all chapters. Leaves out unreadable chapters and reports why in the context. */
export async function loadChapters({
  context,
  manifest,
  speakers,
  manifestLines,
  review,
}: {
  context: ReadingContext;
  manifest: Manifest;
  speakers: readonly Speaker[];
  manifestLines: LineIndex;
  review: ReviewFile | undefined;
}): Promise<LoadedChapters> {
  const total: ReadTotal = { bytes: 0 };
  const texts = await Promise.all(
    manifest.chapters.map((chapter) =>
      context.limit(() => readChapterText({ context, chapter, manifestLines, total })),
    ),
  );
  if (total.bytes > BOOK_BYTES) {
    const message = `The chapters have more than ${BOOK_BYTES / 1024 / 1024} MB of text together.`;
    return tooLong(context, manifest, { message, fix: 'Divide the book into several manifests.' });
  }
  const pronunciations = await loadPronunciations(context, manifest);
  const names = namesInTags(speakers);
  const narrator = speakers.find(({ name }) => nameKey(name) === NARRATOR)?.name;
  const heads = chapterHeads({ context, manifest, narrator, speakers: names });
  const readText = (read: ChapterInput): Script =>
    heads.add(readScript({ ...read, characters: speakers, names, narrator }), read.chapter);
  const decided = review && (await decideLines({ context, review, manifest, texts, speakers: names, read: readText }));
  const reported: Shared = {
    growth: { charactersLeft: MOST_GROWTH },
    missingNarrator: false,
    ignoredDirections: new Set(),
  };
  let segmentCount = 0;
  const marks = collectMarks();
  const chapters: BookChapter[] = [];
  for (const [index, chapter] of manifest.chapters.entries()) {
    const read = texts[index];
    if (!read || segmentCount > MOST_LINES || reported.growth.charactersLeft < 0) continue;
    // Other books, the watcher's status and its API go on while a long book is read.
    await setImmediate();
    if (context.signal?.aborted) throw interrupted(`reading ${read.path}`);
    const script = decided?.scripts.get(chapter.number) ?? readText(read);
    reportScript({ context, chapter, script, read, reported });
    const cut = cutChapter({ context, manifest, chapter, read, script, decided, pronunciations, reported });
    segmentCount += cut.segments.length;
    marks.add({ read, lines: script.lines, segments: cut.segments });
    chapters.push(cut);
  }
  if (segmentCount > MOST_LINES || reported.growth.charactersLeft < 0)
    return refuseTooLong(context, manifest, reported);
  const credits = creditChapters({ context, manifest, decided, pronunciations, reported });
  if (!context.diagnostics.hasErrors) {
    pronunciations.warnUnused();
    marks.warn(context);
    heads.warn();
  }
  const all = [...credits.opening, ...chapters, ...credits.closing];
  const words = pronunciations.digest !== undefined && { wordsDigest: pronunciations.digest };
  const spelled = pronunciations.spelled && { spelled: pronunciations.spelled };
  const { entries } = pronunciations;
  return { chapters: all, wordList: entries, ...words, ...spelled, ...(decided && { review: decided.review }) };
}

function refuseTooLong(context: ReadingContext, manifest: Manifest, { growth }: Shared): LoadedChapters {
  if (growth.charactersLeft < 0) {
    const message = `The pronunciations make the texts longer by more than ${MOST_GROWTH / 1_000_000} million characters.`;
    return tooLong(context, manifest, { message, fix: 'Shorten the entries of words that occur often.' });
  }
  const message = `The book has more than ${MOST_LINES.toLocaleString('en-US')} segments.`;
  return tooLong(context, manifest, { message, fix: 'Divide the book into several manifests.' });
}

function tooLong(
  context: ReadingContext,
  manifest: Manifest,
  problem: Pick<FileProblem, 'message' | 'fix'>,
): LoadedChapters {
  addDiagnostic(context, manifest.chapters[0]!.at, { code: 'book-too-long', ...problem });
  return { chapters: [] };
}

/** Credits as separate chapters, cut like the others. */
function creditChapters(of: {
  context: ReadingContext;
  manifest: Manifest;
  decided: DecidedLines | undefined;
  pronunciations: Pronunciations;
  reported: Shared;
}): {
  opening: BookChapter[];
  closing: BookChapter[];
} {
  const { opening, closing } = of.manifest.credits ?? {};
  const titles = creditTitles(of.manifest.language);
  const cut = (credit: Credit | undefined, number: number, role: ChapterRole, title: string): BookChapter[] => {
    if (credit === undefined) return [];
    const { text, speaker, at } = credit;
    const script = of.decided?.scripts.get(number) ?? {
      lines: creditLines(text, speaker),
      exclusions: [],
      diagnostics: [],
    };
    const locate = (): Position => at.start;
    const file = of.context.manifestPath;
    const read: ChapterInput = {
      chapter: number,
      file,
      path: basename(file),
      kind: 'manifest',
      text,
      markdown: false,
      locate,
    };
    const chapter: ChapterSource = { number, title, source: { kind: 'text', text, offsets: emptyOffsetMap() }, at };
    // The default credits are not in the author's text, so there is no source to check.
    const { source: _, ...credits } = cutChapter({
      ...of,
      chapter,
      read,
      script,
    });
    return [{ ...credits, role }];
  };
  return {
    opening: cut(opening, 0, 'opening-credits', titles.opening),
    closing: cut(closing, of.manifest.chapters.length + 1, 'closing-credits', titles.closing),
  };
}

/** What all chapters share: bounds, and problems that are reported once, because one fix solves them all. */
interface Shared {
  /** By how much the pronunciations may still lengthen the book. */
  growth: Growth;
  missingNarrator: boolean;
  /** Models whose characters have directions in vain. */
  ignoredDirections: Set<string>;
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
  reported: Shared;
}): void {
  context.diagnostics.add(...diagnostics.filter(({ code }) => code !== 'no-narrator' || !reported.missingNarrator));
  reported.missingNarrator ||= diagnostics.some(({ code }) => code === 'no-narrator');
  if (diagnostics.length > 0) context.sources.set(read.file, context.sources.get(read.file) ?? read.text);
  if (lines.length === 0 && !hasErrors(diagnostics)) addDiagnostic(context, chapter.at, nothingToSpeak(chapter));
}

function cutChapter({
  context,
  manifest,
  chapter,
  read,
  script,
  decided,
  pronunciations,
  reported,
}: {
  context: ReadingContext;
  manifest: Manifest;
  chapter: ChapterSource;
  read: ChapterInput;
  script: Script;
  decided: DecidedLines | undefined;
  pronunciations: Pronunciations;
  reported: Shared;
}): BookChapter {
  const { lines, diagnostics, headings = [] } = script;
  const model = modelOf(manifest)!;
  const limit = { maxUnits: model.maxSegmentUnits, units: billedUnits, language: manifest.language };
  // Nothing of a text with errors is spoken; cutting it can take long, for example a megabyte of signs.
  const isRefused = hasErrors(diagnostics);
  const { growth } = reported;
  const { segments, proof } = cutLines({ text: read.text, script, limit, pronunciations, growth, isRefused });
  // A text that is refused anyway (a control character) is not checked.
  if ('uncovered' in proof && !isRefused) {
    const start = read.locate(proof.uncovered.start);
    const message = 'Internal error: this text would be spoken twice or not at all. Nothing was sent.';
    const fix = 'Please report it with this chapter; until it is fixed, rewriting the paragraph may help.';
    context.diagnostics.add({ code: 'text-unaccounted', severity: 'error', file: read.file, message, fix, start });
  }
  warnIgnoredDirections({ context, manifest, lines, read, warned: reported.ignoredDirections });
  warnLongChapter({ context, manifest, chapter, spoken: isRefused ? lines : segments });
  const spokenCharacters = segments.reduce((sum, { text }) => sum + codePoints(text), 0);
  const pickupRefs = pickupRefsOf({ script, read, ...(decided && { recordingAt: decided.recordingAt }) });
  const { number, title } = chapter;
  const { coverage, ranges } =
    'coverage' in proof
      ? proof
      : { coverage: { sourceCharacters: read.text.length, spoken: 0, excluded: {} }, ranges: [] };
  const source: SourceText = { file: read.path, kind: read.kind, text: read.text, ranges };
  const sections = sectionsOf(headings, lines, segments);
  const more = sections.length > 0 ? { sections } : {};
  return { number, title, segments, spokenCharacters, coverage, source, pickupRefs, ...more };
}

/** Number of code points; an array of them would be larger than the text. */
function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function nothingToSpeak({ title }: ChapterSource): FileProblem {
  const message = `The chapter "${title}" has nothing to speak.`;
  return { code: 'empty-chapter', message, fix: 'Write its text, or remove the chapter.' };
}
