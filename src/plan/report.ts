/** The report of a plan, for people and programs: what, why, how much, how long. Pure. */
import type { PlanReport, PlanReportChange, PlanReportChapter } from '../events.ts';
import { billedUnits } from '../models.ts';
import { type Plan, type PlannedChapter, type PlanTotals, plannedNanos, planTotals } from './plan.ts';
import { moneyOf, type Tariff } from './price.ts';
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
  /** Measured in an earlier run; undefined without one. */
  pace?: Pace | undefined;
  /** Voices of the account in the ledger. */
  knownVoices: number;
  /** The time by which the run should end, and now; both in milliseconds. Absent: no such time. */
  deadline?: { byMs: number; nowMs: number } | undefined;
  /** Today, `yyyy-mm-dd`, because free use may have ended. */
  today: string;
}

/** Measured speed of an account. */
export interface Pace {
  /** Seconds of speech for each second, all sessions together. */
  timesRealtime: number;
  /** Number of sessions at once. */
  sessions: number;
  /** Length of its speech over the estimate of src/script/estimate.ts. */
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
/** Enrollments for each second that the account's limit allows in practice (docs/performance.md). */
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
  const pace = terms.pace !== undefined && isSpeedProven(terms.pace) ? terms.pace : undefined;
  const work = estimateWork({ ...terms, pace }, totals);
  const range = planRange(totals, {
    ...terms,
    callsPerSegment: pace?.callsPerSegment,
    secondsOf: ({ calls, audioSeconds }) => secondsOfWork(work, { calls, audioSeconds }),
  });
  return {
    type: 'plan',
    title: plan.title,
    model: plan.model.id,
    voices: { ...voices, lookFirst: plan.voices.filter(({ lookFirst }) => lookFirst).length },
    segments,
    billedCharacters,
    cost,
    estimated,
    tokens,
    chapters: plan.chapters.map((chapter) => chapterReport(chapter, mostChanges)),
    cast: plan.voices.map(({ step, need, lookFirst }) => ({ characters: step.characters, need, lookFirst })),
    book: plan.book === undefined ? null : { need: plan.book.need },
    prices: { currency, source, date, own },
    free: freeQuotaReport(terms, { billedCharacters, seconds: work.audioSeconds }),
    budget: budgetReport(terms, totals),
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
    return { ordinal, character, reason, text: words, before: before ?? null };
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
  { sessionsAtOnce, callsPerMinute, pace }: PlanTerms,
  { audioSeconds, voices, segments }: PlanTotals,
): PlanReport['work'] {
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
  const seconds = secondsOfWork(work, { calls: of.synthesize, audioSeconds });
  return { ...work, timesRealtime: Math.round(timesRealtime * 10) / 10, seconds };
}

/** How long so many calls with so much speech take, in whole seconds, and the voices before them. */
function secondsOfWork(
  { callsPerMinute, timesRealtime, calls: { enroll } }: Omit<PlanReport['work'], 'seconds'>,
  of: { calls: number; audioSeconds: number },
): number {
  const byCalls = callsPerMinute === null ? 0 : (of.calls / callsPerMinute) * 60;
  return Math.ceil(Math.max(of.audioSeconds / Math.max(timesRealtime, 0.1), byCalls) + enroll / ENROLMENTS_PER_SECOND);
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
function budgetReport({ tariff, budgetNanos, grant }: PlanTerms, totals: PlanTotals): PlanReport['budget'] {
  if (budgetNanos === undefined) return null;
  const planned = plannedNanos(tariff, { ...totals, voices: totals.voices.enroll });
  const { spentNanos = 0, heldNanos = 0 } = grant ?? {};
  return {
    ...moneyOf(budgetNanos, tariff.currency),
    kept: planned !== undefined && planned <= Math.max(0, budgetNanos - spentNanos),
    spent: moneyOf(spentNanos, tariff.currency).amount,
    held: moneyOf(heldNanos, tariff.currency).amount,
  };
}
