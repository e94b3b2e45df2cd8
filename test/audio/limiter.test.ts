import { describe, expect, it } from 'vitest';
import { openKernel } from '../../src/audio/mastering/kernel.ts';
import { gainReductions } from '../../src/audio/mastering/limiter.ts';
import { ROOM_TONE_SAMPLES } from '../../src/audio/mastering/room-tone.ts';
import { createPeakMeter } from '../../src/audio/measure/true-peak.ts';
import { join, measure, RATE_HZ, silence, sine, voice } from './signals.ts';

const CEILING = 0.4 * 32_768;

/** The samples as the limiter wants them, not rounded. */
function limit(samples: Int16Array, lookAheadSeconds = 0.02): Float32Array {
  const { peak, blockSamples } = measure(samples);
  const limited = Float32Array.from(samples);
  const rooms = { takeSamples: samples.length, chunkSamples: 0, tone: new Float32Array(ROOM_TONE_SAMPLES) };
  const { take, peakCandidates } = openKernel(rooms);
  take.set(samples);
  const sound = { samples: take, peakCandidates, peaks: peak, blockSamples };
  const request = { ...sound, ceiling: CEILING, sampleRateHz: RATE_HZ, lookAheadSeconds };
  let end = 0;
  for (const { from, gains } of gainReductions(request)) {
    expect(from).toBeGreaterThanOrEqual(end);
    end = from + gains.length;
    gains.forEach((gain, i) => {
      limited[from + i]! *= gain;
    });
  }
  expect(end).toBeLessThanOrEqual(samples.length);
  return limited;
}

/** The highest point of the continuous sound: 16 points a sample, of a sinc that is long enough to be exact. */
function exactPeak(samples: ArrayLike<number>): number {
  const reach = 64;
  let highest = 0;
  for (let i = reach; i < samples.length - reach; i++) {
    for (let t = 0; t < 1; t += 1 / 16) {
      let value = 0;
      for (let k = 1 - reach; k <= reach; k++) {
        const x = Math.PI * (k - t);
        value += samples[i + k]! * (x === 0 ? 1 : Math.sin(x) / x) * (0.5 + 0.5 * Math.cos(x / (reach + 1)));
      }
      highest = Math.max(highest, Math.abs(value));
    }
  }
  return highest;
}

describe('limiter', () => {
  const loud = join(silence(0.3), voice(2, { gain: 1.5 }), sine(5900, -1, 0.5), sine(60, -40, 0.3));

  it('holds the ceiling between samples too', () => {
    const limited = limit(loud);
    expect(limited.length).toBe(loud.length);
    const peaks = createPeakMeter();
    peaks.push(Int16Array.from(limited));
    expect(peaks.finish().truePeak).toBeLessThan(0.402);
    // It limits, it does not just turn down.
    expect(peaks.finish().truePeak).toBeGreaterThan(0.39);
  });

  it('holds it with shorter look-aheads as well, which leave more of the sound', () => {
    const power = (samples: Float32Array) => samples.reduce((sum, x) => sum + x * x, 0);
    let before = power(limit(loud));
    for (const lookAheadSeconds of [0.01, 0.005, 0.0025]) {
      const limited = limit(loud, lookAheadSeconds);
      const peaks = createPeakMeter();
      peaks.push(Int16Array.from(limited));
      expect(peaks.finish().truePeak).toBeLessThan(0.402);
      expect(power(limited)).toBeGreaterThan(before);
      before = power(limited);
    }
  });

  it('holds it in a hiss, where the sound is highest between samples that are no highest ones', () => {
    // Of a real "s": the sound goes up to 24,800 between 13,290 and 15,036.
    const hiss = [4772, -9478, 2119, 12544, -10376, -5129, 3831, 9912, -931, -21197, 13290, 15036, -18014, -538, 4312];
    const samples = join(silence(0.05), Int16Array.from(hiss), silence(0.05));
    const limited = limit(samples.map((x) => x * (CEILING / 24_000)));
    expect(exactPeak(limited)).toBeLessThan(1.02 * CEILING);
    const peaks = createPeakMeter();
    peaks.push(samples);
    expect(Math.abs(20 * Math.log10((peaks.finish().truePeak * 32_768) / exactPeak(samples)))).toBeLessThan(0.15);
  });

  it('leaves alone what is under the ceiling', () => {
    const quiet = voice(1, { gain: 0.1 });
    expect([...limit(quiet)]).toEqual([...quiet]);
    expect(limit(loud).subarray(0, 5000)).toEqual(Float32Array.from(loud.subarray(0, 5000)));
    expect(limit(loud).subarray(-5000)).toEqual(Float32Array.from(loud.subarray(-5000)));
  });

  it('holds the ceiling at the very ends, and in a sound shorter than its look-ahead', () => {
    for (const seconds of [0, 1 / RATE_HZ, 0.002, 0.03, 0.1]) {
      const limited = limit(sine(440, 0, seconds));
      expect(limited.length).toBe(Math.round(seconds * RATE_HZ));
      expect(Math.max(0, ...limited.map(Math.abs))).toBeLessThanOrEqual(CEILING + 1);
    }
  });

  it('changes its gain without jumps', () => {
    const limited = limit(loud);
    let steepest = 0;
    let last = { at: 0, gain: 1 };
    loud.forEach((sample, at) => {
      if (Math.abs(sample) < 2000) return;
      const gain = limited[at]! / sample;
      if (last.at === at - 1) steepest = Math.max(steepest, Math.abs(gain - last.gain));
      last = { at, gain };
    });
    // From nothing to the deepest cut takes the whole look-ahead, 480 samples to either side.
    expect(steepest).toBeGreaterThan(0);
    expect(steepest).toBeLessThan(1 / 480);
  });
});
