/** Pauses as a shop hears them: with a room of any colour, and with noise that stands in a pause. */
import { describe, expect, it } from 'vitest';
import { createMeter } from '../../src/audio/measure/meter.ts';
import { noiseFloorDbfs, noisiestPause } from '../../src/audio/measure/noise-floor.ts';
import { quietBlocks } from '../../src/audio/measure/quiet.ts';
import { outerSilence } from '../../src/audio/measure/silences.ts';
import { join, random, silence, voice } from './signals.ts';

const RATE = 24_000;
type Colour = 'white' | 'pink' | 'brown';
/** Poles and weights of one-pole filters whose sum falls by 3 dB an octave (P. Kellet); brown falls by 6. */
// biome-ignore format: a table
const PINK = [[0.99886, 0.0555179], [0.99332, 0.0750759], [0.969, 0.153852], [0.8665, 0.3104856], [0.55, 0.5329522]] as const;

/** Noise of a level in dBFS (RMS). */
function noise(colour: Colour, dbfs: number, samples: number): Float64Array {
  const next = random(7);
  const state = new Float64Array(PINK.length + 1);
  const pole = (k: number, keep: number, add: number): number => {
    state[k] = keep * state[k]! + add;
    return state[k]!;
  };
  const values = Float64Array.from({ length: samples }, () => {
    const white = next() + next() + next() - 1.5;
    if (colour === 'white') return white;
    // Falls from 11 Hz on, as what a room and a microphone let through.
    if (colour === 'brown') return pole(0, 0.997, white);
    return PINK.reduce((sum, [keep, weight], k) => sum + pole(k, keep, weight * white), 0.5 * white);
  });
  const rms = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / samples);
  return values.map((value) => (value * 32_768 * 10 ** (dbfs / 20)) / rms);
}

function plus(samples: Int16Array, more: Float64Array, from = 0): Int16Array {
  return samples.map((value, i) => Math.round(value + (i < from ? 0 : (more[i - from] ?? 0))));
}

function look(samples: Int16Array) {
  const meter = createMeter(RATE, { of: 'file' });
  meter.pushSamples(samples);
  const { loudness, power } = meter.finish();
  const quiet = quietBlocks(loudness);
  const outer = outerSilence(quiet, samples.length / RATE);
  return { ...outer, pause: noisiestPause(quiet, power, power.length), floor: noiseFloorDbfs(power, power.length) };
}

/** 0.75 s, speech, a second, speech, two seconds; over a room tone of −75 dBFS. */
const PAUSE_AT = 0.75 + 4.07;
const words = join(silence(0.75), voice(4.07, { gain: 0.45 }), silence(1), voice(4.07, { gain: 0.45 }), silence(2));
const clean = plus(words, noise('white', -75, words.length));
const COLOURS = ['white', 'pink', 'brown'] as const;

describe('a room', () => {
  it.each(COLOURS.flatMap((colour) => [-75, -64, -61].map((dbfs) => [colour, dbfs] as const)))(
    'of %s noise at %i dBFS: head and tail are as long as they are, and its floor is legal',
    (colour, dbfs) => {
      const reference = look(clean);
      const found = look(plus(words, noise(colour, dbfs, words.length)));
      expect(Math.abs(found.headSilenceSeconds - reference.headSilenceSeconds)).toBeLessThan(0.05);
      expect(Math.abs(found.tailSilenceSeconds - reference.tailSilenceSeconds)).toBeLessThan(0.08);
      expect(found.floor).toBeLessThan(-60);
      expect(found.pause?.noiseDbfs).toBeLessThan(-60);
    },
  );

  it.each(COLOURS)('of %s noise at −45 dBFS is no speech, and fails', (colour) => {
    const found = look(plus(words, noise(colour, -45, words.length)));
    expect(found.headSilenceSeconds).toBeGreaterThan(0.5);
    expect(found.tailSilenceSeconds).toBeGreaterThan(1.5);
    expect(found.pause?.noiseDbfs).toBeGreaterThan(-56);
  });
});

describe('loud noise', () => {
  it.each([0.2, 0.3, 0.5])('does not hide a head or a tail of %f s', (seconds) => {
    const speech = join(silence(seconds), voice(4.07, { gain: 0.45 }), silence(seconds));
    const quiet = look(plus(speech, noise('white', -75, speech.length)));
    for (const [colour, dbfs] of [
      ['white', -40],
      ['white', -45],
      ['pink', -40],
    ] as const) {
      const found = look(plus(speech, noise(colour, dbfs, speech.length)));
      expect(Math.abs(found.headSilenceSeconds - quiet.headSilenceSeconds), `${colour}, head`).toBeLessThan(0.08);
      expect(Math.abs(found.tailSilenceSeconds - quiet.tailSilenceSeconds), `${colour}, tail`).toBeLessThan(0.16);
    }
  });
});

describe('noise under one pause', () => {
  it.each(COLOURS.flatMap((colour) => [-35, -40, -45, -55].map((dbfs) => [colour, dbfs] as const)))(
    '%s, at %i dBFS, is found there',
    (colour, dbfs) => {
      const found = look(plus(clean, noise(colour, dbfs, RATE), Math.round(PAUSE_AT * RATE))).pause;
      expect(found?.startSeconds).toBeGreaterThan(PAUSE_AT - 0.7);
      expect(found?.startSeconds).toBeLessThan(PAUSE_AT + 0.3);
      // The quietest quarter second of brown noise is well below the mean of a second.
      expect(Math.abs((found?.noiseDbfs ?? 0) - dbfs)).toBeLessThan(colour === 'brown' ? 6 : 2);
    },
  );
});
