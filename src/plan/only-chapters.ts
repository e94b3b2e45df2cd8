/** A plan for some chapters of a book: `run --chapter`. Nothing else is spoken, no M4B is bound. Pure. */
import type { PartOfBook } from '../events/plan-report.ts';
import type { Plan, PlannedChapter, PlannedSegment } from './plan.ts';

/** The numbers of the book's chapters of text, ascending. */
export function chapterNumbers({
  chapters,
}: {
  chapters: readonly Pick<PlannedChapter, 'number' | 'role'>[];
}): number[] {
  return chapters.flatMap(({ number, role }) => (role === undefined ? [number] : []));
}

/** The plan for these chapters of text; without credits, retail sample, M4B and EPUB. */
export function onlyChapters(plan: Plan, numbers: readonly number[]): Plan {
  const wanted = new Set(numbers);
  const isWanted = ({ number, role }: PlannedChapter): boolean => role === undefined && wanted.has(number);
  const chapters = spokenOnce(plan, plan.chapters.filter(isWanted));
  const needed = new Set(
    chapters.flatMap(({ segments }) =>
      segments.flatMap(({ step, need }) =>
        need === 'speak' && 'enrollment' in step.voice ? [step.voice.enrollment.key] : [],
      ),
    ),
  );
  const { book: _, ...rest } = plan;
  const partial: PartOfBook = { chapters: chapters.map(({ number }) => number), of: chapterNumbers(plan).length };
  return {
    ...rest,
    voices: plan.voices.map((voice) =>
      needed.has(voice.step.key) ? voice : { ...voice, need: 'reuse' as const, lookFirst: false },
    ),
    chapters,
    delivery: { ...plan.delivery, extras: plan.delivery.extras.filter((extra) => extra !== 'epub') },
    part: { ...partial, highestNumber: highestOf(plan) },
  };
}

/** A retail sample has no number in its file name. */
function highestOf({ chapters }: Plan): number {
  return Math.max(0, ...chapters.flatMap(({ number, role }) => (role === 'retail-sample' ? [] : [number])));
}

/** A segment that repeats one of a chapter that is left out is spoken at its first place in this part. */
function spokenOnce(plan: Plan, chapters: readonly PlannedChapter[]): PlannedChapter[] {
  const firsts = new Map<string, PlannedSegment>();
  for (const segment of plan.chapters.flatMap(({ segments }) => segments))
    if (segment.need === 'speak') firsts.set(segment.step.key, segment);
  const spoken = new Set<string>();
  return chapters.map((chapter) => ({
    ...chapter,
    segments: chapter.segments.map((segment) => {
      const { key } = segment.step;
      const first = firsts.get(key);
      if (first === undefined || spoken.has(key)) return segment;
      spoken.add(key);
      const { need, reason, before } = first;
      return { ...segment, need, reason, ...(before !== undefined && { before }) };
    }),
  }));
}

/** Ascending numbers as people write them: `2–4, 7`. */
export function rangesText(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range?.[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
}
