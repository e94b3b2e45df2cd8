import { describe, expect, it } from 'vitest';
import { arrangeChapter } from '../../src/audio/mastering/arrange.ts';
import { type LevelTarget, levelChapter } from '../../src/audio/mastering/level.ts';
import { loudnessCounts } from '../../src/audio/measure/loudness.ts';
import { bookLevels, characterGains } from '../../src/plan/levels.ts';
import { join, RATE_HZ, silence, take, voice } from './signals.ts';

const TARGET: LevelTarget = { loudnessLufs: -20, rmsDbfs: null, ceiling: 0.65, lookAheadSeconds: 0.02 };
const db = (gain: number) => 20 * Math.log10(gain);

/** With the gains that a book of these takes alone would have. */
function level(takes: ReturnType<typeof take>[], target: LevelTarget | null = TARGET) {
  const counts = takes.map(({ character, measures: { loudness } }) => ({
    character,
    counts: loudnessCounts(loudness),
  }));
  const characterGainsDb = characterGains(takes, bookLevels(counts));
  const arrangement = arrangeChapter({ takes, sampleRateHz: RATE_HZ, headSeconds: 0.75, tailSeconds: 2 });
  return levelChapter({ takes, characterGainsDb, arrangement, target });
}

describe('arrangeChapter', () => {
  const long = take(join(silence(0.4), voice(1), silence(0.6)), { pauseAfterMs: 500 });
  const tight = take(voice(1), { pauseAfterMs: 0 });

  it('counts pauses from the last sound to the first, whatever silence the takes bring', () => {
    const { placements, totalSamples } = arrangeChapter({
      takes: [long, long],
      sampleRateHz: RATE_HZ,
      headSeconds: 0.75,
      tailSeconds: 2,
    });
    const [first, second] = placements;
    // Kept: 50 ms before the sound and 150 ms after it.
    expect(first!.startSample / RATE_HZ).toBeCloseTo(0.7, 1);
    expect(second!.skipSamples / RATE_HZ).toBeCloseTo(0.35, 1);
    const soundEnd = first!.startSample + first!.samples - 0.15 * RATE_HZ;
    const soundStart = second!.startSample + 0.05 * RATE_HZ;
    expect((soundStart - soundEnd) / RATE_HZ).toBeCloseTo(0.5, 2);
    const end = second!.startSample + second!.samples - 0.15 * RATE_HZ;
    expect((totalSamples - end) / RATE_HZ).toBeCloseTo(2, 2);
  });

  it('never lets takes overlap, and keeps a take without sound', () => {
    const takes = [tight, tight, take(silence(0.2)), tight];
    const { placements } = arrangeChapter({ takes, sampleRateHz: RATE_HZ, headSeconds: 0, tailSeconds: 0 });
    for (let i = 1; i < placements.length; i++) {
      const before = placements[i - 1]!;
      expect(placements[i]!.startSample).toBeGreaterThanOrEqual(before.startSample + before.samples);
    }
    expect(placements[2]!.samples).toBe(0.2 * RATE_HZ);
  });
});

describe('levelChapter', () => {
  it('brings characters together with one gain each, and the chapter to its target', () => {
    const loud = () => take(voice(3, { gain: 0.5 }));
    const soft = () => take(voice(3, { gain: 0.25, hz: 120 }), { character: 'mara' });
    const { gains, loudnessLufs } = level([loud(), soft(), loud(), soft()]);
    expect(db(gains[1]! / gains[0]!)).toBeCloseTo(6.02, 0);
    expect(gains[2]).toBe(gains[0]);
    expect(gains[3]).toBe(gains[1]);
    expect(loudnessLufs).toBeCloseTo(-20, 1);
  });

  it('never changes the levels within a character', () => {
    const { gains } = level([take(voice(3, { gain: 0.5 })), take(voice(3, { gain: 0.05 }))]);
    expect(gains[0]).toBe(gains[1]);
  });

  it('moves a character by 8 dB at the most', () => {
    const { gains } = level([take(voice(5)), take(voice(3, { gain: 0.01 }), { character: 'whisperer' })]);
    expect(db(gains[1]! / gains[0]!)).toBeLessThan(8.5);
  });

  it('lets the RMS rule win where long pauses would break it', () => {
    const short = [take(voice(0.8))];
    expect(level(short).rmsDbfs).toBeLessThan(-23);
    expect(level(short, { ...TARGET, rmsDbfs: { least: -23, most: -18 } }).rmsDbfs).toBeGreaterThan(-23);
  });

  it('leaves levels alone without a target, and silence in any case', () => {
    expect(level([take(voice(1)), take(voice(1, { gain: 0.1 }), { character: 'b' })], null).gains).toEqual([1, 1]);
    expect(level([take(silence(1))])).toMatchObject({ gains: [1], loudnessLufs: -Infinity });
  });
});
