/** What a run will likely need, and what it needs at most: retries and re-takes included. Pure. */
import type { PlanAmounts, PlanReport } from '../events/plan-report.ts';
import { type ModelShare, plannedNanos } from './plan-totals.ts';
import { moneyOf } from './price.ts';

/**
 * Most calls that one run pays for a segment: five attempts of its job, each of which can lose its answer, and two takes
 * that a check doubts in between. A test compares it with src/queue/topology.ts and jobs/accept-take.ts.
 */
export const MOST_CALLS_PER_SEGMENT = 7;

/** The ranges of a plan; null when nothing is to be spoken. A voice is looked up before it is paid again, so it counts once. */
export function planRange(
  shares: readonly ModelShare[],
  of: {
    budgetNanos?: number | undefined;
    /** Calls for each segment, measured in an earlier run; undefined without one. */
    callsPerSegment: number | undefined;
    /** How long so much speech takes, in seconds. */
    secondsOf(of: { times: number; audioSeconds: number }): number;
  },
): PlanReport['range'] {
  const sum = (each: (share: ModelShare) => number): number => shares.reduce((total, share) => total + each(share), 0);
  const synthesize = sum(({ segments }) => segments.synthesize);
  if (synthesize === 0) return null;
  const likely = of.callsPerSegment ?? 1;
  const at = (times: number, mostNanos = Number.POSITIVE_INFINITY) => {
    const audioSeconds = sum((share) => share.audioSeconds) * times;
    return {
      calls: Math.round(synthesize * times),
      tries: Math.round(times * 100) / 100,
      billedCharacters: Math.round(sum(({ billedCharacters }) => billedCharacters) * times),
      cost: costOf(shares, times, mostNanos),
      seconds: of.secondsOf({ times, audioSeconds }),
    };
  };
  return {
    likely: at(likely),
    most: at(MOST_CALLS_PER_SEGMENT, of.budgetNanos),
    measured: of.callsPerSegment !== undefined,
  };
}

/** Null when a price is unknown, or the models are priced in several currencies. */
function costOf(shares: readonly ModelShare[], times: number, mostNanos: number): PlanAmounts['cost'] {
  const [first, ...others] = new Set(shares.map(({ tariff }) => tariff.currency));
  if (first === undefined || others.length > 0) return null;
  let total = 0;
  for (const { tariff, billedCharacters, audioSeconds, voices } of shares) {
    const need = { billedCharacters: Math.round(billedCharacters * times), audioSeconds: audioSeconds * times };
    const nanos = plannedNanos(tariff, { ...need, voices: voices.enroll });
    if (nanos === undefined) return null;
    total += nanos;
  }
  return moneyOf(Math.min(total, mostNanos), first);
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
