/** A plan as people and programs read it: what, why, how much, how long. Pure. */
import type { Money, PlanReport, PlanReportChange, PlanReportChapter } from '../events.ts';
import { billedUnits, VOICES_PER_ACCOUNT } from '../models.ts';
import { type Plan, type PlannedChapter, type PlanTotals, plannedNanos, planTotals } from './plan.ts';
import { moneyOf, type Tariff } from './price.ts';

/** What a plan is looked at with. */
export interface PlanTerms {
  tariff: Tariff;
  /** The most that may be spent, in nanos of the tariff's currency. */
  budgetNanos?: number;
  sessionsAtOnce: number;
  /** Null when no figure is known. */
  callsPerMinute: number | null;
  /** Measured in an earlier run; undefined when there was none. */
  pace?: Pace | undefined;
  /** Voices that the ledger knows of the account. */
  knownVoices: number;
  /** Today, `yyyy-mm-dd`: free use may have ended. */
  today: string;
}

/** How fast an account spoke. */
export interface Pace {
  /** Seconds of speech in a second, all sessions together. */
  timesRealtime: number;
  /** Sessions at once. */
  sessions: number;
  /** Length of its speech over what src/script/estimate.ts tells for the texts. */
  lengthFactor: number;
}

/**
 * Speech over time of one session before anything was measured. The service publishes no figure; clients plan with three
 * to five times real time, so this is the cautious end.
 */
const USUAL_TIMES_REALTIME = 3;
/** Enrolments in a second that pass the account's limit in practice (docs/performance.md). */
const ENROLMENTS_PER_SECOND = 8.5;

/** The report of a plan. At most `mostChanges` changed lines are listed for each chapter; the rest is counted. */
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
    voiceQuota: { known: terms.knownVoices, most: VOICES_PER_ACCOUNT },
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
    // A word list changes what is said, everything else what is written.
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

function budgetReport({ tariff, budgetNanos }: PlanTerms, totals: PlanTotals): (Money & { kept: boolean }) | null {
  if (budgetNanos === undefined) return null;
  const planned = plannedNanos(tariff, { ...totals, voices: totals.voices.enroll });
  return { ...moneyOf(budgetNanos, tariff.currency), kept: planned !== undefined && planned <= budgetNanos };
}
