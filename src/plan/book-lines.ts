/** A book's lines as people name them, with the segments that speak each. Pure. */
import type { Realm } from '../account.ts';
import type { ChapterRole } from '../manifest/manifest.ts';
import type { Segment } from '../script/cut/cut-segments.ts';
import type { KnownLine } from '../script/lines/line-identity.ts';
import { formatLineName } from '../script/lines/line-name.ts';
import type { DraftChapter, SourceChapter } from './draft.ts';
import { plannedSeed, takeKey } from './keys.ts';
import { spokenChapters } from './plan.ts';
import type { SynthesizeStep } from './step.ts';

/** What one speaker says in one go. */
export interface BookLine {
  /** `3:37`. */
  number: string;
  /** The chapter's number; credits have 0 or the number after the last chapter. */
  chapter: number;
  /** 1-based. */
  line: number;
  title: string;
  /** Absent for a line of the text. */
  role?: ChapterRole;
  character: string;
  /** What the author wrote. */
  words: string;
  /** In order; at least one. */
  segments: SynthesizeStep[];
  /** 0-based index of the first one among the chapter's segments. */
  first: number;
}

/**
 * All lines in the order of the text; the retail sample only repeats some of them. `sources`: the chapters that the draft was
 * made from.
 */
export function bookLines(draft: { chapters: DraftChapter[] }, sources: readonly SourceChapter[]): BookLine[] {
  return spokenChapters(draft).flatMap(({ number: chapter, title, role, segments, lines }, at) => {
    const cut = sources[at]?.segments ?? [];
    const found: BookLine[] = [];
    for (const [index, step] of segments.entries()) {
      const line = (lines[index] ?? index) + 1;
      const last = found.at(-1);
      const words = step.written ?? step.text;
      if (last?.line === line) {
        last.segments.push(step);
        last.words = `${last.words}${isApart(cut[index - 1], cut[index]) ? ' ' : ''}${words}`;
        continue;
      }
      const number = formatLineName({ chapter, line });
      const { character } = step;
      found.push({
        number,
        chapter,
        line,
        title,
        ...(role && { role }),
        character,
        words,
        segments: [step],
        first: index,
      });
    }
    return found;
  });
}

/** Whether white space is between two segments of a line; between Chinese sentences there is none. */
function isApart(before: Segment | undefined, after: Segment | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  return after.lineOffset > before.lineOffset + (before.written ?? before.text).length;
}

/** The lines as their identity needs them. */
export function knownLines(lines: readonly BookLine[]): KnownLine[] {
  return lines.map(({ chapter, line, character, words, title }) => {
    return { chapter, line, character, words, chapterTitle: title };
  });
}

/** The take that the text or a choice asks for. */
export function chosenTake({ segments }: Pick<BookLine, 'segments'>): number {
  return segments[0]?.retake ?? 1;
}

/** Whether the line is the author's own recording, which has no other takes. */
export function isPickup({ segments }: Pick<BookLine, 'segments'>): boolean {
  return segments.some(({ pickup }) => pickup !== undefined);
}

/** The same segment as its take of another number, from 1: the key that `[take n]` gives it. */
export function takeNumbered(step: SynthesizeStep, number: number, realm: Realm): SynthesizeStep {
  if (step.pickup !== undefined || number === (step.retake ?? 1)) return step;
  const { retake: _, seed, ...rest } = step;
  const unseeded = { ...rest, ...(number > 1 && { retake: number }) };
  const sound = { ...unseeded, ...(seed !== undefined && { seed: plannedSeed(unseeded) }) };
  return { ...sound, key: takeKey(sound, realm) };
}

/** The step that speaks other words with the voice and the settings of a segment. */
export function sayStep(like: SynthesizeStep, text: string, realm: Realm): SynthesizeStep {
  const { retake: _retake, variant: _variant, direction: _direction, written: _written, seed, ...rest } = like;
  const unseeded = { ...rest, text };
  const sound = { ...unseeded, ...(seed !== undefined && { seed: plannedSeed(unseeded) }) };
  return { ...sound, key: takeKey(sound, realm) };
}
