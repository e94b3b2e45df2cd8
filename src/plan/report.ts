/** The report of a plan, for people and programs: what, why, how much, how long. Pure. */
import type { PlanReport, PlanReportChange, PlanReportChapter } from '../events.ts';
import { billedUnits } from '../models.ts';
import { type Plan, type PlannedChapter, type PlanTotals, plannedNanos, planTotals } from './plan.ts';
import { moneyOf, type Tariff } from './price.ts';

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
  const work = estimateWork(terms, totals);
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
  const byCalls = callsPerMinute === null ? 0 : (of.synthesize / callsPerMinute) * 60;
  const speaking = Math.max(audioSeconds / timesRealtime, byCalls);
  return {
    calls: { enroll: of.enroll, synthesize: of.synthesize },
    callsPerMinute,
    sessionsAtOnce,
    audioSeconds: Math.round(audioSeconds),
    timesRealtime: Math.round(timesRealtime * 10) / 10,
    measured: pace !== undefined,
    seconds: Math.ceil(speaking + of.enroll / ENROLMENTS_PER_SECOND),
  };
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
