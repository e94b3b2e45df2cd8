/** Draft + what the store has → what is still needed, and why. Pure. */
import type { Money, TakeDoubt } from '../events.ts';
import type { ChapterRole } from '../manifest/manifest.ts';
import { billedUnits, type Model } from '../models.ts';
import type { Coverage } from '../script/coverage.ts';
import { estimatedSeconds } from '../script/estimate.ts';
import type { SourceText } from '../script/source.ts';
import { type Changes, changesSince } from './changes.ts';
import type { Delivery, Draft } from './draft.ts';
import { masterDigest, takesDigest } from './keys.ts';
import type { LastRun, SpeakReason } from './last-run.ts';
import { type BookLevels, bookLevels, characterGains, type LoudnessCounts, needsLevels } from './levels.ts';
import { estimatedNanos, estimatedTokens, moneyOf, type SpeechNeed, type Tariff, type Tokens } from './price.ts';
import type { BindStep, EnrollStep, MasterStep, SynthesizeStep } from './step.ts';

/** What the store has of a draft's results, by key. */
export interface Snapshot {
  /** Take key → digest of its audio. */
  takes: ReadonlyMap<string, string>;
  /** Take key → how loud it is; only of takes for which that is known. */
  levels: ReadonlyMap<string, LoudnessCounts>;
  /** Take key → why it is doubtful; good takes are not in it. */
  doubtful: ReadonlyMap<string, DoubtfulTake>;
  /** Keys of voices that the ledger has for this account. */
  voices: ReadonlySet<string>;
  /** Master key → digest of the takes and gains that went in. */
  masters: ReadonlyMap<string, string>;
  /** Book key → digest of the takes that went into its chapters. */
  books: ReadonlyMap<string, string>;
  /** Keys of takes that the service refused to speak in an earlier run. */
  refused?: ReadonlySet<string>;
  /** Keys of takes that are there and were found bad: they are to be spoken again. */
  rejected?: ReadonlySet<string>;
  /** Keys of voices that were asked for before and whose answer was lost: they are looked for before they are paid. */
  unconfirmedVoices?: ReadonlySet<string>;
  /** What the book was at its last run; undefined when it never was run with this store. */
  lastRun?: LastRun | undefined;
}

/** A take that is kept with a doubt. */
export interface DoubtfulTake {
  /** What the checks did not like, worst first. */
  doubts: TakeDoubt[];
  /** How often it was spoken. */
  tries: number;
}

/** All steps of a book, each with what is to be done about it. */
export interface Plan {
  title: string;
  model: Model;
  voices: PlannedVoice[];
  chapters: PlannedChapter[];
  /** The book file, when the manifest asks for one. */
  book?: { step: BindStep; need: 'make' | 'reuse' };
  delivery: Delivery;
}

/** One voice, and what is to be done about it. */
export interface PlannedVoice {
  step: EnrollStep;
  need: 'enroll' | 'reuse';
  /** It may be at the service already: the service's list is looked at before anything is paid. */
  lookFirst: boolean;
}

/** One chapter, and what is to be done about it. */
export interface PlannedChapter {
  number: number;
  title: string;
  /** Credits or the retail sample; absent for a chapter of the text. */
  role?: ChapterRole;
  segments: PlannedSegment[];
  /** For each segment the index of its line: what one speaker says in one go. */
  lines: number[];
  /** 0-based indexes of the segments that a scene ends with; absent when there is none. */
  scenes?: number[];
  /** Proof that the whole text is spoken; see script/coverage.ts. */
  coverage: Coverage;
  /** The chapter's text, and where each of its characters went; absent where we composed it ourselves. */
  source?: SourceText;
  master: {
    step: MasterStep;
    need: 'make' | 'reuse';
    reason: MasterReason;
    /** What is another than at the last run, by the fields of last-run.ts; empty for a new chapter or when nothing is known. */
    changed: string[];
  };
}

/** One segment, and what is to be done about it. */
export interface PlannedSegment {
  step: SynthesizeStep;
  need: 'speak' | 'convert' | 'parked' | 'reuse';
  /**
   * `stored`: a take exists; `repeated`: an equal segment earlier in the book is to be spoken; `pickup`: a recording of
   * the author's own is to be converted, which costs nothing; `refused`: the service would not say it in an earlier run and
   * is not asked again; else why it is spoken.
   */
  reason: SpeakReason | 'stored' | 'repeated' | 'pickup' | 'refused';
  /** The words as they were at the last run, where it is the words that changed. */
  before?: string;
  /** The take in the store is kept with a doubt. */
  doubtful?: DoubtfulTake;
}

/** Why a chapter is mastered (again), or not. */
export type MasterReason = 'new' | 'takes-missing' | 'takes-changed' | 'levels-changed' | 'stored';

/**
 * What is still needed. A voice is only needed when something is to be spoken with it.
 *
 * While takes are missing, a finished chapter is not made again only because the level of a character is another without
 * them; `finalLevels` does so, for when no more will come.
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
  if (stored === undefined) return make('new');
  if (!stored.startsWith(takesDigest(digests))) return make('takes-changed');
  if (areLevelsFinal && stored !== masterDigest(digests, step.characterGainsDb)) return make('levels-changed');
  return { step, need: 'reuse', reason: 'stored', changed: [] };
}

/** The gains go with the step when something is known of each of its characters. */
function withLevels(step: MasterStep, levels: BookLevels): MasterStep {
  if (!needsLevels(step) || !step.takes.every(({ character }) => levels.steps.has(character))) return step;
  return { ...step, characterGainsDb: characterGains(step.takes, levels) };
}

/** The steps of a chapter that must run before its master, each key once, in the order of the text. */
export function missingSegments(chapter: PlannedChapter): SynthesizeStep[] {
  const missing = new Map<string, SynthesizeStep>();
  for (const { step, reason } of chapter.segments) {
    if (reason !== 'stored' && !missing.has(step.key)) missing.set(step.key, step);
  }
  return [...missing.values()];
}

/** The chapters whose segments are their own: a retail sample only repeats some of another's. */
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

/** A plan in numbers. */
export interface PlanTotals {
  voices: { enroll: number; reuse: number };
  segments: { total: number; synthesize: number; reuse: number };
  chapters: { total: number; master: number };
  /** The book file is to be bound. */
  bind: boolean;
  /** Billed units of what is to be spoken (src/models.ts). */
  billedCharacters: number;
  /** Seconds of speech; an estimate. */
  audioSeconds: number;
  cost: Money | null;
  /** The cost is an estimate, because the model bills the length of the speech. */
  estimated: boolean;
  /** Of a model that bills them, estimated; else null. */
  tokens: Tokens | null;
}

/** Tokens are billed for at least so many seconds of each response. Source: server events page. */
const LEAST_BILLED_SECONDS = 1;

/** Counts and prices a plan. `cost` is null when the tariff does not know what the model costs. */
export function planTotals(plan: Plan, tariff: Tariff): PlanTotals {
  const segments = spokenChapters(plan).flatMap((chapter) => chapter.segments);
  const spoken = segments.filter((segment) => segment.need === 'speak');
  const enroll = plan.voices.filter((voice) => voice.need === 'enroll').length;
  const need = speechNeedOf(spoken, tariff);
  const nanos = plannedNanos(tariff, { ...need, voices: enroll });
  const byTokens = tariff.speech?.kind === 'tokens';
  return {
    voices: { enroll, reuse: plan.voices.length - enroll },
    segments: { total: segments.length, synthesize: spoken.length, reuse: segments.length - spoken.length },
    chapters: {
      total: plan.chapters.length,
      master: plan.chapters.filter((chapter) => chapter.master.need === 'make').length,
    },
    bind: plan.book?.need === 'make',
    ...need,
    cost: nanos === undefined ? null : moneyOf(nanos, tariff.currency),
    estimated: byTokens && spoken.length > 0,
    tokens: byTokens ? estimatedTokens(need) : null,
  };
}

function speechNeedOf(spoken: readonly PlannedSegment[], { lengthFactor = 1 }: Tariff): SpeechNeed {
  let billedCharacters = 0;
  let audioSeconds = 0;
  for (const { step } of spoken) {
    billedCharacters += billedUnits(step.text);
    audioSeconds += Math.max(LEAST_BILLED_SECONDS, estimatedSeconds([step]) * lengthFactor);
  }
  return { billedCharacters, audioSeconds: Math.round(audioSeconds * 10) / 10 };
}

/** What the plan is likely to cost, in nanos; undefined when nobody knows the price. Exact where characters are billed. */
export function plannedNanos(
  { speech, enrolmentNanos }: Tariff,
  of: SpeechNeed & { voices: number },
): number | undefined {
  return speech === undefined ? undefined : estimatedNanos(speech, of) + of.voices * enrolmentNanos;
}
