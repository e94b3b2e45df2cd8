/** A voice that nobody knows yet, judged by its sample; and what is judged without one. */
import { describe, expect, it } from 'vitest';
import type { HeardTake } from '../../src/qc/heard-take.ts';
import { paceOf } from '../../src/qc/pace-scores.ts';
import { sampleHabitOf } from '../../src/qc/sample-habit.ts';
import { SCORES } from '../../src/qc/scores.ts';
import type { SampleHabit, TakeContext, VoiceHabit } from '../../src/qc/take-context.ts';

const WORDS =
  'The harbour was silent when Mara turned the key, and the old lamp gave no light at all. Nobody came. She waited until the tide had turned.';
const TEXT = 'Beyond the river the road goes up into the hills, and nobody has mended it.';
const CHINESE = '灯塔看守人点亮了他的灯，然后慢慢走下楼梯。';

const quiet = { db: -60, atSeconds: 0 };
const ends = [-60, -60, -60, -60] as const;

/** Speech at this multiple of the usual pace. */
function heard(text: string, times = 1, over: Partial<HeardTake> = {}): HeardTake {
  const soundingSeconds = (0.75 * paceOf(1, text).expectedSeconds) / times;
  const nuclei = Math.round(4.5 * soundingSeconds * (1 + (times - 1) / 3));
  return {
    ...{ soundingSeconds, nuclei, movement: 20 * times ** 0.4, startDb: -60, endsDb: ends, onsetDb: -60 },
    ...{ noiseDb: -60, burst: quiet, dip: quiet, lull: { seconds: 0, atSeconds: 0 } },
    click: { times: 1, apart: 1, atSeconds: 0 },
    ...over,
  };
}

function score(name: string, take: HeardTake, context: Partial<TakeContext> = {}): number | undefined {
  const measured = {} as Parameters<(typeof SCORES)[number]['of']>[2];
  return SCORES.find((one) => one.name === name)!.of(take, { text: TEXT, ...context }, measured);
}

const fast = (times: number, sample: SampleHabit | undefined, over: Partial<TakeContext> = {}) =>
  score('too-fast by its sample', heard(over.text ?? TEXT, times), { sample, ...over });

describe('a voice whose sample is known', () => {
  const measured = sampleHabitOf(heard(WORDS), WORDS)!;
  const guessed = sampleHabitOf(heard(WORDS))!;

  it('is too fast beside its sample, whether or not the words of that are known', () => {
    expect(measured.soundingPace).toBeCloseTo(0.75, 2);
    expect(guessed.soundingPace / 0.75).toBeGreaterThan(0.85);
    expect(guessed.soundingPace / 0.75).toBeLessThan(1.15);
    for (const sample of [measured, guessed]) {
      expect(fast(1, sample)).toBeLessThan(1);
      expect(fast(1.6, sample)).toBeGreaterThan(3);
    }
    // Whoever reads the sample as fast always does.
    expect(fast(1.6, sampleHabitOf(heard(WORDS, 1.6), WORDS)!)).toBeLessThan(1);
  });

  it('is judged by its takes instead as soon as they show its pace', () => {
    const voice: VoiceHabit = { pace: 1, speechDbfs: -20, soundingPace: 0.75, movement: 20, swells: 4.5 };
    expect(fast(1.6, measured, { voice })).toBeUndefined();
    expect(score('too-fast', heard(TEXT, 1.6), { voice })).toBeGreaterThan(3);
    expect(score('cut-off new', heard(TEXT), { voice })).toBeUndefined();
    expect(score('start-cut and short for its sample', heard(TEXT), { sample: measured, voice })).toBeUndefined();
  });

  it('says nothing about a text whose characters are no letters, and the other way round', () => {
    expect(fast(1.6, measured, { text: CHINESE })).toBeUndefined();
    const chinese = sampleHabitOf(heard(CHINESE.repeat(3)), CHINESE.repeat(3))!;
    expect(fast(1.6, chinese, { text: CHINESE })).toBeGreaterThan(3);
    expect(fast(1.6, chinese)).toBeUndefined();
  });

  it('is too short beside the words of its sample, and beside all readers where only those are known', () => {
    const half = heard(TEXT, 2);
    expect(score('too-short by its sample', half, { sample: measured })).toBeGreaterThan(4);
    expect(score('too-short new', half, { sample: measured })).toBeUndefined();
    expect(score('too-short by its sample', half, { sample: guessed })).toBeUndefined();
    expect(score('too-short new', half, { sample: guessed })).toBe(score('too-short new', half));
  });

  it('clicks when a take is sharper than its sample is, however sharp a voice', () => {
    const sharp = sampleHabitOf(heard(WORDS, 1, { click: { times: 6, apart: 20, atSeconds: 1 } }), WORDS)!;
    const click = (apart: number, sample: SampleHabit) =>
      score('click by its sample', heard(TEXT, 1, { click: { times: 6, apart, atSeconds: 1 } }), { sample })!;
    expect(click(80, sharp)).toBeCloseTo(12, 0);
    expect(click(20, sharp)).toBe(0);
    // A smooth sample, perhaps one that was compressed, makes no click of an ordinary sound.
    expect(click(8, measured)).toBeLessThan(1);
    expect(score('click', heard(TEXT), { sample: sharp })).toBeUndefined();
  });

  it('is not told by words that are not those of the sample', () => {
    expect(sampleHabitOf(heard(WORDS), WORDS.repeat(2))).toEqual(guessed);
  });

  it('says nothing when three seconds of it do not sound', () => {
    expect(sampleHabitOf(heard(WORDS, 1, { soundingSeconds: 2.9 }), WORDS)).toBeUndefined();
  });

  it('begins too loud and too short where the start is cut off, and neither alone tells that', () => {
    const start = (onsetDb: number, times: number) =>
      score('start-cut and short for its sample', heard(TEXT, times, { onsetDb }), { sample: measured })!;
    expect(start(-32, 1.3)).toBeGreaterThan(start(-32, 1));
    expect(start(-32, 1.3)).toBeGreaterThan(start(-60, 4));
  });
});

describe('a take of a voice that nobody knows, without a sample', () => {
  it('ends too loud, the more so when it is short for its text', () => {
    const end = (db: number, times: number) =>
      score('cut-off new', heard(TEXT, times, { endsDb: [-30, -25, -20, db] }))!;
    expect(end(-12, 1)).toBeGreaterThan(end(-30, 1));
    expect(end(-12, 1.3)).toBeGreaterThan(end(-12, 1));
    // What is as quiet as a pause is an end, however quiet.
    expect(end(-45, 1)).toBe(end(-70, 1));
    expect(score('cut-off new', heard('Yes.'), { text: 'Yes.' })).toBeUndefined();
  });
});
