/** What a plan says about its own uncertainty: ranges, a deadline, and how much evidence a measured speed needs. */
import { describe, expect, it } from 'vitest';
import { MOST_RETAKES } from '../../jobs/accept-take.ts';
import { deadlineOf } from '../../src/cli/plan/deadline.ts';
import { duration } from '../../src/cli/screen/format.ts';
import { MODELS } from '../../src/models.ts';
import type { Plan, PlannedSegment } from '../../src/plan/plan.ts';
import { tableTariff } from '../../src/plan/price.ts';
import { MOST_CALLS_PER_SEGMENT } from '../../src/plan/ranges.ts';
import { isSpeedProven, measuredPace, type PlanTerms, planReport } from '../../src/plan/report.ts';
import { TOPOLOGY } from '../../src/queue/topology.ts';

const MODEL = MODELS['qwen3-tts-vc-realtime-2026-01-15']!;
const TERMS: PlanTerms = {
  tariff: tableTariff(MODEL),
  ...{ sessionsAtOnce: 1, callsPerMinute: null, knownVoices: 0, today: '2026-11-29' },
};

/** A plan of lines of 150 letters: 10 s each. */
function planOf(lines: number): Plan {
  const segments = Array.from(
    { length: lines },
    (_, at) => ({ need: 'speak', reason: 'new', step: { key: `${at}`, text: 'x'.repeat(150) } }) as PlannedSegment,
  );
  const master = { need: 'make', reason: 'new', changed: [], step: { key: 'm' } };
  const chapters = [
    { number: 1, title: 'One', segments, master, coverage: { sourceCharacters: 1, spoken: 1, excluded: {} } },
  ];
  return { title: 'B', model: MODEL, voices: [], chapters, delivery: {} } as unknown as Plan;
}

const reportOf = (lines: number, terms: Partial<PlanTerms> = {}) => planReport(planOf(lines), { ...TERMS, ...terms });

describe('a range', () => {
  it('ends where a run gives up, as the queue and the checks have it', () => {
    expect(MOST_CALLS_PER_SEGMENT).toBe(TOPOLOGY.synthesize.attempts + MOST_RETAKES);
    const { range } = reportOf(10);
    expect(range).toMatchObject({
      likely: { calls: 10, billedCharacters: 1_500, cost: { amount: 0.15 } },
      most: { calls: 70, billedCharacters: 10_500, cost: { amount: 1.05 } },
      measured: false,
    });
    expect(range!.likely.seconds).toBe(Math.ceil(100 / 3));
    expect(range!.most.seconds).toBe(Math.ceil(700 / 3));
  });

  it('is bounded by the budget, uses what an earlier run measured, and is null with nothing to speak', () => {
    const pace = { timesRealtime: 5, sessions: 1, lengthFactor: 1, segments: 40, callsPerSegment: 1.2 };
    const { range, work } = reportOf(10, { pace, budgetNanos: 500_000_000 });
    expect(range).toMatchObject({
      likely: { calls: 12, tries: 1.2, billedCharacters: 1_800, cost: { amount: 0.18 }, seconds: 24 },
      most: { cost: { amount: 0.5 } },
    });
    expect(work).toMatchObject({ measured: true, timesRealtime: 5, seconds: 20 });
    expect(reportOf(0).range).toBeNull();
  });
});

it('a speed that one line measured does not replace the assumed one', () => {
  const line = { timesRealtime: 0.3, sessions: 1, lengthFactor: 1 };
  // As an earlier version stored it, and as this one would.
  for (const pace of [line, { ...line, segments: 19, callsPerSegment: 3 }]) {
    expect(isSpeedProven(pace)).toBe(false);
    expect(reportOf(10, { pace })).toMatchObject({
      work: { timesRealtime: 3, measured: false },
      range: { likely: { tries: 1 }, most: { tries: 7 } },
    });
  }
  const run = { timesRealtime: 4, sessions: 8, audioSeconds: 90, estimatedSeconds: 100, segments: 20, calls: 25 };
  expect(measuredPace(run)).toEqual({
    timesRealtime: 4,
    sessions: 8,
    lengthFactor: 0.9,
    segments: 20,
    callsPerSegment: 1.25,
  });
  expect(measuredPace({ ...run, segments: 19 })).toBeUndefined();
  expect(measuredPace({ ...run, audioSeconds: 59 })).toBeUndefined();
  expect(isSpeedProven({ ...line, sessions: 8 })).toBe(true);
  expect(isSpeedProven({ ...line, segments: 20 })).toBe(true);
});

describe('a deadline', () => {
  const nowMs = Date.parse('2026-11-29T10:00:00Z');

  it('is answered by the likely end', () => {
    // 34 s of speaking, 1 s of mastering.
    const expected = '2026-11-29T10:00:35.000Z';
    expect(reportOf(10, { deadline: { nowMs, byMs: nowMs + 60_000 } }).deadline).toEqual({
      ...{ by: '2026-11-29T10:01:00.000Z', expected, kept: true, secondsLeft: 25 },
    });
    expect(reportOf(10, { deadline: { nowMs, byMs: nowMs + 30_000 } }).deadline).toMatchObject({
      ...{ expected, kept: false, secondsLeft: -5 },
    });
    expect(reportOf(0, { deadline: { nowMs, byMs: nowMs } }).deadline).toMatchObject({ kept: true, secondsLeft: 0 });
    expect(reportOf(10).deadline).toBeNull();
  });

  it('is the next time that a clock shows it, or that of a day', () => {
    const now = new Date(2026, 10, 29, 17, 30);
    expect(deadlineOf('18:00', now)).toEqual(new Date(2026, 10, 29, 18, 0));
    expect(deadlineOf('9:05', now)).toEqual(new Date(2026, 10, 30, 9, 5));
    expect(deadlineOf('17:30', now)).toEqual(new Date(2026, 10, 30, 17, 30));
    expect(deadlineOf('2026-12-01T08:00', now)).toEqual(new Date(2026, 11, 1, 8, 0));
    for (const odd of ['', '24:00', '12:60', '6 pm', '18', '2026-02-30T10:00', '2026-13-01T10:00'])
      expect(deadlineOf(odd, now)).toBeUndefined();
  });
});

it('a duration is told in words', () => {
  expect([0, 45, 60, 752, 3_600, 3_905].map((seconds) => duration(seconds))).toEqual([
    ...['0 s', '45 s', '1 min', '12 min 32 s', '1 h', '1 h 5 min'],
  ]);
  expect([752, 3_905].map((seconds) => duration(seconds, 'zh'))).toEqual(['12 分 32 秒', '1 小时 5 分']);
});
