/** What has changed since a book's last run, line by line: only for saying why; see last-run.ts. Pure. */
import { align } from '../script/align.ts';
import { similarity } from '../script/word-diff.ts';
import type { Draft, DraftChapter } from './draft.ts';
import {
  type LastRun,
  type LastRunChapter,
  type LastRunSegment,
  masterFields,
  type SpeakReason,
  voiceIdentity,
} from './last-run.ts';
import type { MasterStep, SynthesizeStep } from './step.ts';

/** Why a segment's take is another one than at the last run. */
export interface SegmentChange {
  reason: SpeakReason;
  /** The words as they were, where it is the words that changed. */
  before?: string;
}

/** What is known of a book's last run. */
export interface Changes {
  /** Why a segment that has no take must be spoken; `new` when it was not there before. */
  segment(step: SynthesizeStep): SegmentChange;
  /** Names of what shapes the master and is another than before; undefined when the chapter was not there before. */
  master(step: MasterStep): string[] | undefined;
}

/** Lines that share less than this are another line, not a changed one. */
const LEAST_SIMILARITY = 0.3;
/** Between two lines that stayed, so many comparisons of lines at most; beyond, lines are taken in their order. */
const MOST_COMPARISONS = 2_500;

/** Compares a draft with the last run. Without one everything is new. */
export function changesSince(lastRun: LastRun | undefined, draft: Draft): Changes {
  if (lastRun === undefined) return { segment: () => ({ reason: 'new' }), master: () => undefined };
  const previousSegments = new Map<SynthesizeStep, LastRunSegment>();
  const previousChapters = new Map<MasterStep, LastRunChapter>();
  for (const [chapter, previous] of pairChapters(draft.chapters, lastRun.chapters)) {
    previousChapters.set(chapter.master, previous);
    for (const [step, segment] of pairSegments(chapter.segments, previous.segments))
      previousSegments.set(step, segment);
  }
  return {
    segment(step) {
      const previous = previousSegments.get(step);
      return previous === undefined ? { reason: 'new' } : segmentChange(step, previous, lastRun);
    },
    master(step) {
      const previous = previousChapters.get(step)?.master;
      return previous === undefined ? undefined : changedFields(masterFields(step), previous.fields);
    },
  };
}

function segmentChange(step: SynthesizeStep, previous: LastRunSegment, lastRun: LastRun): SegmentChange {
  if (previous.key === step.key) return previous.unspoken ?? { reason: 'damaged' };
  if (wordsOf(step) !== wordsOf(previous)) return { reason: 'text', before: wordsOf(previous) };
  if (step.text !== previous.text) return { reason: 'word list', before: previous.text };
  if (voiceIdentity(step.voice) !== lastRun.voices[previous.voice]) return { reason: 'voice' };
  if (step.model !== lastRun.model) return { reason: 'model' };
  if (step.retake !== previous.retake) return { reason: 'take' };
  return { reason: 'setting' };
}

/** What the author wrote, however a word list has it said. */
function wordsOf({ written, text }: { written?: string; text: string }): string {
  return written ?? text;
}

function changedFields(now: Record<string, string>, before: Record<string, string>): string[] {
  const names = new Set([...Object.keys(now), ...Object.keys(before)]);
  return [...names].filter((name) => now[name] !== before[name]);
}

/** Chapters by their titles, which a book has once each; a renamed one by its number. */
function pairChapters(
  now: readonly DraftChapter[],
  before: readonly LastRunChapter[],
): [DraftChapter, LastRunChapter][] {
  const byTitle = new Map(before.map((chapter) => [chapter.title, chapter]));
  const titles = new Set(now.map(({ title }) => title));
  const byNumber = new Map(
    before.filter(({ title }) => !titles.has(title)).map((chapter) => [chapter.number, chapter]),
  );
  return now.flatMap((chapter): [DraftChapter, LastRunChapter][] => {
    const previous = byTitle.get(chapter.title) ?? byNumber.get(chapter.number);
    return previous === undefined ? [] : [[chapter, previous]];
  });
}

/** Lines that stayed, and between them those that are alike: what an author changed stands where it stood. */
function pairSegments(
  now: readonly SynthesizeStep[],
  before: readonly LastRunSegment[],
): [SynthesizeStep, LastRunSegment][] {
  const same = align(before.map(wordsOf), now.map(wordsOf));
  const pairs: [SynthesizeStep, LastRunSegment][] = [];
  let [a, b] = [0, 0];
  for (const [i, j] of [...same, [before.length, now.length] as const]) {
    pairs.push(...pairSimilarSegments(now.slice(b, j), before.slice(a, i)));
    const [step, previous] = [now[j], before[i]];
    if (step !== undefined && previous !== undefined) pairs.push([step, previous]);
    [a, b] = [i + 1, j + 1];
  }
  return pairs;
}

/** One line in the place of one is that line, however much it changed; among several, each goes to the next one like it. */
function pairSimilarSegments(now: SynthesizeStep[], before: LastRunSegment[]): [SynthesizeStep, LastRunSegment][] {
  if (now.length === before.length && now.length * before.length > MOST_COMPARISONS) {
    return now.map((step, index) => [step, before[index]!]);
  }
  const [onlyNow, onlyBefore] = [now[0], before[0]];
  if (now.length === 1 && before.length === 1 && onlyNow && onlyBefore) return [[onlyNow, onlyBefore]];
  if (now.length * before.length > MOST_COMPARISONS) return [];
  const pairs: [SynthesizeStep, LastRunSegment][] = [];
  let from = 0;
  for (const step of now) {
    let best = { place: -1, likeness: LEAST_SIMILARITY };
    for (let place = from; place < before.length; place++) {
      const value = similarity(wordsOf(before[place]!), wordsOf(step));
      if (value > best.likeness) best = { place, likeness: value };
    }
    if (best.place < 0) continue;
    pairs.push([step, before[best.place]!]);
    from = best.place + 1;
  }
  return pairs;
}
