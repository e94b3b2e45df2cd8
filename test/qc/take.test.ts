import { describe, expect, it } from 'vitest';
import { expectedSounding, expectedSpeech } from '../../src/qc/expected-speech.ts';
import type { MeasuredTake } from '../../src/qc/measured-take.ts';
import { badnessOf, judgeTake } from '../../src/qc/take.ts';
import type { VoiceHabit } from '../../src/qc/take-context.ts';
import { createVoiceHabits, habitOf, habitOfTake, type VoiceHabits } from '../../src/qc/voice-habits.ts';

const TEXT = 'The boat came out of the fog, a little before noon.';
const GOOD: MeasuredTake = {
  durationSeconds: 3,
  peakDbfs: -6,
  speechDbfs: -20,
  longestSilence: { startSeconds: 1, seconds: 0.3 },
  endDbfs: -70,
  quietestDbfs: -60,
  levelStep: { atSeconds: 1.5, db: -3 },
  clippedPeaks: 0,
};
const judged = (over: Partial<MeasuredTake>, text = TEXT, voice?: { pace: number; speechDbfs: number }) =>
  judgeTake({ ...GOOD, ...over }, { text, voice });
const checks = (...args: Parameters<typeof judged>) => judged(...args).doubts.map(({ check }) => check);

describe('judgeTake', () => {
  it('finds nothing in a good take', () => {
    expect(judged({})).toEqual({ verdict: 'good', doubts: [] });
  });

  it('never keeps a take without sound, and says what there is', () => {
    expect(judged({ peakDbfs: -Infinity, speechDbfs: -Infinity })).toMatchObject({
      verdict: 'unusable',
      doubts: [{ check: 'no-sound', measured: '3000 ms of sound with digital silence' }],
    });
    expect(judged({ peakDbfs: -60 }).doubts[0]?.measured).toContain('-60 dBFS');
    expect(judged({ durationSeconds: 0.02 }).doubts[0]?.measured).toBe('20 ms of sound');
  });

  it.each<[string, Partial<MeasuredTake>]>([
    ['cut-off', { endDbfs: -30 }],
    ['silence-inside', { longestSilence: { startSeconds: 1, seconds: 2 } }],
    ['too-long', { durationSeconds: 40 }],
    ['too-short', { durationSeconds: 0.3 }],
    ['level-jump', { levelStep: { atSeconds: 1.5, db: -14 } }],
    ['too-quiet', { speechDbfs: -50, peakDbfs: -30, endDbfs: -90, quietestDbfs: -90 }],
    ['noise', { quietestDbfs: -30 }],
    ['clipped', { clippedPeaks: 50 }],
  ])('tells %s', (check, over) => {
    expect(checks(over)).toEqual([check]);
    expect(judged(over).verdict).toBe('doubtful');
  });

  it('grants the pauses that the text asks for', () => {
    const silence = { longestSilence: { startSeconds: 1, seconds: 1.5 } };
    expect(checks(silence)).toEqual(['silence-inside']);
    expect(checks(silence, 'The boat came out of the fog. It was a little before noon.')).toEqual([]);
  });

  it('is stricter once it knows how the voice speaks', () => {
    const { seconds } = expectedSpeech(TEXT);
    const long = { durationSeconds: 2.4 * seconds };
    expect(checks(long)).toEqual([]);
    expect(checks(long, TEXT, { pace: 1, speechDbfs: -20 })).toEqual(['too-long']);
    expect(checks(long, TEXT, { pace: 2, speechDbfs: -20 })).toEqual([]);
    expect(checks({ speechDbfs: -35, endDbfs: -90, quietestDbfs: -90 }, TEXT, { pace: 1, speechDbfs: -20 })).toEqual([
      'too-quiet',
    ]);
  });

  it('puts the worst first, and two faults above one', () => {
    const both = judged({ clippedPeaks: 50, endDbfs: -21 }).doubts;
    expect(both.map(({ check }) => check)).toEqual(['cut-off', 'clipped']);
    expect(badnessOf(both)).toBeGreaterThan(badnessOf(judged({ endDbfs: -21 }).doubts));
    expect(badnessOf(judged({ endDbfs: -21 }).doubts)).toBeGreaterThan(badnessOf(judged({ endDbfs: -40 }).doubts));
    expect(badnessOf([])).toBe(0);
  });
});

describe('expectedSpeech', () => {
  it.each([
    ['The boat came out of the fog a little before noon.', 2, 4],
    ['天快亮的时候，灯塔上的灯忽然灭了。', 3, 5.5],
    ['Дождь шёл всю ночь, и никто не спал.', 1.5, 4],
    ['Stop!', 0.3, 0.7],
    ['1987', 1, 3],
    ['…', 0.1, 1],
  ])('%s', (text, least, most) => {
    const { seconds } = expectedSpeech(text);
    expect(seconds).toBeGreaterThan(least);
    expect(seconds).toBeLessThan(most);
  });

  it('counts sound alone: words take time besides their syllables, and pauses take none', () => {
    // As many syllables in fewer words, and as many with a pause between them.
    const short = expectedSounding('We go to see if he is in at all.');
    expect(short).toBeGreaterThan(1.15 * expectedSounding('Investigation irregularity.'));
    expect(short / expectedSounding('We go to see, if he is in, at all.')).toBeGreaterThan(0.93);
    // Near the duration without its pauses, so that habits of earlier versions stay.
    for (const text of ['The boat came out of the fog a little before noon.', '天快亮的时候，灯塔上的灯忽然灭了。'])
      expect(Math.abs(Math.log(expectedSounding(text) / (expectedSpeech(text).seconds + 0.2)))).toBeLessThan(0.15);
  });

  it('is linear in the length', () => {
    const startMs = performance.now();
    expect(expectedSpeech('a.'.repeat(100_000)).seconds).toBeGreaterThan(1);
    expect(expectedSpeech('a…'.repeat(100_000)).seconds).toBeGreaterThan(1);
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });
});

describe('createVoiceHabits', () => {
  const voice = { voiceId: 'a', model: 'm', languageType: 'English' };
  const { seconds } = expectedSpeech(TEXT);
  const learned = async (habits: VoiceHabits, count: number) => {
    for (let i = 0; i < count; i++)
      await habits.learn(voice, `take ${i}`, habitOfTake({ ...GOOD, durationSeconds: 1.5 * seconds }, TEXT));
  };

  it('knows a voice from its eighth take on, by the median', async () => {
    const habits = createVoiceHabits();
    await learned(habits, 7);
    expect(await habits.of(voice, '')).toBeUndefined();
    const odd = { ...GOOD, durationSeconds: 9 * seconds, speechDbfs: -60 };
    await habits.learn(voice, 'odd', habitOfTake(odd, TEXT));
    const known = await habits.of(voice, '');
    expect(known).toMatchObject({ speechDbfs: -20 });
    expect(known?.pace).toBeCloseTo(1.5);
    expect(await habits.of({ ...voice, voiceId: 'b' }, '')).toBeUndefined();
  });

  it('judges no take by what that take has shown', async () => {
    const habits = createVoiceHabits();
    await learned(habits, 8);
    expect(await habits.of(voice, 'take 3')).toBeUndefined();
    expect(await habits.of(voice, 'another')).toBeDefined();
  });
});

describe('a dip of a voice', () => {
  const ends = [-60, -60, -60, -60] as const;
  const heard = (db: number) => ({
    ...{ soundingSeconds: 2, startDb: -60, endsDb: ends, onsetDb: -60, movement: 1, nuclei: 8, noiseDb: -60 },
    ...{
      burst: { db: -60, atSeconds: 0 },
      lull: { seconds: 0, atSeconds: 0 },
      click: { times: 1, apart: 1, atSeconds: 0 },
    },
    dip: { db, atSeconds: 1 },
  });
  const shown = (dip: number) => ({
    pace: 1,
    speechDbfs: -20,
    heard: { soundingPace: 1, startDb: -60, endsDb: ends, dip },
  });
  const checks = (db: number, voice?: VoiceHabit) =>
    judgeTake(GOOD, { text: TEXT, heard: heard(db), voice }).doubts.map(({ check }) => check);

  it('is compared with the deepest of its other takes but one', () => {
    const even = habitOf(Array.from({ length: 8 }, () => shown(4)));
    const lively = habitOf([...Array.from({ length: 6 }, () => shown(4)), shown(9), shown(9.5)]);
    expect(lively?.dip).toBe(9);
    expect(checks(11)).not.toContain('level-dip');
    expect(checks(11, even)).toContain('level-dip');
    expect(checks(11, lively)).not.toContain('level-dip');
  });
});
