/** Draft and stored results → what is still needed, and why. Pure. */
import type { PartOfBook } from '../events/plan-report.ts';
import type { TakeDoubt } from '../events.ts';
import type { ChapterRole } from '../manifest/manifest.ts';
import type { Model } from '../models/model.ts';
import type { Coverage } from '../script/text/coverage.ts';
import type { SourceText } from '../script/text/source.ts';
import { type Changes, changesSince } from './changes.ts';
import type { Delivery, Draft } from './draft.ts';
import { masterDigest, takesDigest } from './keys.ts';
import type { LastRun, SpeakReason } from './last-run.ts';
import { type BookLevels, bookLevels, characterGains, type LoudnessCounts, needsLevels } from './levels.ts';
import type { BindStep, EnrollStep, MasterStep, SynthesizeStep } from './step.ts';

/** A draft's results in the store, by key. */
export interface Snapshot {
  /** Take key → digest of its audio. */
  takes: ReadonlyMap<string, string>;
  /** Take key → loudness; only when it is known. */
  levels: ReadonlyMap<string, LoudnessCounts>;
  /** Take key → why the take is doubtful; without good takes. */
  doubtful: ReadonlyMap<string, DoubtfulTake>;
  /** Keys of voices that this account has, by the ledger. */
  voices: ReadonlySet<string>;
  /** Master key → digest of the takes and gains it was made from. */
  masters: ReadonlyMap<string, string>;
  /** Book key → digest of the takes in its chapters. */
  books: ReadonlyMap<string, string>;
  /** Keys of takes that the service refused to speak in an earlier run. */
  refused?: ReadonlySet<string>;
  /** Keys of takes that failed a check and are to be spoken again. */
  rejected?: ReadonlySet<string>;
  /** Keys of voices whose enrollment was sent but never answered: the service's list is checked before paying again. */
  unconfirmedVoices?: ReadonlySet<string>;
  /** The book at its last run; undefined when it was never run with this store. */
  lastRun?: LastRun | undefined;
}

/** A take that was accepted although a check found something. */
export interface DoubtfulTake {
  /** What the checks found, worst first. */
  doubts: TakeDoubt[];
  /** How often it was spoken. */
  tries: number;
}

/** All steps of a book, and what to do with each. */
export interface Plan {
  title: string;
  model: Model;
  voices: PlannedVoice[];
  chapters: PlannedChapter[];
  /** The book file, when the manifest asks for one. */
  book?: { step: BindStep; need: 'make' | 'reuse' };
  delivery: Delivery;
  /** Set when it is for some chapters only; `highestNumber`: of any chapter of the book. */
  part?: PartOfBook & { highestNumber: number };
}

/** A voice, and what to do with it. */
export interface PlannedVoice {
  step: EnrollStep;
  need: 'enroll' | 'reuse';
  /** It may exist at the service: the service's list is checked before anything is paid. */
  lookFirst: boolean;
}

/** A chapter, and what to do with it. */
export interface PlannedChapter {
  number: number;
  title: string;
  /** Credits or the retail sample; absent for a chapter of the text. */
  role?: ChapterRole;
  segments: PlannedSegment[];
  /** For each segment, the index of its line: what one speaker says in one go. */
  lines: number[];
  /** 0-based indexes of the segments that end a scene; absent when there is none. */
  scenes?: number[];
  /** Proof that the whole text is spoken; see src/script/text/coverage.ts. */
  coverage: Coverage;
  /** The chapter's text, and what became of each of its characters; absent when the program composed it. */
  source?: SourceText;
  master: {
    step: MasterStep;
    need: 'make' | 'reuse';
    reason: MasterReason;
    /** Names of the inputs that changed since the last run (last-run.ts); empty for a new chapter or an unknown last run. */
    changed: string[];
  };
}

/** A segment, and what to do with it. */
export interface PlannedSegment {
  step: SynthesizeStep;
  need: 'speak' | 'convert' | 'parked' | 'reuse';
  /**
   * `stored`: a take exists; `repeated`: an equal segment earlier in the book is to be spoken; `pickup`: the author's own
   * recording is to be converted, at no cost; `refused`: the service refused to speak it in an earlier run and is not
   * asked again; else why it is spoken.
   */
  reason: SpeakReason | 'stored' | 'repeated' | 'pickup' | 'refused';
  /** The words at the last run, when the words changed. */
  before?: string;
  /** Set when the stored take is doubtful. */
  doubtful?: DoubtfulTake;
}

/** Why a chapter is mastered, or not. */
export type MasterReason = 'new' | 'takes-missing' | 'takes-changed' | 'levels-changed' | 'version-changed' | 'stored';

/**
 * Plans what is still needed. A voice is needed only when something is to be spoken with it.
 *
 * While takes are missing, the levels of the characters are not final, so a finished chapter is not mastered again for
 * them. With `finalLevels` it is: use it when no more takes will follow.
 */
export function planBook(draft: Draft, snapshot: Snapshot, { finalLevels = false } = {}): Plan {
  const bookTakes = spokenChapters(draft).flatMap(({ master }) => master.takes);
  const levels = bookLevels(bookTakes.map(({ key, character }) => ({ character, counts: snapshot.levels.get(key) })));
  const areLevelsFinal = finalLevels || bookTakes.every(({ key }) => snapshot.takes.has(key));
  const toSpeak = new Set<string>();
  const neededVoices = new Set<string>();
  const changes = changesSince(snapshot.lastRun, draft);
  const chapters = draft.chapters.map((chapter): PlannedChapter => {
    const segments = chapter.segments.map((step): PlannedSegment => {
      const rejected = snapshot.rejected?.has(step.key) === true;
      if (snapshot.takes.has(step.key) && !rejected) {
        const doubtful = snapshot.doubtful.get(step.key);
        return { step, need: 'reuse', reason: 'stored', ...(doubtful && { doubtful }) };
      }
      if (step.pickup !== undefined) return { step, need: 'convert', reason: 'pickup' };
      if (snapshot.refused?.has(step.key)) return { step, need: 'parked', reason: 'refused' };
      if (toSpeak.has(step.key)) return { step, need: 'reuse', reason: 'repeated' };
      toSpeak.add(step.key);
      if ('enrollment' in step.voice) neededVoices.add(step.voice.enrollment.key);
      return { step, need: 'speak', ...(rejected ? { reason: 'failed check' } : changes.segment(step)) };
    });
    const { number, title, role, lines, scenes, coverage, source } = chapter;
    const optional = { ...(role && { role }), ...(scenes && { scenes }), ...(source && { source }) };
    const master = planMaster(chapter.master, { snapshot, changes, levels, areLevelsFinal });
    return { number, title, ...optional, segments, lines, coverage, master };
  });
  const voices = draft.voices.map((step) => {
    const missing = neededVoices.has(step.key) && !snapshot.voices.has(step.key);
    const lookFirst = missing && snapshot.unconfirmedVoices?.has(step.key) === true;
    return { step, need: missing ? ('enroll' as const) : ('reuse' as const), lookFirst };
  });
  const book = draft.book === undefined ? {} : { book: planBind(draft.book, chapters.filter(isSpoken), snapshot) };
  return { title: draft.title, model: draft.model, voices, chapters, ...book, delivery: draft.delivery };
}

function planBind(step: BindStep, chapters: readonly PlannedChapter[], snapshot: Snapshot): NonNullable<Plan['book']> {
  const digests = chapters.flatMap(({ master }) => snapshot.masters.get(master.step.key) ?? []);
  const isCurrent =
    chapters.every(({ master }) => master.need === 'reuse') && snapshot.books.get(step.key) === takesDigest(digests);
  return { step, need: isCurrent ? 'reuse' : 'make' };
}

function planMaster(
  drafted: MasterStep,
  of: { snapshot: Snapshot; changes: Changes; levels: BookLevels; areLevelsFinal: boolean },
): PlannedChapter['master'] {
  const { snapshot, changes, levels, areLevelsFinal } = of;
  const step = withLevels(drafted, levels);
  const isUsable = (key: string): boolean => snapshot.takes.has(key) && snapshot.rejected?.has(key) !== true;
  const digests = step.takes.flatMap(({ key }) => (isUsable(key) ? (snapshot.takes.get(key) ?? []) : []));
  const stored = snapshot.masters.get(step.key);
  const make = (reason: MasterReason): PlannedChapter['master'] => {
    return { step, need: 'make', reason, changed: changes.master(drafted) ?? [] };
  };
  if (digests.length < step.takes.length) return make('takes-missing');
  if (stored === undefined) return make(changes.isOfOtherVersion(drafted) ? 'version-changed' : 'new');
  if (!stored.startsWith(takesDigest(digests))) return make('takes-changed');
  if (areLevelsFinal && stored !== masterDigest(digests, step.characterGainsDb)) return make('levels-changed');
  return { step, need: 'reuse', reason: 'stored', changed: [] };
}

/** Adds the gains to the step when the level of each of its characters is known. */
function withLevels(step: MasterStep, levels: BookLevels): MasterStep {
  if (!needsLevels(step) || !step.takes.every(({ character }) => levels.steps.has(character))) return step;
  return { ...step, characterGainsDb: characterGains(step.takes, levels) };
}

/** The segments that a chapter lacks before it can be mastered, each key once, in the order of the text. */
export function missingSegments(chapter: PlannedChapter): SynthesizeStep[] {
  const missing = new Map<string, SynthesizeStep>();
  for (const { step, reason } of chapter.segments) {
    if (reason !== 'stored' && !missing.has(step.key)) missing.set(step.key, step);
  }
  return [...missing.values()];
}

/** All chapters except the retail sample, which only repeats segments of another chapter. */
export function spokenChapters<Chapter extends { role?: ChapterRole }>({
  chapters,
}: {
  chapters: Chapter[];
}): Chapter[] {
  return chapters.filter(isSpoken);
}

function isSpoken({ role }: { role?: ChapterRole }): boolean {
  return role !== 'retail-sample';
}
