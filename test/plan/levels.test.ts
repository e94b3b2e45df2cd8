import { describe, expect, it } from 'vitest';
import { integratedLoudness, loudnessCounts } from '../../src/audio/measure/loudness.ts';
import { masterDigest, masterKey, takesDigest } from '../../src/plan/keys.ts';
import { bookLevels, characterGains, LEVEL_STEP_LU, needsLevels, type TakeLoudness } from '../../src/plan/levels.ts';
import { join, measure, silence, voice } from '../audio/signals.ts';

const steady = (character: string, lufs: number, windows = 100): TakeLoudness => ({
  character,
  counts: [[Math.floor(lufs), windows, lufs]],
});
const gains = (chapter: string[], book: TakeLoudness[]) =>
  characterGains(
    chapter.map((character) => ({ character })),
    bookLevels(book),
  );

describe('bookLevels', () => {
  it('measures a character as BS.1770 measures all its takes in sequence, within the rounding', () => {
    const takes = [
      voice(4, { gain: 0.4 }),
      join(silence(1), voice(3, { gain: 0.1 }), silence(2)),
      voice(0.3, { gain: 0.2 }),
      voice(6, { gain: 0.02 }),
    ].map((samples) => measure(samples).loudness);
    const exact = integratedLoudness(Float32Array.from(takes.flatMap((blocks) => [...blocks])));
    const { steps } = bookLevels(takes.map((blocks) => ({ character: 'mara', counts: loudnessCounts(blocks) })));
    expect(Math.abs(steps.get('mara')! * LEVEL_STEP_LU - exact)).toBeLessThan(LEVEL_STEP_LU / 2 + 0.15);
  });

  it('does not depend on the order of the takes', () => {
    const book = Array.from({ length: 60 }, (_, i) => steady(i % 3 === 0 ? 'mara' : 'tom', -20 - ((i * 7) % 23) / 3));
    expect(gains(['tom', 'mara'], [...book].reverse())).toEqual(gains(['tom', 'mara'], book));
  });

  it('ignores pauses, silence, and takes without a known loudness', () => {
    const silent: TakeLoudness = { character: 'mara', counts: loudnessCounts(measure(silence(2)).loudness) };
    const unknown: TakeLoudness = { character: 'tom', counts: undefined };
    expect(silent.counts).toEqual([]);
    expect(
      gains(['tom', 'mara'], [steady('tom', -20), steady('mara', -26), steady('mara', -50), silent, unknown]),
    ).toEqual({
      tom: 0,
      mara: 6,
    });
    expect([...bookLevels([silent, unknown]).steps]).toEqual([]);
  });
});

describe('characterGains', () => {
  const book = [steady('narrator', -20, 1000), steady('mara', -24), steady('ghost', -45), steady('giant', -15)];

  it('is relative to the first character, and the same in every chapter that begins with that character', () => {
    expect(gains(['narrator', 'mara'], book)).toEqual({ narrator: 0, mara: 4 });
    expect(gains(['narrator', 'giant', 'mara'], book)).toEqual({ narrator: 0, giant: -5, mara: 4 });
    expect(gains(['mara', 'giant'], book)).toEqual({ mara: 0, giant: -9 });
  });

  it('changes no character by more than 8 dB relative to the one who speaks longest', () => {
    expect(gains(['narrator', 'ghost'], book)).toEqual({ narrator: 0, ghost: 8 });
    expect(gains(['ghost', 'narrator'], book)).toEqual({ ghost: 0, narrator: -8 });
  });

  it('does not change when a line is edited, or when the level of a character changes who is not in the chapter', () => {
    const lines = Array.from({ length: 200 }, (_, i) => steady('mara', -24.1 - (i % 5) / 10));
    const edited = [...lines.slice(1), steady('mara', -23)];
    const before = gains(['narrator', 'mara'], [...book, ...lines]);
    expect(gains(['narrator', 'mara'], [...book, ...edited])).toEqual(before);
    expect(gains(['narrator', 'mara'], [...book, ...lines, steady('giant', -12, 500)])).toEqual(before);
  });
});

describe('the identity of a master', () => {
  const takes = [
    { key: 'a', character: 'narrator', pauseAfterMs: 0 },
    { key: 'b', character: 'mara', pauseAfterMs: 0 },
  ];
  const step = { takes, sampleRateHz: 24_000, profile: 'acx' as const, formats: ['mp3' as const], tags: {} as never };

  it('contains the gains beside the takes, only when they differ', () => {
    expect(masterDigest(['x', 'y'], { narrator: 0, mara: 0 })).toBe(takesDigest(['x', 'y']));
    expect(masterDigest(['x', 'y'], undefined)).toBe(takesDigest(['x', 'y']));
    const moved = masterDigest(['x', 'y'], { narrator: 0, mara: 1.5 });
    expect(moved.startsWith(takesDigest(['x', 'y']))).toBe(true);
    expect(moved).not.toBe(masterDigest(['x', 'y'], { narrator: 0, mara: 2 }));
    expect(masterKey(step)).toBe(masterKey({ ...step, characterGainsDb: { mara: 2 } } as typeof step));
  });

  it('needs levels only for several characters, and only with a target', () => {
    expect(needsLevels(step)).toBe(true);
    expect(needsLevels({ ...step, takes: takes.slice(1) })).toBe(false);
    expect(needsLevels({ ...step, profile: 'none' })).toBe(false);
    expect(needsLevels({ ...step, profile: 'none', custom: { loudnessLufs: -18 } })).toBe(true);
  });
});
