import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/audio/listening/listen.ts';
import { createNarrowBand } from '../../src/audio/listening/narrow-band.ts';
import { lateStart } from '../../src/qc/letters/late-start.ts';
import { NEIGHBORS, type SoundModel, soundLikelihoods } from '../../src/qc/letters/sound-likelihoods.ts';
import { SOUND_KINDS, soundsInText } from '../../src/qc/letters/sounds-in-text.ts';
import { SCORES } from '../../src/qc/scores.ts';
import { judgeTake } from '../../src/qc/take.ts';

describe('the sounds of a text', () => {
  const named = (text: string) => soundsInText(text)?.map((kind) => (kind === 0 ? '·' : SOUND_KINDS[kind]));

  it('are those of its letters, whatever their accents and their script', () => {
    expect(named('Mara!')).toEqual(['·', 'nasal', 'a', 'liquid', 'a', '·']);
    expect(named('Màrä')).toEqual(named('Мара'));
    expect(named('Jetzt ÉTÉ')).toEqual(['·', 'glide', 'e', 'closed', 'hiss', 'closed', '·', 'e', 'closed', 'e', '·']);
  });

  it('take letters together that are one sound, and a sound that goes on as one', () => {
    expect(named('ship')).toEqual(['·', 'hiss', 'i', 'closed', '·']);
    expect(named('eau')).toEqual(['·', 'o', '·']);
    expect(named('Anna')).toEqual(['·', 'a', 'nasal', 'a', '·']);
  });

  it('stay open for digits, and are unknown in other scripts', () => {
    expect(named('8')).toEqual(['·', 'any', 'any', 'any', 'any', '·']);
    for (const text of ['Καλημέρα', '灯台', 'The 灯台', '', '…']) expect(soundsInText(text)).toBeUndefined();
  });
});

describe('lateStart', () => {
  /** Each sound lasts 50 ms, and every other kind is far less like it. */
  const spoken = (sounds: readonly number[]) =>
    Float64Array.from(
      sounds
        .flatMap((kind) => new Array(5).fill(kind))
        .flatMap((kind) => SOUND_KINDS.map((_, i) => (i === kind ? 0 : -6))),
    );
  const sounds = soundsInText('The boat came out of the fog.')!;

  it('is nothing for a take that says all of its text, however long its first sound is', () => {
    expect(lateStart(spoken(sounds), sounds)).toBe(0);
    expect(lateStart(spoken([0, 0, 0, ...sounds]), sounds)).toBe(0);
    expect(lateStart(spoken(sounds.slice(1)), sounds)).toBe(0);
  });

  it('grows with what is missing before the first sound, and not with what is missing behind', () => {
    const [one, three] = [2, 5].map((from) => lateStart(spoken(sounds.slice(from)), sounds));
    expect(one).toBeGreaterThan(4);
    expect(three).toBeGreaterThan(one! + 4);
    expect(lateStart(spoken(sounds.slice(0, -6)), sounds)).toBe(0);
  });

  it('holds for a text that is far longer than its take', () => {
    expect(lateStart(spoken([0, 3]), sounds)).toBeGreaterThanOrEqual(0);
    expect(lateStart(spoken([0]), soundsInText('A')!)).toBe(0);
  });
});

describe('soundLikelihoods', () => {
  const kinds = SOUND_KINDS.length;
  const zeros = (count: number) => new Array<number>(count).fill(0);
  /** One value a frame; the only unit hears it two frames ahead, and the kind 1 is what makes it loud. */
  const weights = NEIGHBORS.map((apart) => (apart === 2 ? 100 : 0));
  const model: SoundModel = {
    ...{ mean: [50], deviation: [10] },
    hidden: [[-100, ...weights]],
    kinds: SOUND_KINDS.map((_, kind) => (kind === 1 ? [30, 200] : [-10, 0])),
  };

  it('hears a frame among its neighbors, each value beside its mean, and holds the first and the last one on', () => {
    const frames = Int16Array.from([...zeros(4).fill(50), 90, 90, 50, 90]);
    const likelihoods = soundLikelihoods(frames, model, 1);
    const of = (kind: number) => Array.from(frames, (_, frame) => likelihoods[frame * kinds + kind]!);
    const loud = 0.3 + 2 * (4 - 1);
    expect(of(1)).toEqual([0.3, 0.3, loud, loud, 0.3, loud, loud, loud].map((value) => expect.closeTo(value)));
    expect(of(2)).toEqual(zeros(8).fill(-0.1));
  });
});

describe('a start that is cut in a pause', () => {
  const RATE_HZ = 24_000;
  const TEXT =
    'My name does not matter. I keep the log of the tin lighthouse, and I have read it aloud on many long evenings, ' +
    'when the wind was in the north and there was nobody else awake to hear it.';
  const wav = readFileSync('manifests/hello/voices/narrator.wav');
  const heard = (fromSeconds: number, text?: string) => {
    const narrow = createNarrowBand(RATE_HZ);
    narrow.push(wav.subarray(44 + 2 * Math.round(fromSeconds * RATE_HZ)));
    return listen(narrow.samples(), text)!;
  };

  it('is heard by the letters, and by nothing else', () => {
    const [whole, cut] = [heard(0, TEXT), heard(1.7, TEXT)];
    expect(whole.lateStart).toBeLessThan(2);
    expect(cut.lateStart).toBeGreaterThan(15);
    expect(cut.onsetDb).toBeLessThan(whole.onsetDb);
    expect(heard(1.7).lateStart).toBeUndefined();
  });

  it('counts beside the time that is missing', () => {
    const score = SCORES.find(({ name }) => name === 'start-cut by its letters, new')!;
    const of = (lateStart: number) => score.of({ ...heard(1.7), lateStart }, { text: TEXT }, {} as never)!;
    expect(of(8) - of(0)).toBeCloseTo(2);
    expect(of(100) - of(0)).toBeCloseTo(5);
  });

  it('is told by its loudness alone where the letters are of a script that is not heard, or are few', () => {
    const measured = {
      durationSeconds: 9,
      peakDbfs: -6,
      speechDbfs: -20,
      longestSilence: { startSeconds: 1, seconds: 0.3 },
    };
    const take = {
      ...measured,
      endDbfs: -70,
      quietestDbfs: -60,
      levelStep: { atSeconds: 1.5, db: -3 },
      clippedPeaks: 0,
    };
    const quiet = heard(1.7);
    const checks = (onsetDb: number, text: string, lateStart?: number) =>
      judgeTake(take, {
        text,
        heard: { ...quiet, onsetDb, ...(lateStart !== undefined && { lateStart }) },
      }).doubts.map(({ check }) => check);
    for (const [text, lateStart] of [[TEXT], ['灯台守は毎晩、錫の灯台の記録をつけていた。'], ['Aye!', 0]] as const) {
      expect(checks(-15, text, lateStart)).toContain('start-cut');
      expect(checks(-60, text, lateStart)).not.toContain('start-cut');
    }
  });
});
