import { describe, expect, it } from 'vitest';
import { listenToVoice } from '../../../src/audio/listening/listen.ts';
import { NARROW_HZ } from '../../../src/audio/listening/narrow-band.ts';

/** Pieces of a buzz, each with a pitch, in syllables of a fifth of a second. */
function buzz(pieces: readonly [seconds: number, hz: number][]): Float32Array {
  const all: number[] = [];
  for (const [seconds, hz] of pieces)
    for (let i = 0; i < seconds * NARROW_HZ; i++) {
      const at = i / NARROW_HZ;
      let value = 0;
      for (let k = 1; k * hz < 3_500; k++) value += Math.sin(2 * Math.PI * k * hz * at) / k;
      all.push(0.1 * value * Math.sin(5 * Math.PI * at) ** 2);
    }
  return Float32Array.from(all);
}

const semitones = (hz: number) => 12 * Math.log2(hz / 55);

describe('listenToVoice', () => {
  it('tells the pitch within a third of a semitone', () => {
    for (const hz of [90, 140, 230]) {
      const print = listenToVoice(buzz([[3, hz]]))!;
      for (const pitch of print.slice(0, 3)) expect(Math.abs(pitch - semitones(hz))).toBeLessThan(0.34);
    }
  });

  it('is not misled by a harmonic that was taken for the pitch for a while', () => {
    const print = listenToVoice(
      buzz([
        [2.6, 120],
        [0.9, 363],
      ]),
    )!;
    expect(print[2]! - print[1]!).toBeLessThan(1);
  });

  it('says nothing of less than two seconds of sound, or of silence', () => {
    expect(listenToVoice(buzz([[1.9, 120]]))).toBeUndefined();
    expect(listenToVoice(new Float32Array(3 * NARROW_HZ))).toBeUndefined();
  });

  it('is the same however long the take goes on', () => {
    expect(listenToVoice(buzz([[20, 140]]))?.length).toBe(15);
  });
});
