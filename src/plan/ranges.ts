/** What a run will likely need, and what it needs at most: retries and re-takes included. Pure. */
import type { PlanReport } from '../events.ts';
import type { PlanTotals } from './plan.ts';
import { plannedNanos } from './plan.ts';
import { moneyOf, type Tariff } from './price.ts';

/**
 * Most calls that one run pays for a segment: five attempts of its job, each of which can lose its answer, and two takes
 * that a check doubts in between. A test compares it with src/queue/topology.ts and jobs/accept-take.ts.
 */
export const MOST_CALLS_PER_SEGMENT = 7;

/** The ranges of a plan; null when nothing is to be spoken. A voice is looked up before it is paid again, so it counts once. */
export function planRange(
  totals: PlanTotals,
  of: {
    tariff: Tariff;
    budgetNanos?: number | undefined;
    /** Calls for each segment, measured in an earlier run; undefined without one. */
    callsPerSegment: number | undefined;
    /** How long so much speech takes, in seconds. */
    secondsOf(share: { calls: number; audioSeconds: number }): number;
  },
): PlanReport['range'] {
  const { segments, voices } = totals;
  if (segments.synthesize === 0) return null;
  const likely = of.callsPerSegment ?? 1;
  const at = (times: number, mostNanos = Number.POSITIVE_INFINITY) => {
    const billedCharacters = Math.round(totals.billedCharacters * times);
    const audioSeconds = totals.audioSeconds * times;
    const nanos = plannedNanos(of.tariff, { billedCharacters, audioSeconds, voices: voices.enroll });
    const calls = Math.round(segments.synthesize * times);
    return {
      calls,
      tries: Math.round(times * 100) / 100,
      billedCharacters,
      cost: nanos === undefined ? null : moneyOf(Math.min(nanos, mostNanos), of.tariff.currency),
      seconds: of.secondsOf({ calls, audioSeconds }),
    };
  };
  return {
    likely: at(likely),
    most: at(MOST_CALLS_PER_SEGMENT, of.budgetNanos),
    measured: of.callsPerSegment !== undefined,
  };
}

/** Mastering takes about this share of the length of the speech; most of it happens while other lines are spoken. */
const MASTERING_SHARE = 0.01;

/** Whether a run that begins now is likely to end by a time. Both in milliseconds, by one clock. */
export function planDeadline(
  { byMs, nowMs }: { byMs: number; nowMs: number },
  { seconds, audioSeconds }: { seconds: number; audioSeconds: number },
): NonNullable<PlanReport['deadline']> {
  const expectedMs = nowMs + Math.ceil(seconds + audioSeconds * MASTERING_SHARE) * 1_000;
  return {
    by: new Date(byMs).toISOString(),
    expected: new Date(expectedMs).toISOString(),
    kept: expectedMs <= byMs,
    secondsLeft: Math.round((byMs - expectedMs) / 1_000),
  };
}
