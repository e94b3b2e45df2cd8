/** The report of a plan, for people and programs: what, why, how much, how long. Pure. */
import type {
  PartOfBook,
  PlanReport,
  PlanReportChange,
  PlanReportChapter,
  PlanReportModel,
} from '../events/plan-report.ts';
import { billedUnits } from '../models.ts';
import { type HearingTerms, hearingReport, plannedHearingNanos } from './hearing.ts';
import { lineNumberOf } from './line-number.ts';
import type { Plan, PlannedChapter } from './plan.ts';
import { type ModelShare, modelShares, type PlanTotals, planNanos, planTotals } from './plan-totals.ts';
import { moneyOf, type Tariff, tariffForModel } from './price.ts';
import { planDeadline, planRange } from './ranges.ts';

/** What a plan is priced and timed with. */
export interface PlanTerms {
  tariff: Tariff;
  /** The most that may be spent, in nanos of the tariff's currency. */
  budgetNanos?: number;
  /** The grant that the budget is; absent: a new one will be opened, or none is kept. */
  grantId?: string;
  /** What was spent of the grant by now, and what is set aside for runs; absent when it is not open. */
  grant?: { spentNanos: number; heldNanos: number } | undefined;
  sessionsAtOnce: number;
  /** Null when no figure is known. */
  callsPerMinute: number | null;
  /** The same by model, of the models that single characters have. */
  callsPerMinuteOf?: Readonly<Record<string, number | null>>;
  /** Measured in an earlier run; undefined without one. */
  pace?: Pace | undefined;
  /** Voices of the account in the ledger. */
  knownVoices: number;
  /** The time by which the run should end, and now; both in milliseconds. Absent: no such time. */
  deadline?: { byMs: number; nowMs: number } | undefined;
  /** Whose words are heard; absent: nobody's. */
  hearing?: HearingTerms | undefined;
  /** Today, `yyyy-mm-dd`, because free use may have ended. */
  today: string;
}

/** Measured speed of an account. */
export interface Pace {
  /** Seconds of speech for each second, all sessions together. */
  timesRealtime: number;
  /** Number of sessions at once. */
  sessions: number;
  /** Length of its speech over the estimate of src/script/cut/estimate.ts. */
  lengthFactor: number;
  /** Number of segments that it was measured with; absent in records of earlier versions. */
  segments?: number;
  /** Calls for each segment, failed and doubted ones included; absent in records of earlier versions. */
  callsPerSegment?: number;
}

/** Least speech that says how fast an account speaks, in seconds. */
const LEAST_PACE_SECONDS = 60;
/** Least number of segments that say how fast an account speaks: one line mostly tells how long a start takes. */
const LEAST_PACE_SEGMENTS = 20;
/** Of a record without a number, which an earlier version wrote: so many sessions at once had at least as many segments. */
const LEAST_PACE_SESSIONS = 4;

/** The pace of a run; undefined when it spoke too little to prove anything. */
export function measuredPace(of: {
  timesRealtime: number | null;
  sessions: number;
  audioSeconds: number;
  estimatedSeconds: number;
  segments: number;
  calls: number;
}): Pace | undefined {
  const { timesRealtime, sessions, audioSeconds, estimatedSeconds, segments, calls } = of;
  const isEnough = audioSeconds >= LEAST_PACE_SECONDS && segments >= LEAST_PACE_SEGMENTS;
  if (timesRealtime === null || timesRealtime <= 0 || !isEnough) return undefined;
  const callsPerSegment = Math.max(1, calls / segments);
  return { timesRealtime, sessions, lengthFactor: audioSeconds / estimatedSeconds, segments, callsPerSegment };
}

/** Whether a measured speed is worth more than the assumed one. */
export function isSpeedProven({ segments, sessions }: Pace): boolean {
  return segments === undefined ? sessions >= LEAST_PACE_SESSIONS : segments >= LEAST_PACE_SEGMENTS;
}

/**
 * Assumed speed of one session, in times real time, until one is measured. The service publishes no figure; clients
 * usually plan with three to five, so this is cautious.
 */
const USUAL_TIMES_REALTIME = 3;
/** Enrollments for each second that the account's limit allows in practice (docs/explanation/performance.md). */
const ENROLMENTS_PER_SECOND = 8.5;

/** Builds the report of a plan. Lists at most `mostChanges` changed lines of each chapter and counts the rest. */
export function planReport(
  plan: Plan,
  terms: PlanTerms,
  { mostChanges = Number.POSITIVE_INFINITY }: { mostChanges?: number } = {},
): PlanReport {
  const { tariff } = terms;
  const totals = planTotals(plan, tariff);
  const { voices, segments, billedCharacters, cost, estimated, tokens } = totals;
  const { currency, source, date, own } = tariff;
  const shares = modelShares(plan, tariff);
  const pace = terms.pace !== undefined && isSpeedProven(terms.pace) ? terms.pace : undefined;
  const work = estimateWork({ ...terms, pace }, totals, shares);
  const range = planRange(shares, {
    ...terms,
    callsPerSegment: pace?.callsPerSegment,
    secondsOf: ({ times, audioSeconds }) =>
      secondsOfWork(work, { byCalls: secondsByCalls(terms, shares, times), audioSeconds }),
  });
  return {
    type: 'plan',
    title: plan.title,
    ...partOf(plan),
    model: plan.model.id,
    voices: { ...voices, lookFirst: plan.voices.filter(({ lookFirst }) => lookFirst).length },
    segments,
    billedCharacters,
    cost,
    ...(totals.costs && { costs: totals.costs }),
    estimated,
    tokens,
    ...hearingReport(plan, terms.hearing),
    chapters: plan.chapters.map((chapter) => chapterReport(chapter, mostChanges)),
    cast: plan.voices.map(({ step, need, lookFirst }) => ({
      characters: step.characters,
      need,
      lookFirst,
      ...(step.model !== plan.model.id && { model: step.model }),
    })),
    ...(hasSeveralModels(plan) && { models: modelsReport(plan, tariff) }),
    book: plan.book === undefined ? null : { need: plan.book.need },
    prices: { currency, source, date, own },
    free: freeQuotaReport(terms, { billedCharacters, seconds: work.audioSeconds }),
    budget: budgetReport(terms, plan),
    work,
    range,
    deadline:
      terms.deadline === undefined
        ? null
        : planDeadline(terms.deadline, {
            seconds: range?.likely.seconds ?? work.seconds,
            audioSeconds: totals.audioSeconds,
          }),
    voiceQuota: { known: terms.knownVoices, most: plan.model.enrolment.voicesPerAccount },
  };
}

/** Which part of the book the plan is for, as events and reports say it; nothing for the whole book. */
export function partOf({ part }: Plan): { partial?: PartOfBook } {
  return part === undefined ? {} : { partial: { chapters: part.chapters, of: part.of } };
}

/** Whether characters have models of their own. */
function hasSeveralModels({ model, chapters }: Plan): boolean {
  return chapters.some(({ segments }) => segments.some(({ step }) => step.model !== model.id));
}

function modelsReport(plan: Plan, tariff: Tariff): PlanReportModel[] {
  const steps = plan.chapters.flatMap(({ segments }) => segments.map(({ step }) => step));
  return modelShares(plan, tariff).map(({ model, voices, segments, billedCharacters, nanos }) => {
    const { currency, source, date, own } = tariffForModel(tariff, model);
    const speaks = steps.filter((step) => step.model === model).map(({ character }) => character);
    return {
      model,
      characters: [...new Set(speaks)],
      voices,
      segments,
      billedCharacters,
      cost: nanos === undefined ? null : moneyOf(nanos, currency),
      prices: { currency, source, date, own },
    };
  });
}

function chapterReport(chapter: PlannedChapter, mostChanges: number): PlanReportChapter {
  const { number, title, segments, master, coverage } = chapter;
  const reasons: Record<string, number | string> = { master: master.reason };
  for (const { reason } of segments) reasons[reason] = Number(reasons[reason] ?? 0) + 1;
  const spoken = segments.filter(({ need }) => need === 'speak');
  const changed = spoken.filter(({ reason }) => reason !== 'new');
  const changes = changed.slice(0, mostChanges).map(({ step, reason, before }): PlanReportChange => {
    const { ordinal, character, written, text } = step;
    // A word list changes what is spoken; the author changes what is written.
    const words = reason === 'word list' ? text : (written ?? text);
    return {
      ordinal,
      number: lineNumberOf(step) ?? String(number),
      character,
      reason,
      text: words,
      before: before ?? null,
    };
  });
  return {
    index: number,
    title,
    ...(chapter.role && { role: chapter.role }),
    pickups: segments.filter(({ step }) => step.pickup !== undefined).length,
    synthesize: spoken.length,
    segments: segments.length,
    billedCharacters: spoken.reduce((sum, { step }) => sum + billedUnits(step.text), 0),
    reasons,
    master: { need: master.need, reason: master.reason, changed: master.changed },
    changes,
    changesLeftOut: changed.length - changes.length,
    coverage,
  };
}

function estimateWork(
  terms: PlanTerms,
  { audioSeconds, voices, segments }: PlanTotals,
  shares: readonly ModelShare[],
): PlanReport['work'] {
  const { sessionsAtOnce, callsPerMinute, pace } = terms;
  const of = { enroll: voices.enroll, synthesize: segments.synthesize };
  const sessions = Math.max(1, Math.min(sessionsAtOnce, of.synthesize));
  const timesRealtime =
    pace === undefined ? USUAL_TIMES_REALTIME * sessions : (pace.timesRealtime / pace.sessions) * sessions;
  const work = {
    calls: { enroll: of.enroll, synthesize: of.synthesize },
    callsPerMinute,
    sessionsAtOnce,
    audioSeconds: Math.round(audioSeconds),
    timesRealtime,
    measured: pace !== undefined,
  };
  const seconds = secondsOfWork(work, { byCalls: secondsByCalls(terms, shares, 1), audioSeconds });
  return { ...work, timesRealtime: Math.round(timesRealtime * 10) / 10, seconds };
}

/** How long so much speech takes, in whole seconds, if its calls alone take `byCalls` seconds; and the voices before them. */
function secondsOfWork(
  { timesRealtime, calls: { enroll } }: Omit<PlanReport['work'], 'seconds'>,
  { byCalls, audioSeconds }: { byCalls: number; audioSeconds: number },
): number {
  return Math.ceil(Math.max(audioSeconds / Math.max(timesRealtime, 0.1), byCalls) + enroll / ENROLMENTS_PER_SECOND);
}

/** How long the calls take by their limits alone. Each model has a limit of its own, and they speak at the same time. */
function secondsByCalls(
  { callsPerMinute, callsPerMinuteOf = {} }: PlanTerms,
  shares: readonly ModelShare[],
  times: number,
): number {
  const each = shares.map(({ model, segments }) => {
    const own = callsPerMinuteOf[model];
    const limit = own === undefined ? callsPerMinute : own;
    return limit === null ? 0 : (Math.round(segments.synthesize * times) / limit) * 60;
  });
  return Math.max(0, ...each);
}

function freeQuotaReport(
  { tariff: { free }, today }: PlanTerms,
  of: { billedCharacters: number; seconds: number },
): PlanReport['free'] {
  if (free === undefined) return null;
  const { characters, seconds, until } = free;
  const open = until === undefined || today <= until;
  const enough =
    (characters === undefined || of.billedCharacters <= characters) && (seconds === undefined || of.seconds <= seconds);
  return {
    characters: characters ?? null,
    seconds: seconds ?? null,
    until: until ?? null,
    coversAll: open && enough,
  };
}

/** What is set aside for a run may be spent by the next one, so only what is spent is no longer there. */
function budgetReport({ tariff, budgetNanos, grant, hearing }: PlanTerms, plan: Plan): PlanReport['budget'] {
  if (budgetNanos === undefined) return null;
  const planned = planNanos(plan, tariff);
  const { spentNanos = 0, heldNanos = 0 } = grant ?? {};
  return {
    ...moneyOf(budgetNanos, tariff.currency),
    kept:
      planned !== undefined &&
      planned.nanos + plannedHearingNanos(plan, hearing) <= Math.max(0, budgetNanos - spentNanos),
    spent: moneyOf(spentNanos, tariff.currency).amount,
    held: moneyOf(heldNanos, tariff.currency).amount,
  };
}
