import { describe, expect, it } from 'vitest';
import { createCast } from '../../src/qc/cast.ts';
import { judgeTake } from '../../src/qc/take.ts';
import { habitOf, type TakeHabit } from '../../src/qc/voice-habits.ts';
import { distanceFrom, voicePrintOf } from '../../src/qc/voice-print.ts';

const HIGH = [21, 22, 23, 30, 20, -5, -2, -3, 2, 7, -3, 7, -6, 5, -1];
const LOW = [9, 10, 11, 25, 28, -2, -7, -5, -5, 3, 1, -4, 4, -3, -2];
const GOOD = {
  ...{ durationSeconds: 4, peakDbfs: -3, speechDbfs: -20, longestSilence: null, endDbfs: -80 },
  ...{ quietestDbfs: -70, levelStep: null, clippedPeaks: 0 },
};
const TEXT = 'The boat came out of the fog a little before noon, and nobody saw it.';

/** The take `n` of a voice: each of its values is off by up to its share of a deviation. */
function take(voice: readonly number[], n: number, size = 1): number[] {
  return voice.map((value, k) => value + size * Math.sin(7 * n + 3 * k));
}

const takes = (voice: readonly number[], count: number) => Array.from({ length: count }, (_, n) => take(voice, n));

describe('voicePrintOf', () => {
  it('is near its own takes and far from those of another voice', () => {
    const print = voicePrintOf(takes(HIGH, 20))!;
    expect(distanceFrom(print, take(HIGH, 99))).toBeLessThan(1.2);
    expect(distanceFrom(print, take(LOW, 99))).toBeGreaterThan(3);
  });

  it('needs eight takes, and does not compare prints of another version', () => {
    expect(voicePrintOf(takes(HIGH, 7))).toBeUndefined();
    expect(voicePrintOf([...takes(HIGH, 7), [1, 2]])).toBeUndefined();
    expect(distanceFrom(voicePrintOf(takes(HIGH, 8))!, [1, 2])).toBeUndefined();
  });

  it('is not moved by a wrong voice among eight takes that nobody noticed', () => {
    const print = voicePrintOf([...takes(HIGH, 7), take(LOW, 7)])!;
    expect(distanceFrom(print, take(LOW, 99))).toBeGreaterThan(3);
  });
});

describe('a take by another voice', () => {
  const habit = (voice: readonly number[], n: number): TakeHabit => ({
    pace: 1,
    speechDbfs: -20,
    print: take(voice, n),
  });
  const voice = habitOf(Array.from({ length: 12 }, (_, n) => habit(HIGH, n)));
  const checks = (print: number[], more: object = {}) =>
    judgeTake(GOOD, { text: TEXT, voice, print, ...more }).doubts.map(({ check, measured }) => `${check}: ${measured}`);

  it('is a doubt, though nothing else of it was heard', () => {
    expect(checks(take(HIGH, 99))).toEqual([]);
    expect(checks(take(LOW, 99))).toEqual(['other-voice: sounds like another voice']);
    expect(judgeTake(GOOD, { text: TEXT, print: take(LOW, 99) }).doubts).toEqual([]);
  });

  it('is found sooner where it is nearer to another of the cast', () => {
    // Half way to the other voice: too near to be doubted alone.
    const other = HIGH.map((value, k) => value + 0.6 * (LOW[k]! - value));
    const cast = [voicePrintOf(takes(other, 12))!];
    const between = take(other, 99, 0.5);
    const near = judgeTake(GOOD, { text: TEXT, voice, print: between, cast }).doubts;
    expect(near).toMatchObject([{ check: 'other-voice', measured: 'sounds like another voice of the cast' }]);
    expect(checks(take(HIGH, 99), { cast })).toEqual([]);
  });

  it('may be the same voice that whispers, where a direction asks for something', () => {
    expect(checks(take(LOW, 99), { isDirected: true })).toEqual([]);
    const cast = [voicePrintOf(takes(LOW, 12))!];
    expect(checks(take(LOW, 99), { isDirected: true, cast })).toHaveLength(1);
  });
});

describe('createCast', () => {
  it('has the other voices of a book, and not the same one in another language', () => {
    const cast = createCast();
    const named = (voiceId: string, languageType = 'English') => ({ voiceId, model: 'm', languageType });
    const [high, low] = [voicePrintOf(takes(HIGH, 9)), voicePrintOf(takes(LOW, 9))];
    cast.met('book', named('a'), high);
    cast.met('book', named('a', 'French'), high);
    cast.met('book', named('b'), low);
    cast.met('book', named('new'), undefined);
    expect(cast.others('book', named('a'))).toEqual([low]);
    expect(cast.others('book', named('b'))).toHaveLength(2);
    expect(cast.others('another book', named('a'))).toEqual([]);
  });
});
