/** Draft + what the store has → what is still needed, and why. Pure. */
import type { TakeDoubt } from '../events.ts';
import { billedUnits, ENROLMENT_PRICE_CNY, type Model } from '../models.ts';
import type { Coverage } from '../script/coverage.ts';
import type { SourceText } from '../script/source.ts';
import type { Delivery, Draft } from './draft.ts';
import { takesDigest } from './keys.ts';
import type { BindStep, EnrollStep, MasterStep, SynthesizeStep } from './step.ts';

/** What the store has of a draft's results, by key. */
export interface Snapshot {
  /** Take key → digest of its audio. */
  takes: ReadonlyMap<string, string>;
  /** Take key → why it is doubtful; good takes are not in it. */
  doubtful: ReadonlyMap<string, DoubtfulTake>;
  /** Keys of voices that the ledger has for this account. */
  voices: ReadonlySet<string>;
  /** Master key → digest of the takes that went in. */
  masters: ReadonlyMap<string, string>;
  /** Book key → digest of the takes that went into its chapters. */
  books: ReadonlyMap<string, string>;
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
  voices: { step: EnrollStep; need: 'enroll' | 'reuse' }[];
  chapters: PlannedChapter[];
  /** The book file, when the manifest asks for one. */
  book?: { step: BindStep; need: 'make' | 'reuse' };
  delivery: Delivery;
}

/** One chapter, and what is to be done about it. */
export interface PlannedChapter {
  number: number;
  title: string;
  segments: PlannedSegment[];
  /** For each segment the index of its line: what one speaker says in one go. */
  lines: number[];
  /** Proof that the whole text is spoken; see script/coverage.ts. */
  coverage: Coverage;
  /** The chapter's text, and where each of its characters went; absent where we composed it ourselves. */
  source?: SourceText;
  master: { step: MasterStep; need: 'make' | 'reuse'; reason: MasterReason };
}

/** One segment, and what is to be done about it. */
export interface PlannedSegment {
  step: SynthesizeStep;
  need: 'speak' | 'convert' | 'reuse';
  /**
   * `new`: no take yet; `stored`: a take exists; `repeated`: an equal segment earlier in the book is to be spoken;
   * `pickup`: a recording of the author's own is to be converted, which costs nothing.
   */
  reason: 'new' | 'stored' | 'repeated' | 'pickup';
  /** The take in the store is kept with a doubt. */
  doubtful?: DoubtfulTake;
}

/** Why a chapter is mastered (again), or not. */
export type MasterReason = 'new' | 'takes-missing' | 'takes-changed' | 'stored';

/** What is still needed. A voice is only needed when something is to be spoken with it. */
export function planBook(draft: Draft, snapshot: Snapshot): Plan {
  const toSpeak = new Set<string>();
  const neededVoices = new Set<string>();
  const chapters = draft.chapters.map((chapter): PlannedChapter => {
    const segments = chapter.segments.map((step): PlannedSegment => {
      if (snapshot.takes.has(step.key)) {
        const doubtful = snapshot.doubtful.get(step.key);
        return { step, need: 'reuse', reason: 'stored', ...(doubtful && { doubtful }) };
      }
      if (step.pickup !== undefined) return { step, need: 'convert', reason: 'pickup' };
      if (toSpeak.has(step.key)) return { step, need: 'reuse', reason: 'repeated' };
      toSpeak.add(step.key);
      if ('enrollment' in step.voice) neededVoices.add(step.voice.enrollment.key);
      return { step, need: 'speak', reason: 'new' };
    });
    const { number, title, lines, coverage } = chapter;
    const source = chapter.source && { source: chapter.source };
    return { number, title, segments, lines, coverage, ...source, master: planMaster(chapter.master, snapshot) };
  });
  const voices = draft.voices.map((step) => {
    const missing = neededVoices.has(step.key) && !snapshot.voices.has(step.key);
    return { step, need: missing ? ('enroll' as const) : ('reuse' as const) };
  });
  const book = draft.book === undefined ? {} : { book: planBind(draft.book, chapters, snapshot) };
  return { title: draft.title, model: draft.model, voices, chapters, ...book, delivery: draft.delivery };
}

function planBind(step: BindStep, chapters: readonly PlannedChapter[], snapshot: Snapshot): NonNullable<Plan['book']> {
  const digests = chapters.flatMap(({ master }) => snapshot.masters.get(master.step.key) ?? []);
  const isCurrent =
    chapters.every(({ master }) => master.need === 'reuse') && snapshot.books.get(step.key) === takesDigest(digests);
  return { step, need: isCurrent ? 'reuse' : 'make' };
}

function planMaster(step: MasterStep, snapshot: Snapshot): PlannedChapter['master'] {
  const digests = step.takes.map((take) => snapshot.takes.get(take.key));
  const known = digests.filter((digest) => digest !== undefined);
  const stored = snapshot.masters.get(step.key);
  if (known.length < digests.length) return { step, need: 'make', reason: 'takes-missing' };
  if (stored === undefined) return { step, need: 'make', reason: 'new' };
  if (stored !== takesDigest(known)) return { step, need: 'make', reason: 'takes-changed' };
  return { step, need: 'reuse', reason: 'stored' };
}

/** The steps of a chapter that must run before its master, each key once, in the order of the text. */
export function missingSegments(chapter: PlannedChapter): SynthesizeStep[] {
  const missing = new Map<string, SynthesizeStep>();
  for (const { step, reason } of chapter.segments) {
    if (reason !== 'stored' && !missing.has(step.key)) missing.set(step.key, step);
  }
  return [...missing.values()];
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
  cost: { amount: number; currency: string } | null;
}

/** Counts and prices a plan. `cost` is null when the model's price is not published. */
export function planTotals(plan: Plan): PlanTotals {
  const segments = plan.chapters.flatMap((chapter) => chapter.segments);
  const spoken = segments.filter((segment) => segment.need === 'speak');
  const enroll = plan.voices.filter((voice) => voice.need === 'enroll').length;
  const billedCharacters = spoken.reduce((sum, segment) => sum + billedUnits(segment.step.text), 0);
  return {
    voices: { enroll, reuse: plan.voices.length - enroll },
    segments: { total: segments.length, synthesize: spoken.length, reuse: segments.length - spoken.length },
    chapters: {
      total: plan.chapters.length,
      master: plan.chapters.filter((chapter) => chapter.master.need === 'make').length,
    },
    bind: plan.book?.need === 'make',
    billedCharacters,
    cost: costOf({ model: plan.model, billedCharacters, voices: enroll }),
  };
}

/**
 * Billed units that are spoken in a second of narration, for models that bill by the second of sound: about 15 letters
 * of English; Chinese speaks 4.5 characters of two units, which is slower, so this errs a little low for it.
 */
const UNITS_PER_SECOND = 12;
/** Letters to a token, for the input side of models that bill tokens. It is a tenth of the price and need not be exact. */
const UNITS_PER_INPUT_TOKEN = 3;

function costOf(of: { model: Model; billedCharacters: number; voices: number }): PlanTotals['cost'] {
  const { price } = of.model;
  if (price === null) return null;
  const speech =
    price.kind === 'characters'
      ? (of.billedCharacters / 10_000) * price.perTenThousandCharacters
      : (of.billedCharacters / UNITS_PER_INPUT_TOKEN / 1000) * price.perThousandInput +
        ((of.billedCharacters / UNITS_PER_SECOND) * price.outputTokensPerSecond * price.perThousandOutput) / 1000;
  const amount = speech + of.voices * ENROLMENT_PRICE_CNY;
  return { amount: Math.round(amount * 10_000) / 10_000, currency: price.currency };
}
