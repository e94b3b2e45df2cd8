/** The review file's decisions in the lines of a book, before they are cut into segments. */
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { interrupted } from '../errors.ts';
import { hasErrors } from '../manifest/diagnostics/diagnostic.ts';
import { creditTitles } from '../manifest/fields/credit-words.ts';
import type { Credit, Manifest } from '../manifest/manifest.ts';
import { type AppliedDecision, applyReview, type ChapterLines } from '../review/apply.ts';
import { creditLines } from '../script/lines/credit-lines.ts';
import type { Line } from '../script/lines/line.ts';
import type { SpeakerNames } from '../script/speakers/speaker-names.ts';
import type { Script } from '../script/text/read.ts';
import type { ChapterInput } from './chapter-text.ts';
import type { PickupRef } from './pickups.ts';
import type { ReadingContext } from './reading-context.ts';
import type { ReviewFile } from './review-file.ts';

/** What the review file changes in a book. */
export interface BookReview {
  /** Name of the file, beside the manifest. */
  file: string;
  /** In the order of the book; only those that change how a line sounds. */
  decisions: AppliedDecision[];
  /** Number of decisions whose line is gone. */
  orphans: number;
}

/** The texts of a book as they were read, with the decisions in their lines. */
export interface DecidedLines {
  /** By the chapter's number. */
  scripts: Map<number, Script>;
  /** Where the review file names the recording of a line; undefined for a line whose text names it. */
  recordingAt(line: Line): Pick<PickupRef, 'file' | 'at' | 'source'> | undefined;
  review: BookReview;
}

/**
 * Reads all texts and applies the review to their lines; reports in the context what cannot be applied. Undefined when a text
 * has errors: the book is refused anyway, and lines would seem to be gone.
 */
export async function decideLines(of: {
  context: ReadingContext;
  review: ReviewFile;
  manifest: Manifest;
  texts: readonly (ChapterInput | undefined)[];
  speakers: SpeakerNames;
  read: (text: ChapterInput) => Script;
}): Promise<DecidedLines | undefined> {
  const { context, review: file, manifest, texts, speakers } = of;
  if (file.review === undefined) return undefined;
  const scripts = new Map<number, Script>();
  const chapters: ChapterLines[] = [];
  const add = (number: number, title: string, script: Script): void => {
    scripts.set(number, script);
    const { head, lines } = script;
    chapters.push({ number, title, ...(head ? { lines: [head, ...lines], hasHead: true } : { lines }) });
  };
  const titles = creditTitles(manifest.language);
  const addCredit = (credit: Credit | undefined, number: number, title: string): void => {
    if (credit === undefined) return;
    add(number, title, { lines: creditLines(credit.text, credit.speaker), exclusions: [], diagnostics: [] });
  };
  addCredit(manifest.credits?.opening, 0, titles.opening);
  for (const [index, { number, title }] of manifest.chapters.entries()) {
    const text = texts[index];
    if (text === undefined) return undefined;
    await setImmediate();
    if (context.signal?.aborted) throw interrupted(`reading ${text.path}`);
    const script = of.read(text);
    if (hasErrors(script.diagnostics)) return undefined;
    add(number, title, script);
  }
  addCredit(manifest.credits?.closing, manifest.chapters.length + 1, titles.closing);
  const applied = applyReview({ review: file.review, title: manifest.title, chapters, speakers });
  for (const { key, field, ...problem } of applied.findings) {
    const at = key === undefined ? undefined : file.placeOf(key, field);
    context.diagnostics.add({ ...problem, file: file.file, ...at });
  }
  for (const [index, lines] of applied.chapters.entries()) {
    const { number, hasHead } = chapters[index]!;
    const script = scripts.get(number)!;
    const [head, ...rest] = lines;
    scripts.set(number, hasHead && head ? { ...script, head, lines: rest } : { ...script, lines });
  }
  return {
    scripts,
    recordingAt(line) {
      const key = applied.recordings.get(line);
      if (key === undefined) return undefined;
      const at = file.placeOf(key, 'recording') ?? { start: FIRST, end: FIRST };
      return { file: file.file, at, source: file.text ?? '' };
    },
    review: { file: basename(file.file), decisions: applied.applied, orphans: applied.orphans },
  };
}

const FIRST = { line: 1, column: 1 };
