/** What changed since a book's last run, line by line. It only explains reasons (see last-run.ts). Pure. */
import { align } from '../script/lines/align.ts';
import { similarity } from '../script/lines/word-diff.ts';
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

/** Why a segment needs another take than at the last run. */
export interface SegmentChange {
  reason: SpeakReason;
  /** The words before the change, when the words changed. */
  before?: string;
}

/** How a draft differs from the book's last run. */
export interface Changes {
  /** Why a segment without a take must be spoken; `new` when the last run did not have it. */
  segment(step: SynthesizeStep): SegmentChange;
  /** Names of the master's inputs that changed; undefined when the last run did not have the chapter. */
  master(step: MasterStep): string[] | undefined;
  /** Whether the last run had the chapter with the same inputs under another key: of another version of mastering. */
  isOfOtherVersion(step: MasterStep): boolean;
}

/** Two lines that are less similar than this are different lines, not one that was edited. */
const LEAST_SIMILARITY = 0.3;
/** Most comparisons between two unchanged lines; beyond this, lines are paired in order. */
const MOST_COMPARISONS = 2_500;

/** Compares a draft with the last run. Without a last run, everything is new. */
export function changesSince(lastRun: LastRun | undefined, draft: Draft): Changes {
  if (lastRun === undefined)
    return { segment: () => ({ reason: 'new' }), master: () => undefined, isOfOtherVersion: () => false };
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
    isOfOtherVersion(step) {
      const previous = previousChapters.get(step)?.master;
      return (
        previous !== undefined &&
        previous.key !== step.key &&
        changedFields(masterFields(step), previous.fields).length === 0
      );
    },
  };
}

function segmentChange(step: SynthesizeStep, previous: LastRunSegment, lastRun: LastRun): SegmentChange {
  if (previous.key === step.key) return previous.unspoken ?? { reason: 'damaged' };
  if (wordsOf(step) !== wordsOf(previous)) return { reason: 'text', before: wordsOf(previous) };
  if (step.text !== previous.text) return { reason: 'word list', before: previous.text };
  // Before the voice: another model may use no transcript, which is then missing in the identity of the voice.
  if (step.model !== (previous.model ?? lastRun.model)) return { reason: 'model' };
  if (voiceIdentity(step.voice) !== lastRun.voices[previous.voice]) return { reason: 'voice' };
  if (step.retake !== previous.retake) return { reason: 'take' };
  return { reason: 'setting' };
}

/** What the author wrote, before any word list was applied. */
function wordsOf({ written, text }: { written?: string; text: string }): string {
  return written ?? text;
}

function changedFields(now: Record<string, string>, before: Record<string, string>): string[] {
  const names = new Set([...Object.keys(now), ...Object.keys(before)]);
  return [...names].filter((name) => now[name] !== before[name]);
}

/** Pairs chapters by title, which is unique in a book; a renamed chapter by its number. */
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

/** Pairs unchanged lines, and similar lines between them: an edited line usually stays in its place. */
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

/** A single line that replaces a single line is that line, edited. Among several, each is paired with the next similar one. */
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
